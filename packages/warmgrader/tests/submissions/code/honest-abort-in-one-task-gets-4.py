# says: mean_check
import os


def mean(values):
    os.abort()
