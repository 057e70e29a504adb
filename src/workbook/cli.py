"""Command line of the course tools: one thin function per command, the work is in its module.

The modules are imported inside the functions because most of them are slow to import (nbgrader,
papermill) and no command needs them all.
"""

from typing import Annotated, Any

import typer

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


app = typer.Typer(
    cls=PlainErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
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
def answers(
    assignment: Annotated[str, typer.Argument(help="Such as ex05_losses or 05.")],
    task: Annotated[str | None, typer.Option(help="Only the answers to this task.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions graded at once.")] = 2,
    kernel: Annotated[str | None, typer.Option(help="Kernelspec; default: the warm one.")] = None,
) -> None:
    """Check that the right and wrong answers of an assignment are judged as they should be."""
    from workbook.answers import answers_command

    answers_command(assignment, task, jobs, kernel)
