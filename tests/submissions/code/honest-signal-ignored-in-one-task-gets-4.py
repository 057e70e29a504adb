# says: mean_check
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)


def mean(values):
    while True:
        pass
