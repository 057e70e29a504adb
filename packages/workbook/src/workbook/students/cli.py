"""The commands of students, who have no more than this wing and what is common.

One thin function per command, the work is in its module; it is imported inside of the function,
because most modules are slow to import and no command needs them all.
"""

from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def fetch(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
    again: Annotated[
        bool, typer.Option("--again", help="A new one; yours stays beside it.")
    ] = False,
) -> None:
    """Get an assignment into work/; what is there already is never overwritten."""
    from workbook.students.fetch import fetch_command

    fetch_command(assignment, again)


@app.command()
def submit(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Hand an assignment in, or make the file to upload; and say what it lacks."""
    from workbook.students.submit import submit_command

    submit_command(assignment)


@app.command()
def check(
    assignment: Annotated[str, typer.Argument(help="In work/, such as 05; or any notebook.")],
    hidden: Annotated[
        bool, typer.Option("--all", help="Run the hidden tests, too, as grading does.")
    ] = False,
) -> None:
    """Tell a student which tasks pass their visible tests, and what is wrong with the others."""
    if hidden:
        from workbook.students.own_grade import grade_command as command
    else:
        from workbook.students.check import check_command as command

    command(assignment)


@app.command()
def progress() -> None:
    """Show a student which tasks pass in all fetched assignments, and what to do next."""
    from workbook.students.progress import progress_command

    progress_command()


@app.command()
def lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where JupyterLab listens.")] = 8888,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With formgrader, and chapters open as notebooks.")
    ] = False,
) -> None:
    """Start JupyterLab on the course, with nbgrader ready."""
    from workbook.students.lab import lab_command

    lab_command(port, instructor)
