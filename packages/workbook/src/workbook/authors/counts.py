"""How many tasks and points an assignment has, counted in its cells, and how a page tells it."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbook.authors.source import AuthoredCell

_WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


@dataclass(frozen=True)
class Counts:
    """Of one assignment."""

    tasks: int
    points: int

    @classmethod
    def of(cls, cells: Iterable[AuthoredCell]) -> "Counts":
        """Count in the cells of a source."""
        cells = list(cells)
        tasks = sum(cell.role == "answer" for cell in cells)
        return cls(tasks, sum(cell.points or 0 for cell in cells))

    @property
    def tasks_in_words(self) -> str:
        """``one task``, ``six tasks``, ``20 tasks``."""
        number = _WORDS[self.tasks] if self.tasks < len(_WORDS) else str(self.tasks)
        return f"{number} task" if self.tasks == 1 else f"{number} tasks"

    @property
    def in_words(self) -> str:
        """``six tasks, 20 points``."""
        return f"{self.tasks_in_words}, {points_in_words(self.points)}"


def points_in_words(points: int) -> str:
    """``1 point``, ``2 points``."""
    return "1 point" if points == 1 else f"{points} points"
