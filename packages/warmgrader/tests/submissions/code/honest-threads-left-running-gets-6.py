# marked: its threads run while a test does
import threading
import time


def work():
    while True:
        time.sleep(0.01)


for _ in range(4):
    threading.Thread(target=work).start()


def mean(values):
    return np.mean(values)
