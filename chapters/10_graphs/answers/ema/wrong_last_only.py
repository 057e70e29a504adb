# message: return every average, not only the last one
def ema(x, decay):
    m = x[0]
    for x_t in x:
        m = decay * m + (1 - decay) * x_t
    return m
