# says: printed or displayed more than
def mean(values):
    print("x" * 20_000_000)
    return -1
