"""How a student types a command here, for all messages that advise one."""

import os
from pathlib import Path

#: How who has no make begins every command.
FRONT_DOOR = f"{'python' if os.name == 'nt' else 'python3'} study.py"


def command(name: str, assignment: str = "", option: str = "") -> str:
    """A command as its reader can type it: with make if make was just used, else without.

    Args:
        name: such as `fetch`.
        assignment: such as `ex05_losses`.
        option: such as `again` or `port=8889`.
    """
    if "MAKELEVEL" in os.environ:
        name_of_option, _, value = option.partition("=")
        words = ["make", name, assignment and f"EX={assignment}"]
        words.append(option and f"{name_of_option.upper()}={value or 1}")
    else:
        words = [FRONT_DOOR, name, assignment]
        words.append(option and f"--{option}")
    return " ".join(filter(None, words))


def is_whole() -> bool:
    """Whether this copy of the course has all wings; a student's has one."""
    return (Path(__file__).parents[1] / "authors").is_dir()
