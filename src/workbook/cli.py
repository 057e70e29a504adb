"""Command line of the course tools: one thin function per command, the work is in its module.

The modules are imported inside the functions because most of them are slow to import (nbgrader,
papermill) and no command needs them all.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from workbook.commands import FRONT_DOOR
from workbook.errors import WorkbookError


class PlainErrors(typer.core.TyperGroup):
    """Prints what is wrong as plain lines and exits with status 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except WorkbookError as error:
            for problem in error.problems:
                typer.echo(problem, err=True)
            raise typer.Exit(1) from None
        except ImportError:
            if (Path(__file__).parents[2] / "chapters").is_dir():
                raise
            typer.echo("This needs the whole course; a student's copy does not have it.", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=PlainErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # plain lines instead of boxes
)


@app.callback()
def main() -> None:
    """Tools of the Keras workbook."""


Names = Annotated[
    list[str] | None,
    typer.Argument(help="Such as 05_losses, ex05_losses or 05; all of them if none is named."),
]


@app.command()
def build(names: Names = None) -> None:
    """Make notebooks/, solutions/ and exercises/ from chapters/."""
    from workbook import build, paths

    for path in build.build(paths.find_root(), names or []):
        typer.echo(f"wrote {path}")


@app.command()
def watch() -> None:
    """Build a notebook whenever its source in chapters/ is saved."""
    from workbook.watch import watch_command

    watch_command()


@app.command()
def new_task(
    chapter: Annotated[str, typer.Argument(help="Such as 05_losses, ex05_losses or 05.")],
    name: Annotated[str, typer.Argument(help="Of the function or class that students write.")],
) -> None:
    """Start a task of an assignment: one that works, to be replaced part by part."""
    from workbook.new_task import new_task_command

    new_task_command(chapter, name)


@app.command()
def colab(names: Names = None) -> None:
    """Execute chapters and solved assignments with the versions that Colab has."""
    from workbook import colab, paths

    colab.run_as_in_colab(paths.find_root(), names or [])


class RunCommand(typer.core.TyperCommand):
    """Lets ``-p NAME VALUE`` be repeated; Typer has no such option, only ``-p NAME=VALUE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        joined: list[str] = []
        while args:
            word, *args = args
            if word == "-p" and len(args) >= 2 and "=" not in args[0]:
                joined += [word, f"{args[0]}={args[1]}"]
                args = args[2:]
            else:
                joined.append(word)
        return super().parse_args(ctx, joined)


@app.command(cls=RunCommand)
def run(
    names: Names = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME VALUE", help="Change a parameter; may be repeated."),
    ] = None,
    store: Annotated[bool, typer.Option(help="Write the outputs into notebooks/.")] = False,
    kernel: Annotated[str | None, typer.Option(help="Kernelspec; default: the warm one.")] = None,
) -> None:
    """Execute chapters, as many at once as there are cores."""
    from workbook import paths, run

    if store and parameters:
        raise typer.BadParameter(
            "stored outputs must be those of the chapter's own parameters; leave out one of both",
            param_hint="-p with --store",
        )
    pairs = []
    for parameter in parameters or []:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise typer.BadParameter(f"{name} has no value; write -p {name} VALUE")
        pairs.append((name, value))
    run.run(paths.find_root(), names or [], parameters=pairs, store=store, kernel=kernel)


@app.command()
def answers(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
    task: Annotated[str | None, typer.Option(help="Only the answers to this task.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions graded at once.")] = 2,
    sandbox: Annotated[bool, typer.Option(help="Run answers in a sandbox, as in grading.")] = True,
    profile: Annotated[
        bool, typer.Option("--profile", help="Only print the processor time of each cell.")
    ] = False,
) -> None:
    """Check that the right and wrong answers of an assignment are judged as they should be."""
    from workbook.answers import answers_command
    from workbook.cell_times import print_cell_times

    if profile:
        print_cell_times(assignment)
    else:
        answers_command(assignment, task, jobs, sandbox)


@app.command()
def mutants(
    names: Names = None,
    task: Annotated[str | None, typer.Option(help="Only this task's.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many of each task's.")] = None,
    seed: Annotated[str, typer.Option(help="Draws the sample.")] = "",
    jobs: Annotated[
        int | None, typer.Option(min=1, help="How many at once; default: one for each core.")
    ] = None,
    killed: Annotated[
        bool, typer.Option("--killed", help="Show, of those that fail, what their author reads.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Write the counts into CONTRIBUTING.md.")
    ] = False,
) -> None:
    """Check that the tests find every small change of a right answer."""
    from workbook.mutants import mutants_command

    mutants_command(names or [], task, sample, seed, jobs, killed, store)


@app.command()
def fetch(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
    again: Annotated[
        bool, typer.Option("--again", help="A new one; yours stays beside it.")
    ] = False,
) -> None:
    """Get an assignment into work/; what is there already is never overwritten."""
    from workbook.fetch import fetch_command

    fetch_command(assignment, again)


@app.command()
def submit(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Hand an assignment in, or make the file to upload; and say what it lacks."""
    from workbook.submit import submit_command

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
        from workbook.own_grade import grade_command as command
    else:
        from workbook.check import check_command as command

    command(assignment)


@app.command()
def solution(
    assignment: Annotated[str, typer.Argument(help="In work/, such as 05; or any notebook.")],
    task: Annotated[str, typer.Option(help="Of the task that is solved.")],
) -> None:
    """Show right answers to a task beside one's own, once that passes."""
    from workbook.solution import solution_command

    solution_command(assignment, task)


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
    from workbook.roster import roster_command

    roster_command(file, id_column, dry_run)


@app.command()
def grade(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Collect and grade an assignment, write its feedback, and name what waits for somebody."""
    from workbook.grade import grade_command

    grade_command(assignment)


@app.command()
def feedback(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
) -> None:
    """Write feedback, release it in the exchange, and make a zip file for a learning platform."""
    from workbook.feedback import feedback_command

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
    from workbook.report import report_command

    report_command(names or [], course, db, to)


@app.command()
def progress() -> None:
    """Show a student which tasks pass in all fetched assignments, and what to do next."""
    from workbook.progress import progress_command

    progress_command()


@app.command()
def lab(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where JupyterLab listens.")] = 8888,
    instructor: Annotated[
        bool, typer.Option("--instructor", help="With formgrader, and chapters open as notebooks.")
    ] = False,
) -> None:
    """Start JupyterLab on the course, with nbgrader ready."""
    from workbook.lab import lab_command

    lab_command(port, instructor)


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
    from workbook.hub import hub_command

    hub_command(roster, folder, port, stop)


@app.command()
def site() -> None:
    """Make the website of the course in build/site."""
    from workbook.site import site_command

    site_command()


@app.command()
def bundle() -> None:
    """Make what students get, as a folder and a zip file, in build/bundle."""
    from workbook.bundle import bundle_command

    bundle_command()


if __name__ == "__main__":
    app(prog_name=FRONT_DOOR)  # which starts it so
