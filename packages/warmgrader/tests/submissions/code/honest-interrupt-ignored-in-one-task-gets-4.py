# says: total_score
def total(values):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
