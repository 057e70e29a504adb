"""Which section of a chapter to read for a task: the one whose words are most like the task's.

Nobody has to keep a list of sections up to date. The words are weighed by TF-IDF: rare ones count
more, common ones and long sections less.
"""

import re
from collections import Counter
from math import log, sqrt

from nbformat import NotebookNode

_HEADING = re.compile(r"## +(.+)")
_WORD = re.compile(r"[A-Za-z_]\w+")
_HEADING_WEIGHT = 3
#: Sections in which nothing is explained for the first time.
_NO_LESSON = {"What changed", "Try it", "Recap"}


def section_for(task: str, assignment: NotebookNode, chapter: NotebookNode) -> str | None:
    """Heading of the section to read for a task; None if no section has anything to do with it."""
    sections = _sections(chapter)
    spread = Counter(word for words in sections.values() for word in words)
    rarity = {word: log((len(sections) + 1) / (n + 0.5)) for word, n in spread.items()}
    wanted = _weights(_task_words(task, assignment), rarity)

    def likeness(heading: str) -> float:
        weights = _weights(sections[heading], rarity)
        common = sum(weight * weights.get(word, 0.0) for word, weight in wanted.items())
        return common / (sqrt(sum(weight**2 for weight in weights.values())) or 1.0)

    best = max(sections, key=likeness, default=None)
    return best if best and likeness(best) > 0 else None


def _weights(words: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    return {word: (1 + log(n)) * rarity.get(word, 0.0) for word, n in words.items()}


def _sections(chapter: NotebookNode) -> dict[str, Counter[str]]:
    """The words of every section, by its heading."""
    sections: dict[str, Counter[str]] = {}
    heading = None
    for cell in chapter.cells:
        lines = cell.source.splitlines()
        for line in lines:
            is_heading = cell.cell_type == "markdown" and line.startswith("#")
            if is_heading and (match := _HEADING.fullmatch(line.rstrip())):
                heading = match[1]
            if heading is not None and heading not in _NO_LESSON:
                words = _words(line) * (_HEADING_WEIGHT if is_heading else 1)
                sections.setdefault(heading, Counter()).update(words)
    return sections


def _task_words(task: str, assignment: NotebookNode) -> Counter[str]:
    """The words of a task's statement, and of what is given of its answer."""
    statement = ""
    for cell in assignment.cells:
        if cell.cell_type == "markdown":
            statement = cell.source
        elif cell.metadata.get("nbgrader", {}).get("grade_id") == task:
            return Counter(_words(f"{statement}\n{cell.source}"))
    return Counter()


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
