# says: mean_check
import time


def mean(values):
    time.sleep(10_000)
