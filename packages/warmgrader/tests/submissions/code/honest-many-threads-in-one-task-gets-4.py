# marked: its threads run while a test does
import threading
import time


def mean(values):
    threads = []
    while True:
        threads.append(threading.Thread(target=time.sleep, args=(10_000,)))
        threads[-1].start()
