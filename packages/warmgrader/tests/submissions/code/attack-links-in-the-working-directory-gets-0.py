import contextlib
import os

with contextlib.suppress(OSError):
    os.symlink("__COURSE__/gradebook.db", "gradebook.db")
with contextlib.suppress(OSError):
    os.symlink("/etc", "etc")
with contextlib.suppress(OSError):
    os.remove("values.csv")
    os.symlink("__COURSE__/source/ps1/ex01.ipynb", "values.csv")
with contextlib.suppress(OSError):
    os.mkfifo("pipe")
    os.makedirs("/".join(["deep"] * 500))
print(open("values.csv").read())
