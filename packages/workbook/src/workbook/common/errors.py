"""The one exception that the command line turns into plain lines instead of a traceback."""


class WorkbookError(Exception):
    """What is wrong and what to do, one problem per line.

    Raised for bad input only; a traceback still means a defect of the tools.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
