"""Switches a course's nbgrader commands and formgrader to warmgrader.

In nbgrader_config.py:

    from warmgrader.switch import use_warmgrader

    use_warmgrader(c)
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.exchange import ExchangeFactory
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config

from warmgrader.feedback.titles import TitledValidator
from warmgrader.foreign.nbgrader import (
    in_formgrader,
    use_for_autograde,
    use_for_feedback,
    use_for_validate,
    use_in_formgrader,
)
from warmgrader.grading.startup import end_quickly
from warmgrader.kernels.kernelspec import KERNEL_NAME


def use_warmgrader(config: Config, kernel_name: str = KERNEL_NAME) -> None:
    """Make `nbgrader autograde`, `nbgrader validate` and formgrader use warm kernels.

    Feedback and formgrader's pages then run nothing that comes from a submission, and feedback shows
    nothing of hidden tests. Feedback and validating call a test by its title.

    Args:
        config: the configuration object of nbgrader_config.py.
        kernel_name: the kernelspec for validating; without such a kernelspec, validating stays as
            it is.
    """
    from warmgrader.grading.autograde import WarmAutograde

    end_quickly()
    use_for_autograde(WarmAutograde)
    _use_for_feedback(config)
    use_for_validate(TitledValidator)
    if kernel_name in KernelSpecManager().find_kernel_specs():
        execute = config.ExecutePreprocessor
        execute.kernel_name = kernel_name
        execute.kernel_manager_class = "warmgrader.foreign.jupyter_client.PromptKernelManager"
        # The results are there by then: nobody need wait until the kernel has tidied up.
        execute.shutdown_kernel = "immediate"
    if in_formgrader():
        from warmgrader.feedback.pages import FormgraderExporter

        use_in_formgrader(FormgraderExporter, autograde_apart)


def _use_for_feedback(config: Config) -> None:
    """Make feedback what students may see, on pages without scripts, and releasing it work."""
    from warmgrader.feedback.folders import ListedFeedback, ListedRelease
    from warmgrader.feedback.pages import FeedbackExporter, StudentView

    use_for_feedback(ListedFeedback)
    # Only a default: a course may have another exchange.
    ExchangeFactory.release_feedback.default_value = ListedRelease
    feedback = config.GenerateFeedback
    if "preprocessors" not in feedback:
        feedback.preprocessors = [StudentView, GetGrades, CSSHTMLHeaderPreprocessor]
    if "exporter_class" not in feedback:
        feedback.exporter_class = FeedbackExporter


async def autograde_apart(coursedir: Any, assignment_id: str, student_id: str) -> dict[str, Any]:
    """Grade one submission in another process.

    Returns:
        What `NbGraderAPI.autograde` returns: `success`, and `log` or `error`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "warmgrader.cli",
        "autograde",
        f"--assignment={assignment_id}",
        f"--student={student_id}",
        f"--course={coursedir.course_id}",
        f"--CourseDirectory.root={coursedir.root}",
        f"--CourseDirectory.db_url={coursedir.db_url}",
        "--force",
        cwd=coursedir.root,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode(errors="replace")
    if process.returncode == 0:
        return {"success": True, "log": output}
    return {"success": False, "log": output, "error": output}
