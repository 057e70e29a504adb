"""`nbgrader generate_feedback` for all students, whatever their ids look like.

nbgrader takes the path of a student's folder for a pattern. An id as `mia[1]` or `.mia` then gets no
feedback, or gets the graded notebook too, hidden tests included.
"""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path

from nbgrader.converters import GenerateFeedback, NbGraderException

from warmgrader.handed_in import find_folders, read_folder


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
