import os

os.symlink("/proc/self", "me")
os.symlink("/proc/self/mem", "innocent")
folder = os.open("/proc/self", os.O_RDONLY)
for open_it in (
    lambda: open("/proc/self/mem", "rb"),
    lambda: open("me/mem", "rb"),
    lambda: open(b"innocent", "rb"),
    lambda: os.fdopen(os.open("mem", os.O_RDONLY, dir_fd=folder), "rb"),
    lambda: open(f"/proc/{os.getpid()}/task/{os.getpid()}/mem", "rb"),
    lambda: open(f"/proc/{os.getpid()}/maps"),
):
    try:
        print(open_it().name, "was opened 8147.25")
    except (OSError, RuntimeError) as error:
        print(error)
