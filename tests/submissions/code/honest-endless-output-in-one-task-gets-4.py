# says: mean
def mean(values):
    while True:
        print("x" * 1000)
