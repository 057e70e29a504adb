"""The environment that kernels of this course run in.

`workbook run` and the tests give it to the processes they start. JupyterLab gets it from the
kernelspec of the virtual environment, which ``python -m workbook.common.environment`` writes. VS Code starts
Python itself: for it, the same stands in a file that Python reads when it starts.
"""

import json
import os
import sys
import sysconfig
from pathlib import Path

from workbook.common.paths import find_root, write_atomically

KERNEL_NAME = "python3"


def kernel_environment(root: Path, search_path: str | None = None) -> dict[str, str]:
    """Variables that a kernel needs to run the chapters offline and without log lines.

    Args:
        root: the repository.
        search_path: what PATH is outside (default: this process's).
    """
    return {
        # keras.datasets looks for its files here before it downloads them.
        "KERAS_HOME": str(root / "data" / "keras"),
        # TensorFlow logs to stderr when it is imported, and oneDNN changes last digits.
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        # keras.utils.plot_model finds the `dot` of the virtual environment, active or not.
        "PATH": with_scripts(search_path),
    }


def with_scripts(search_path: str | None = None) -> str:
    """PATH with the commands of the virtual environment first, be it active or not.

    Args:
        search_path: what PATH is outside (default: this process's).
    """
    if search_path is None:
        search_path = os.environ.get("PATH", "")
    scripts = str(Path(sys.executable).parent)
    others = (entry for entry in search_path.split(os.pathsep) if entry and entry != scripts)
    return os.pathsep.join([scripts, *others])


def write_kernelspec(root: Path, keras_home: str | None = None) -> Path:
    """Put the environment into the virtual environment's own kernelspec.

    Args:
        root: the repository.
        keras_home: where Keras looks for its files (default: in the repository). It must be a
            folder that the user can write to; jupyter_client fills in ${HOME}.

    Returns:
        The kernelspec; it is only written if it changes.
    """
    path = Path(sys.prefix) / "share" / "jupyter" / "kernels" / KERNEL_NAME / "kernel.json"
    spec = json.loads(path.read_text(encoding="utf-8"))
    # jupyter_client fills in ${PATH} when it starts a kernel.
    spec["env"] = kernel_environment(root, search_path="${PATH}")
    if keras_home:
        spec["env"]["KERAS_HOME"] = keras_home
    content = (json.dumps(spec, indent=1) + "\n").encode()
    if path.read_bytes() != content:
        write_atomically(path, content)
    return path


def write_startup(root: Path) -> Path:
    """Put the environment where the Python of the virtual environment finds it when it starts.

    Returns:
        The file. What is set already, when Python starts, is left as it is.
    """
    path = Path(sysconfig.get_path("purelib")) / "keras_workbook_environment.pth"
    variables = {n: v for n, v in kernel_environment(root).items() if n != "PATH"}
    # All in ASCII: which encoding this file has depends on the machine.
    line = f"import os; [os.environ.setdefault(*item) for item in {ascii(variables)}.items()]\n"
    write_atomically(path, line.encode())
    return path


if __name__ == "__main__":
    print(write_kernelspec(find_root(), *sys.argv[1:]))
    write_startup(find_root())
