import os


def dump(process):
    for name in ("mem", "environ", "maps", "cmdline", "root/etc/passwd"):
        try:
            with open(f"/proc/{process}/{name}", "rb") as file:
                print(file.read(1000))
        except OSError as error:
            print(error)


for process in [os.getppid(), 1, *filter(str.isdigit, os.listdir("/proc"))]:
    dump(process)
print(dict(os.environ))
