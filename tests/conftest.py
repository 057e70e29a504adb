"""What several test files share."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "tests" / "samples"


def copy_configuration(target: Path) -> None:
    """What makes a folder with chapters/ a course."""
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, target)


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Path]:
    """Makes a course of given source files: ``course({"05_losses/chapter.py": text})``."""

    def make(sources: dict[str, str]) -> Path:
        copy_configuration(tmp_path)
        for name, text in sources.items():
            path = tmp_path / "chapters" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return make
