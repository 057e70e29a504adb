"""`workbook feedback`: writes an assignment's feedback anew and returns it.

Who handed in on the exchange gets it there. For a learning platform there is a zip file, with the
names under which it takes feedback:

- Canvas, *Gradebook > the assignment's menu > Upload Submissions*: the name of the downloaded file.
- Moodle, *Submissions > Upload multiple feedback files in a zip*: the name of the student's folder.
"""

import io
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from warmgrader.feedback.folders import is_of_the_exchange
from warmgrader.submissions.handed_in import find_folders
from workbook.common.errors import WorkbookError
from workbook.common.paths import assignments, find_root, matching, write_atomically
from workbook.instructors.collect import COLLECTED, HELD_BACK, Entry, read_entries
from workbook.instructors.grade import run_step
from workbook.instructors.gradebook import find_course, open_gradebook

UPLOADS = "feedback_upload"


def feedback_command(name: str) -> None:
    """Write and return the feedback of an assignment, and name who gets none.

    Args:
        name: such as ex05_losses or 05.

    Raises:
        WorkbookError: nothing is graded, or a step has failed.
    """
    root = find_root()
    assignment = matching(name, assignments(root), "assignment")[0]
    course, config = find_course(root)
    if not find_folders(course, course.autograded_directory, assignment, "*"):
        raise WorkbookError(f"{assignment}: nothing is graded yet: make grade EX={assignment}")
    lines: list[str] = []
    # One page that can't be made, or an exchange that is away, keeps nobody else from feedback.
    problems = _try(root, "generate_feedback", assignment, "--force")
    pages = _pages(course, assignment)
    exchange = {student for student, found in pages.items() if is_of_the_exchange(found[0].parent)}
    if exchange:
        others = {*course.student_id_exclude.split(","), *pages} - exchange
        exclude = f"--CourseDirectory.student_id_exclude={','.join(sorted(others))}"
        failed = _try(root, "release_feedback", assignment, exclude)
        problems += failed
        if not failed:
            lines.append(f"exchange: feedback for {len(exchange)}: {_names(exchange)}")
    entries = read_entries(course, config, assignment)
    returned = set(exchange)
    for platform in ("canvas", "moodle"):
        found = [
            entry
            for entry in entries
            if (entry.platform, entry.status) == (platform, COLLECTED)
            and entry.student in pages.keys() - exchange
        ]
        path = Path(course.root, course.feedback_directory).parent / UPLOADS
        path /= f"{assignment}_{platform}.zip"
        path.unlink(missing_ok=True)
        if found:
            write_atomically(path, _zip(found, pages))
            students = {entry.student for entry in found}
            returned |= students
            lines.append(
                f"{os.path.relpath(path, course.root)}: feedback for {len(students)}: {_names(students)}"
            )
    lines += _without(course, config, assignment, entries, pages, returned)
    print("\n".join(lines))
    if problems:
        raise WorkbookError(*problems)


def _try(root: Path, *command: str) -> list[str]:
    """Run one of nbgrader's commands; returns what is wrong, in a line."""
    try:
        run_step(root, "nbgrader", *command, "--log-level=ERROR")
    except WorkbookError as error:
        return list(error.problems)
    return []


def _pages(course: CourseDirectory, assignment: str) -> dict[str, list[Path]]:
    """The pages of feedback that there are, by student."""
    pages = {
        folder.student_id: sorted(Path(folder.path).glob("*.html"))
        for folder in find_folders(course, course.feedback_directory, assignment, "*")
    }
    return {student: found for student, found in pages.items() if found}


def _zip(entries: Iterable[Entry], pages: dict[str, list[Path]]) -> bytes:
    """The pages under the names that the platform gave to the files."""
    by_student: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_student[entry.student].append(entry)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for student, its_entries in sorted(by_student.items()):
            by_notebook = {entry.notebook: entry.entry for entry in its_entries}
            for page in pages[student]:
                # A file with another name was graded as the notebook that it is.
                entry = by_notebook.get(page.stem, its_entries[0].entry)
                name = f"{entry}{page.name}" if entry.endswith("/") else f"{entry}.html"
                if name in zipped.namelist():
                    name = f"{entry}_{page.name}"
                zipped.write(page, name)
    return content.getvalue()


def _without(
    course: CourseDirectory,
    config: Config,
    assignment: str,
    entries: Iterable[Entry],
    pages: dict[str, list[Path]],
    returned: set[str],
) -> list[str]:
    """Lines on who gets none, and why."""
    submitted = find_folders(course, course.submitted_directory, assignment, "*")
    handed_in = {folder.student_id for folder in submitted}
    by_hand = (pages.keys() & handed_in) - returned
    not_graded = handed_in - pages.keys()
    held = {entry.file for entry in entries if entry.status == HELD_BACK}
    no_notebook = {entry.student for entry in entries if entry.student} - handed_in
    with open_gradebook(course.db_url, course.course_id) as gradebook:
        missing = {student.id for student in gradebook.students} - handed_in - no_notebook
    folder = course.format_path(course.feedback_directory, "<student>", assignment)
    folder = os.path.relpath(folder, course.root)
    reasons = {
        f"their files came from no platform, send them {folder}": by_hand,
        f"not graded, see `make grade EX={assignment}`": not_graded,
        f"held back, see `make grade EX={assignment}`": held,
        "handed in no notebook": no_notebook,
        "handed in nothing": missing,
    }
    return [
        f"none for {len(who)} ({reason}): {_names(who)}" for reason, who in reasons.items() if who
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
