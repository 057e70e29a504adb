# message: no .numpy()
def ema(x, decay):
    averages = [x.numpy()[0]]
    for row in x.numpy()[1:]:
        averages.append(decay * averages[-1] + (1 - decay) * row)
    return tf.constant(np.stack(averages))
