"""How far a student is: with one assignment, and what is to be done next."""

from dataclasses import dataclass, field
from urllib.parse import quote

from workbook.students.check import State, TaskResult

#: A sign for each state, as not everybody sees colours.
SIGNS = {State.PASSED: "✓", State.NOT_YET: "✗", State.NOT_ATTEMPTED: "·", State.NOT_RUN: "?"}


@dataclass(frozen=True)
class Standing:
    """How far a student is with one assignment."""

    name: str
    results: list[TaskResult] = field(default_factory=list)
    problem: str = ""  # why it could not be checked, in one line

    @property
    def reached(self) -> float:
        """Points of the visible tests that pass."""
        return sum(
            result.task.check_points for result in self.results if result.state is State.PASSED
        )

    @property
    def visible(self) -> float:
        """Points of all visible tests."""
        return sum(result.task.check_points for result in self.results)

    @property
    def unfinished(self) -> TaskResult | None:
        """The first task that does not pass."""
        return next((each for each in self.results if each.state is not State.PASSED), None)


@dataclass(frozen=True)
class Next:
    """What to do next: a task that is fetched, or an assignment that is not."""

    assignment: str
    task: TaskResult | None = None
    section: str | None = None  # of the chapter

    @property
    def chapter(self) -> str:
        """Such as 05_losses."""
        return self.assignment.removeprefix("ex")

    @property
    def anchor(self) -> str:
        """Where JupyterLab finds the section in the chapter's page."""
        heading = (self.section or "").replace("`", "").replace(" ", "-")
        return f"#{quote(heading)}" if heading else ""


def words_of(state: State) -> str:
    """`not yet` for `State.NOT_YET`."""
    return state.name.lower().replace("_", " ")
