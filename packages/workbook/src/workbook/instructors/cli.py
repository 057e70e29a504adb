"""The commands of instructors.

One thin function per command, the work is in its module; it is imported inside of the function,
because most modules are slow to import and no command needs them all.
"""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def roster(
    file: Annotated[Path, typer.Argument(help="Canvas's gradebook, or Moodle's participants.")],
    id_column: Annotated[
        str, typer.Option("--id", help="Heading of the column with the students' ids.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
) -> None:
    """Take a class list into the gradebook: show what it adds, changes and leaves, then do it."""
    from workbook.instructors.roster import roster_command

    roster_command(file, id_column, dry_run)


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Collect and grade an assignment, write its feedback, and name what waits for somebody."""
    from workbook.instructors.grade import grade_command

    grade_command(assignment)


@app.command()
def feedback(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Write feedback, release it in the exchange, and make a zip file for a learning platform."""
    from workbook.instructors.feedback import feedback_command

    feedback_command(assignment)


@app.command()
def report(
    names: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all of them if none is named.")
    ] = None,
    course: Annotated[
        Path | None, typer.Option(help="Any nbgrader course; default: the one here.")
    ] = None,
    db: Annotated[
        str | None, typer.Option(help="Another gradebook: postgresql+psycopg2://…")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder; default: grading/class_report.")] = None,
) -> None:
    """Show an instructor how the class does: scores, tasks, mistakes, who needs a look."""
    from workbook.instructors.report import report_command

    report_command(names or [], course, db, to)


@app.command()
def hub(
    roster: Annotated[
        Path | None, typer.Option(help="Who is in the class; default: as the last time.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="The server's own; default: hub/, as root beside the course."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65533, help="Where it listens; default: as the last time."),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it.")] = False,
) -> None:
    """Start a class server: JupyterHub for the people of a roster, with nbgrader."""
    from workbook.instructors.hub import hub_command

    hub_command(roster, folder, port, stop)


@app.command()
def bundle() -> None:
    """Make what students get, as a folder and a zip file, in build/bundle."""
    from workbook.instructors.bundle import bundle_command

    bundle_command()
