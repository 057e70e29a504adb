# message: the loop was unrolled while tracing
def ema(x, decay):
    averages = [x[0]]
    for t in range(1, x.shape[0]):
        averages.append(decay * averages[-1] + (1 - decay) * x[t])
    return tf.stack(averages)
