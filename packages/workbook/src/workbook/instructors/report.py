"""`workbook report`: writes the instructor's page and tables, and prints what matters most."""

from pathlib import Path

from workbook.common.errors import WorkbookError
from workbook.common.paths import write_atomically
from workbook.instructors.gradebook import find_course
from workbook.instructors.report_data import make_report
from workbook.instructors.report_files import remember, write_tables
from workbook.instructors.report_page import findings, render


def report_command(
    names: list[str], directory: Path | None, db_url: str | None, to: Path | None
) -> None:
    """Report on a course, as `report_data` and `report_page` say.

    Args:
        names: Assignments; all if there are none.
        directory: Where the course is; the working directory if None.
        db_url: A gradebook other than the course's own.
        to: Folder of the report; `class_report` beside the autograded notebooks if None.
    """
    course, config = find_course(directory or Path.cwd(), db_url)
    beside = Path(course.root, course.autograded_directory).parent
    grader = config.WarmAutograde.get("report_directory")
    grading_reports = Path(course.root, grader) if grader else beside / "report"
    folder = to or beside / "class_report"
    report = make_report(course, grading_reports, names, config)
    page = folder / "report.html"
    try:
        remember(report, folder)
        write_tables(report, folder)
        write_atomically(page, render(report).encode())
    except OSError as error:
        raise WorkbookError(f"{folder}: can't be written: {error.strerror}") from error
    for line in findings(report):
        print(f"- {line}")
    print(f"Wrote {page}, and scores.csv, tasks.csv, mistakes.csv and students.csv beside it.")
    for line in report.remarks:
        print(line)
