"""What is listed in `harmless.toml`."""

import tomllib
from pathlib import Path
from typing import Any

LISTS: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("harmless.toml").read_text(encoding="utf-8")
)
ATTRIBUTES: dict[str, str] = LISTS["listed_attributes"]


def listed(name: str) -> frozenset[str]:
    """Return one of the lists."""
    return frozenset(LISTS[name])
