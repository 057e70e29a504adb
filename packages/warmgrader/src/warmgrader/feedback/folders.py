"""`nbgrader generate_feedback` and `release_feedback` for all students.

nbgrader takes the path of a student's folder for a pattern. An id as `mia[1]` or `.mia` then gets no
feedback, or gets the graded notebook too, hidden tests included. And who has not handed in on the
exchange makes releasing fail for all.
"""

from __future__ import annotations

import fnmatch
import glob
import os
from pathlib import Path

from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.exchange.default import ExchangeReleaseFeedback

from warmgrader.submissions.handed_in import TIMESTAMP, find_folders, read_folder

SECRET = "submission_secret.txt"
"""What the exchange adds to a submission, and names its feedback by."""


class ListedFeedback(GenerateFeedback):
    """nbgrader's `GenerateFeedback`, with folders that are listed instead of matched."""

    def init_notebooks(self) -> None:
        """Find the graded notebooks.

        Raises:
            NbGraderException: there are none.
        """
        coursedir = self.coursedir
        self.notebooks: list[str] = []
        self.assignments: dict[str, list[str]] = {}
        for folder in find_folders(
            coursedir, self._input_directory, coursedir.assignment_id, coursedir.student_id
        ):
            names = fnmatch.filter(os.listdir(folder.path), f"{coursedir.notebook_id}.ipynb")
            if names:
                self.assignments[folder.path] = [os.path.join(folder.path, name) for name in names]
        if not self.assignments:
            message = f"No graded notebooks of {coursedir.assignment_id} were found"
            self.log.error(message)
            raise NbGraderException(message)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what else was handed in, but no notebook, and nothing that the notebook wrote."""
        coursedir = self.coursedir
        source = coursedir.format_path(coursedir.submitted_directory, student_id, assignment_id)
        target = Path(self._format_dest(assignment_id, student_id))
        for name, content in read_folder(source, self.coursedir).content.items():
            if not name.endswith(".ipynb"):
                path = target / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.unlink(missing_ok=True)
                path.write_bytes(content)


class ListedRelease(ExchangeReleaseFeedback):
    """nbgrader's `ExchangeReleaseFeedback` for those who handed in on the exchange."""

    def copy_files(self) -> None:
        """Release feedback, and name the students who can't get it here."""
        coursedir = self.coursedir
        excluded = coursedir.student_id_exclude.split(",")
        elsewhere = []
        for folder in find_folders(
            coursedir,
            coursedir.feedback_directory,
            coursedir.assignment_id,
            coursedir.student_id or "*",
        ):
            if folder.student_id in excluded:
                continue
            if is_of_the_exchange(Path(folder.path)):
                self.src_path = glob.escape(folder.path)
                super().copy_files()
            else:
                elsewhere.append(folder.student_id)
        if elsewhere:
            self.log.warning(
                "Not handed in on the exchange, so there is no way back by it: %s",
                ", ".join(elsewhere),
            )


def is_of_the_exchange(folder: Path) -> bool:
    """Tell whether a student's folder comes from the exchange."""
    return all((folder / name).is_file() for name in (TIMESTAMP, SECRET))
