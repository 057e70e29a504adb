# says: total_score
import threading


def total(values):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
