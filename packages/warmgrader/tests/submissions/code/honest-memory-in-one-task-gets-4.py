def mean(values):
    blocks = []
    while True:
        blocks.append(bytearray(10_000_000))
