def mean(values):
    blocks = []
    while True:
        blocks.append(np.ones(2_000_000))
