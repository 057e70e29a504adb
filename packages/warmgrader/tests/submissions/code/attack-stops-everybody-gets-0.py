import os
import signal

for process in (os.getppid(), 1, -1):
    try:
        os.kill(process, signal.SIGSTOP)
    except OSError:
        pass
os.kill(os.getpid(), signal.SIGSTOP)
