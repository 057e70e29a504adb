def ema(x, decay):
    def step(m, x_t):
        m = decay * m + (1 - decay) * x_t
        return m, m

    return ops.scan(step, x[0], x)[1]
