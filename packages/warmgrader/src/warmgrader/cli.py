"""The command line: `warmgrader install | stop | autograde | read | doctor`."""

from __future__ import annotations

import argparse
import sys


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="warmgrader", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="install the kernelspec python3-warm")
    place = install.add_mutually_exclusive_group()
    place.add_argument(
        "--sys-prefix", action="store_true", help="into this Python environment (default)"
    )
    place.add_argument("--user", action="store_true", help="for the user")
    place.add_argument("--prefix", help="below another prefix")
    install.add_argument("--preload", help="comma-separated modules to import in advance")
    commands.add_parser("stop", help="end this user's fork servers")
    commands.add_parser("doctor", help="say what this machine can do")
    read = commands.add_parser("read", help="list what a notebook reaches for beyond its course")
    read.add_argument("notebook", help="a submitted notebook; files beside it are read too")
    read.add_argument(
        "--course", metavar="ASSIGNMENT", help="the folder of the instructor's source notebooks"
    )
    commands.add_parser("autograde", help="autograde submissions; see autograde --help")
    return parser


def _autograde(argv: list[str]) -> None:
    """Hand over to nbgrader's way of reading a command line."""
    from warmgrader.grading import startup

    startup.end_quickly()
    # One submission, or another's workers, need none here.
    if not any(word.startswith(("--student", "--scheduler", "--help")) for word in argv):
        startup.prepare_workers()
    from warmgrader.grading.autograde import WarmAutogradeApp

    try:
        WarmAutogradeApp.launch_instance(argv)
    except KeyboardInterrupt:
        print("Stopped. The same command grades the rest.", file=sys.stderr)
        sys.exit(130)


def main(argv: list[str] | None = None) -> None:
    """Run a subcommand; exit with 1 for a failure and 2 for wrong usage."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["autograde"]:
        _autograde(argv[1:])
        return
    arguments = _parser().parse_args(argv)
    if arguments.command == "install":
        from warmgrader.kernels import kernelspec

        preload = arguments.preload.split(",") if arguments.preload else None
        prefix = None if arguments.user else arguments.prefix or sys.prefix
        try:
            print(kernelspec.install(prefix, preload))
        except OSError as error:
            sys.exit(f"warmgrader install: {error}")
    elif arguments.command == "read":
        from warmgrader.read_command import read_command

        sys.exit(read_command(arguments.notebook, arguments.course))
    elif arguments.command == "doctor":
        from warmgrader import doctor

        sys.exit(doctor.main())
    else:
        from warmgrader.kernels import client

        print(f"{client.stop_servers()} fork servers asked to end")


if __name__ == "__main__":
    main()
