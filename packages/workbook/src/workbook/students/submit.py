"""A student's hand-in: `workbook submit`.

Where the course has an exchange that student and instructor share, nbgrader takes the work there.
Everywhere else it makes the file to upload.
"""

from datetime import datetime
from pathlib import Path

from workbook.common.errors import WorkbookError
from workbook.common.exchange import shared_exchange
from workbook.common.paths import assignments, find_root, matching
from workbook.students.check import State, TaskResult, assignment_of, check_and_print, find_notebook
from workbook.students.fetch import put


def submit_command(target: str) -> None:
    """What `workbook submit` does: check, say what is missing, and hand in.

    Raises:
        WorkbookError: there is no such work, or it could not be handed in.
    """
    root, file = find_root(), Path(target)
    wanted = assignment_of(file) if file.suffix == ".ipynb" else target
    [name] = matching(wanted, assignments(root), "assignment")
    work = find_notebook(name, root)
    if file.is_file() and not file.samefile(work):
        raise WorkbookError(
            f"{file.name}: what is handed in is {work.relative_to(root)}, and this is another file. "
            "If it is the right one, copy it there under that name"
        )
    results = check_and_print(work)
    for line in warnings(results):
        print(line)
    saved = datetime.fromtimestamp(work.stat().st_mtime)
    print(f"It is as you saved it on {saved:%Y-%m-%d at %H:%M:%S}.")
    exchange = shared_exchange(root)
    if exchange is None:
        print(f"The file to upload: {file_to_upload(root, work)}")
    else:
        exchange.submit(name)
        print(f"Submitted {name} on {datetime.now():%Y-%m-%d at %H:%M:%S}.")


def warnings(results: list[TaskResult]) -> list[str]:
    """What a student should know before handing in: tasks that will hardly give all points."""
    said = {
        State.NOT_ATTEMPTED: "Not attempted",
        State.NOT_YET: "Not right yet",
        State.NOT_RUN: "Could not be run",
    }
    lines = []
    for state, words in said.items():
        names = [result.task.name for result in results if result.state is state]
        if names:
            lines.append(f"{words}: {', '.join(names)}")
    return lines or ["All tasks pass their visible tests."]


def file_to_upload(root: Path, work: Path) -> Path:
    """A copy of the work under the name that grading knows; an earlier one is kept beside it.

    Returns:
        The file, relative to the course.
    """
    target = root / "work" / "upload" / work.name
    if not target.is_file() or target.read_bytes() != work.read_bytes():
        try:
            put(work, target)
        except OSError as error:
            raise WorkbookError(f"{target}: could not be written ({error})") from None
    return target.relative_to(root)
