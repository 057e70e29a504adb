"""`chapters/coverage.toml`: what is taught where, and which section to read for a task.

A task names the idea that it is about; the heading of the section stands with the idea, once.
"""

import re
import tomllib
from pathlib import Path

from workbook.authors.source import AuthoredCell
from workbook.common.errors import WorkbookError

FILE = "chapters/coverage.toml"


def concepts(root: Path) -> list[dict[str, str]]:
    """The ideas: id, idea, chapter, heading, and mostly a task.

    Raises:
        WorkbookError: the file is no TOML.
    """
    return _read(root).get("concept", [])


def add_sections(root: Path, chapter: str, cells: list[AuthoredCell]) -> list[str]:
    """Write into the answer cells of an assignment which section of its chapter to read.

    Returns:
        What does not fit together; nothing in a course without the file.
    """
    if not (root / FILE).is_file():
        return []
    try:
        content = _read(root)
    except WorkbookError as error:
        return list(error.problems)
    ideas = {idea["id"]: idea for idea in content.get("concept", []) if idea["chapter"] == chapter}
    rows = content.get("read", {}).get(chapter, {})
    answers = {cell.task: cell for cell in cells if cell.role == "answer"}
    problems = [
        f"{FILE}: {idea['id']}: ex{chapter} has no task {idea['task']}; change or remove task"
        for idea in ideas.values()
        if idea.get("task", next(iter(answers))) not in answers
    ]
    for task in rows.keys() - answers.keys():
        problems.append(f"{FILE}: [read.{chapter}] {task}: no such task; remove the line")
    for task, cell in answers.items():
        if rows.get(task) in ideas:
            cell.section = ideas[rows[task]]["heading"]
        else:
            problems.append(
                f"{FILE}: [read.{chapter}] has no idea of this chapter for {task}; "
                f'write {task} = "{next(iter(ideas), "A1")}" or another id there'
            )
    return problems


def with_task(root: Path, chapter: str, task: str) -> str | None:
    """The text of the file with a row for a new task, for now the chapter's first idea."""
    first = next((idea["id"] for idea in concepts(root) if idea["chapter"] == chapter), None)
    if first is None:
        return None
    text, row = (root / FILE).read_text(encoding="utf-8"), f'{task} = "{first}"\n'
    table = re.search(rf"^\[read\.{chapter}\]\n(?:\w+ = .*\n)*", text, re.MULTILINE)
    if table is None:
        return f"{text}\n[read.{chapter}]\n{row}"
    return text[: table.end()] + row + text[table.end() :]


def _read(root: Path) -> dict:
    path = root / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise WorkbookError(f"{FILE}: {error}") from None
