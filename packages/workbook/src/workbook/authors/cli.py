"""The commands of those who write chapters and assignments.

One thin function per command, the work is in its module; it is imported inside of the function,
because most modules are slow to import and no command needs them all.
"""

from typing import Annotated, Any

import typer

app = typer.Typer()

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Such as 05_losses, ex05_losses or 05; all of them if none is named."),
]


@app.command()
def build(names: Names = None) -> None:
    """Make notebooks/, solutions/ and exercises/ from chapters/."""
    from workbook.authors import build
    from workbook.common import paths

    for path in build.build(paths.find_root(), names or []):
        typer.echo(f"wrote {path}")


@app.command()
def watch() -> None:
    """Build a notebook whenever its source in chapters/ is saved."""
    from workbook.authors.watch import watch_command

    watch_command()


@app.command()
def new_task(
    chapter: Annotated[str, typer.Argument(help="Such as 05_losses, ex05_losses or 05.")],
    name: Annotated[str, typer.Argument(help="Of the function or class that students write.")],
) -> None:
    """Start a task of an assignment: one that works, to be replaced part by part."""
    from workbook.authors.new_task import new_task_command

    new_task_command(chapter, name)


@app.command()
def colab(names: Names = None) -> None:
    """Execute chapters and solved assignments with the versions that Colab has."""
    from workbook.authors import colab
    from workbook.common import paths

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
    from workbook.authors import run
    from workbook.common import paths

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
    from workbook.authors.answers import answers_command
    from workbook.authors.cell_times import print_cell_times

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
    from workbook.authors.mutants import mutants_command

    mutants_command(names or [], task, sample, seed, jobs, killed, store)


@app.command()
def solution(
    assignment: Annotated[str, typer.Argument(help="In work/, such as 05; or any notebook.")],
    task: Annotated[str, typer.Option(help="Of the task that is solved.")],
) -> None:
    """Show right answers to a task beside one's own, once that passes."""
    from workbook.authors.solution import solution_command

    solution_command(assignment, task)


@app.command()
def site() -> None:
    """Make the website of the course in build/site."""
    from workbook.authors.site import site_command

    site_command()
