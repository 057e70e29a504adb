import os
import signal
import time

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            try:
                open("/tmp/leftover-7351", "a").write("x")
            except OSError:
                pass
            time.sleep(0.01)
    os._exit(0)
