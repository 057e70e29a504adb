"""nbgrader's configuration: read by its command line, by JupyterLab and by the tests."""

from contextlib import suppress
from pathlib import Path

from warmgrader.switch import use_warmgrader

c = get_config()  # noqa: F821  (nbgrader puts it here)

ROOT = Path(__file__).resolve().parent

# Folders that are not in git but that nbgrader expects to find.
for folder in ("grading", "exchange"):
    with suppress(OSError):  # a read-only checkout can still be listed and validated
        (ROOT / folder).mkdir(exist_ok=True)

c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = "keras"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "grading/submitted"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.feedback_directory = "grading/feedback"
c.CourseDirectory.solution_directory = "grading/solution"
c.CourseDirectory.db_url = f"sqlite:///{ROOT}/grading/gradebook.db"

c.Exchange.root = str(ROOT / "exchange")
c.Exchange.assignment_dir = str(ROOT / "work")
c.Exchange.cache = str(ROOT / "grading" / "cache")

# Files downloaded from Canvas or Moodle, or named <student>_<notebook>.ipynb.
c.ZipCollectApp.downloaded_directory = "grading/downloaded"
c.ZipCollectApp.collector_plugin = "workbook.instructors.collect.DownloadCollector"

# What was handed in, without links and under its owner's name. The exchange of a class server is
# outside of the course (docs/server.md); elsewhere all share one account.
c.ExchangeFactory.collect = "workbook.common.inbox.Inbox"
c.ExchangeCollect.check_owner = (ROOT / "exchange").is_symlink()

# nbgrader's own default is 30 s per cell, after which a slow machine loses points without a word.
c.ExecutePreprocessor.timeout = 120
# Without this, kernels that could encrypt their channels say on the terminal that they do not.
c.KernelManager.transport_encryption = "auto"

# What a student finds in place of the solution: an error of its own, that reads as what it is.
c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("Not attempted yet: replace this line with your answer.")'
}

# Grading, formgrader's button and Validate run notebooks warm; see docs/warmgrader.md.
use_warmgrader(c)
