# says: mean_check
import threading


def mean(values):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
