"""Command line of the course tools."""

import typer

app = typer.Typer(no_args_is_help=True)
