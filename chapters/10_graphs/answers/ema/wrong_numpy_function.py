# message: The graph calls back into Python
def in_numpy(x, decay):
    averages = [x[0]]
    for row in x[1:]:
        averages.append(decay * averages[-1] + (1 - decay) * row)
    return np.stack(averages).astype("float32")


def ema(x, decay):
    return tf.ensure_shape(tf.numpy_function(in_numpy, [x, np.float32(decay)], tf.float32), x.shape)
