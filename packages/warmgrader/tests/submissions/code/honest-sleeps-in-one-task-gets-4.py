# says: total_score
import time


def total(values):
    time.sleep(10_000)
