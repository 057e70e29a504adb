# says: total_score
def total(values):
    while True:
        pass
