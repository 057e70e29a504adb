# message: no Python list that a graph loop fills
def ema(x, decay):
    averages = []
    m = x[0]
    for x_t in x:
        m = decay * m + (1 - decay) * x_t
        averages.append(m)
    return tf.stack(averages)
