import os
import subprocess
import sys
import time

for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        time.sleep(7351)
        os._exit(0)
subprocess.Popen(["sleep", "7351"], start_new_session=True)
subprocess.Popen("nohup setsid sleep 7351 &", shell=True)
