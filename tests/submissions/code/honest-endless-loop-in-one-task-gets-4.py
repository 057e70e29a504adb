# says: mean_check
def mean(values):
    while True:
        pass
