# message: While a graph is made, tensors have no values
def ema(x, decay):
    x = np.asarray(x)
    averages = [x[0]]
    for row in x[1:]:
        averages.append(decay * averages[-1] + (1 - decay) * row)
    return tf.constant(np.stack(averages))
