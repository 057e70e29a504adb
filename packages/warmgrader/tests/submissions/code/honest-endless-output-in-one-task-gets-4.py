# says: printed or displayed more than
def mean(values):
    while True:
        print("x" * 1000)
