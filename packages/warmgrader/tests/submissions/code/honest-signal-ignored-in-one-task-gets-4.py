# says: total_score
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)


def total(values):
    while True:
        pass
