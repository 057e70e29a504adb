"""Fixtures that several test files share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from places import copy_configuration


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
