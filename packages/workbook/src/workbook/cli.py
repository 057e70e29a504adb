"""The command line of the course: the commands of those wings that a copy of it has.

Students' copies have their own wing only; see `workbook.instructors.bundle`.
"""

import importlib
from typing import Any

import typer

from workbook.common.commands import FRONT_DOOR, is_whole
from workbook.common.errors import WorkbookError

WINGS = ("authors", "students", "instructors")


class PlainErrors(typer.core.TyperGroup):
    """Prints what is wrong as plain lines and exits with status 1."""

    def get_command(self, ctx: Any, name: str) -> Any:
        command = super().get_command(ctx, name)
        if command is None and not is_whole():
            known = ", ".join(self.list_commands(ctx))
            raise WorkbookError(f"{name}: a student's copy does not have it; it has {known}")
        return command

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
    rich_markup_mode=None,  # plain lines instead of boxes
)
for wing in WINGS if is_whole() else ("students",):
    app.add_typer(importlib.import_module(f"workbook.{wing}.cli").app)


@app.callback()
def main() -> None:
    """Tools of the Keras workbook."""


if __name__ == "__main__":
    app(prog_name=FRONT_DOOR)  # which starts it so
