"""`workbook grade`: collects from where there is something, grades, writes feedback.

What was held back is named last, where it is read.
"""

import os
import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory, default
from traitlets.config import Config

from warmgrader.feedback.folders import is_of_the_exchange
from warmgrader.submissions.handed_in import find_folders, timestamp_of
from workbook.common.environment import with_scripts
from workbook.common.errors import WorkbookError
from workbook.common.paths import assignments, find_root, matching
from workbook.instructors.collect import HELD_BACK, download_folder, read_entries, remarks
from workbook.instructors.gradebook import find_course


def grade_command(name: str) -> None:
    """Collect and grade an assignment.

    Args:
        name: such as ex05_losses or 05.

    Raises:
        WorkbookError: nobody has handed in, or a step has failed.
    """
    root = find_root()
    assignment = matching(name, assignments(root), "assignment")[0]
    course, config = find_course(root)
    # Enters the assignment into a gradebook that does not have it.
    run_step(root, "nbgrader", "generate_assignment", assignment, "--force")
    inbound = _inbound(course, config)
    if inbound is None or inbound.is_dir():
        run_step(root, "nbgrader", "collect", assignment)
    archive = download_folder(course, config, assignment, "archive")
    if any(path.is_file() for path in archive.rglob("*")):
        # What it warns of is said at the end.
        run_step(root, "nbgrader", "zip_collect", assignment, "--log-level=ERROR")
    entries = read_entries(course, config, assignment)
    waiting = [*_again(course, inbound, assignment), *remarks(entries, assignment)]
    if not find_folders(course, course.submitted_directory, assignment, "*"):
        held = sum(entry.status == HELD_BACK for entry in entries)
        raise WorkbookError(
            *waiting,
            f"{assignment}: there is nothing to grade, because "
            + (f"{held} files are held back." if held else "nobody has handed in: nothing is in "
            f"the exchange, and no zip file or notebook is in {os.path.relpath(archive, root)}."),
        )  # fmt: skip
    problems = []
    # One submission that can't be graded does not keep the others from their feedback.
    for step in (("warmgrader", "autograde"), ("nbgrader", "generate_feedback")):
        try:
            run_step(root, *step, assignment)
        except WorkbookError as error:
            problems += error.problems
    if problems:
        raise WorkbookError(*problems, *waiting)
    print("\n".join(waiting), end="\n" if waiting else "")


def run_step(root: Path, command: str, *arguments: str) -> None:
    """Run one of the environment's commands in the course; its output is seen.

    Raises:
        WorkbookError: it has failed, and has said why.
    """
    sys.stdout.flush()
    environment = {**os.environ, "PATH": with_scripts()}
    path = Path(sys.executable).with_name(command)
    status = subprocess.run([path, *arguments], cwd=root, env=environment, check=False).returncode
    if status:
        raise WorkbookError(f"`{' '.join([command, *arguments])}` has failed; see above.")


def _inbound(course: CourseDirectory, config: Config) -> Path | None:
    """The exchange's folder of submissions, without which nbgrader fails; None for other exchanges."""
    collect = ExchangeFactory(config=config).collect
    if not issubclass(collect, default.ExchangeCollect):
        return None
    return Path(collect(coursedir=course, config=config).root, course.course_id, "inbound")


def _again(course: CourseDirectory, inbound: Path | None, assignment: str) -> list[str]:
    """Lines on those whose latest submission in the exchange nbgrader leaves uncollected."""
    marker = f"+{assignment}+"
    latest: dict[str, datetime] = {}
    for path in inbound.iterdir() if inbound and inbound.is_dir() else ():
        student, moment = path.name.rpartition(marker)[0], timestamp_of(path)
        if student and moment:
            latest[student] = max(moment, latest.get(student, moment))
    lines = []
    for student, moment in sorted(latest.items()):
        steps = (course.submitted_directory, course.autograded_directory)
        folders = [Path(course.format_path(step, student, assignment)) for step in steps]
        if folders[0].is_dir() and not is_of_the_exchange(folders[0]):
            shown = " and ".join(os.path.relpath(folder, course.root) for folder in folders)
            lines.append(
                f"{student} has handed in on the exchange, too, which does not count; if it is to, "
                f"remove {shown}, and grade again."
            )
        elif moment > (timestamp_of(folders[0]) or moment):
            update = f"nbgrader collect {assignment} --update --student={shlex.quote(student)}"
            lines.append(
                f"{student} has handed in again, which does not count; if it is to, grade again "
                f"after: {update}"
            )
    return lines
