"""Where the tests find the course and their samples."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "samples"


def copy_configuration(target: Path) -> None:
    """What makes a folder with chapters/ a course."""
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, target)
