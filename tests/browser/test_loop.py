"""The whole loop in a real browser, in a copy of the course: `make test-browser`.

A student opens the course, runs a chapter, fetches an assignment, validates, solves, submits and
reads the feedback; an instructor generates, releases, collects, grades, comments and gives feedback.
With SCREENSHOTS=<folder>, the main steps are stored as pictures (`make screenshots`).
"""

import os
import time
from pathlib import Path

import nbformat
import pytest
from lab_page import PATIENCE, Formgrader, Lab, copy_of, server
from playwright.sync_api import expect

from workbook.common.paths import solution_of
from workbook.common.tasks import graded_cells, read_tasks

pytestmark = pytest.mark.browser

NAME = "ex01_sequential"
STUDENTS = [
    "nbgrader_config.py",
    "work/nbgrader_config.py",
    "labconfig",
    "notebooks",
    f"exercises/{NAME}",
]
INSTRUCTORS = [*STUDENTS, "pyproject.toml", "chapters", f"solutions/{NAME}"]
COMMENT = "Well named layers."

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The instructor's copy of the course, with a gradebook of its own."""
    return copy_of(INSTRUCTORS, tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def students_copy(tmp_path_factory, course):
    """The student's copy, without solutions; the exchange is the instructor's."""
    root = copy_of(STUDENTS, tmp_path_factory.mktemp("student"))
    config = root / "nbgrader_config.py"
    own, shared = 'str(ROOT / "exchange")', repr(str(course / "exchange"))
    assert own in config.read_text()
    config.write_text(config.read_text().replace(own, shared))
    return root


@pytest.fixture(scope="module")
def screenshots():
    folder = os.environ.get("SCREENSHOTS")
    return Path(folder).resolve() if folder else None


@pytest.fixture(scope="module")
def instructor(course, home, browser, screenshots):
    """JupyterLab by `make lab-instructor`."""
    with server(course, home, "--instructor") as address:
        # Formgrader is made for this width.
        yield Lab(browser, address, screenshots, width=1500)


@pytest.fixture(scope="module")
def formgrader(instructor):
    """Formgrader, in which the instructor has generated and released the assignment."""
    formgrader = Formgrader(instructor)
    assert "Successfully created the student version" in formgrader.press("education")
    assert "Successfully released" in formgrader.press("cloud-upload")
    return formgrader


@pytest.fixture(scope="module")
def student(students_copy, home, browser, screenshots, formgrader):
    """JupyterLab by `make lab`, after the assignment was released."""
    with server(students_copy, home) as address:
        yield Lab(browser, address, screenshots)


def test_a_student_starts_on_the_map(student, home):
    expect(student.tab).to_have_text("00_index.ipynb")
    expect(student.panel.get_by_role("heading", name="Keras Workbook")).to_be_visible()
    expect(student.page.get_by_text("Would you like to get notified")).to_have_count(0)
    assert student.items("Nbgrader") == ["Assignment List"]
    student.idle()
    student.screenshot("index")
    kept_by_jupyterlab = Path(home["HOME"], ".jupyter", "lab")
    assert not kept_by_jupyterlab.exists()


def test_a_student_runs_a_chapter(student, students_copy):
    path = "notebooks/01_sequential.ipynb"
    student.open(path)
    notebook = student.run_all(students_copy / path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    student.show("Read the learning curves")
    student.screenshot("chapter")


def test_the_loop(student, students_copy, formgrader, course, capsys):
    answers = official_answers(course)
    fetch_and_validate(student, len(answers))
    try_a_check(student, "build_mlp")
    solve(student, answers)
    seconds = validate(student)
    with capsys.disabled():
        print(f"\nValidate, from the click to the dialog: {seconds:.1f} s")
    written = nbformat.read(students_copy / "work" / NAME / f"{NAME}.ipynb", as_version=4)
    assert {cell.source for cell in written.cells} >= set(answers)
    submit(student)
    grade(formgrader)
    read_feedback(student)


def official_answers(course: Path) -> list[str]:
    """What is to be written into the answer cells, without nbgrader's marks."""
    solution = nbformat.read(solution_of(course, NAME), as_version=4)
    sources = [graded_cells(solution)[task.name].source for task in read_tasks(solution)]
    marks = ("### BEGIN SOLUTION", "### END SOLUTION")
    return [
        "\n".join(line for line in source.splitlines() if line.strip() not in marks)
        for source in sources
    ]


def fetch_and_validate(student: Lab, tasks: int) -> None:
    """The student fetches the assignment and asks what is missing."""
    student.choose("Nbgrader", "Assignment List")
    student.page.locator("#released_assignments_list").get_by_role("button", name="Fetch").click()
    fetched = student.page.locator("#fetched_assignments_list")
    fetched.get_by_role("button", name=NAME).click()
    fetched.get_by_text(NAME, exact=True).last.click()
    expect(student.tab).to_have_text(f"{NAME}.ipynb")
    student.idle()
    student.show("Task 2")
    student.screenshot("assignment")

    assert student.validate().count("○ Not attempted yet: your answer to ") == tasks
    student.screenshot("validate")
    student.confirm()


def try_a_check(student: Lab, task: str) -> None:
    """A check is one line. Run, it shows its message and no test; a click shows the tests."""
    check = student.cell(f"Check {task} (")
    line = check.locator(".jp-Placeholder-content")
    expect(line).to_be_visible()
    student.cell(f"def {task}(").locator(".cm-content").click()
    for _ in range(2):
        student.page.keyboard.press("Shift+Enter")
    expect(check.locator(".jp-OutputArea")).to_contain_text(
        f"○ Not attempted yet: your answer to {task}"
    )
    expect(check).not_to_contain_text("Traceback")
    expect(check).not_to_contain_text("assert")
    line.click()
    expect(check.locator(".cm-content")).to_contain_text("assert")


def solve(student: Lab, answers: list[str]) -> None:
    """The student writes the answers into their cells."""
    for answer in answers:
        student.write(student.cell(answer.splitlines()[0]), answer)
    student.save()


def validate(student: Lab) -> float:
    """The student validates the solved assignment; returns how many seconds that takes."""
    begin = time.monotonic()
    said = student.validate()
    seconds = time.monotonic() - begin
    assert "Success! Your notebook passes all the tests." in said
    student.confirm()
    return seconds


def submit(student: Lab) -> None:
    """The student submits the assignment."""
    student.choose("Nbgrader", "Assignment List")
    student.page.locator("#fetched_assignments_list").get_by_role("button", name="Submit").click()
    expect(student.page.locator("#submitted_assignments_list")).to_contain_text("UTC")
    student.sidebar("File Browser")
    student.screenshot("assignment-list")


def grade(formgrader: Formgrader) -> None:
    """The instructor collects, grades, comments and gives the feedback back."""
    assert "Successfully collected" in formgrader.press("cloud-download")
    rows = formgrader.frame.locator("tbody")
    formgrader.frame.locator("td.num-submissions a").click()
    expect(rows).to_contain_text("needs autograding")
    assert "Successfully autograded" in formgrader.press("flash")
    expect(rows).to_contain_text("20 / 20")
    formgrader.lab.screenshot("formgrader")

    formgrader.follow("Manual Grading")
    for link in (NAME, NAME, "Submission #1"):
        formgrader.follow(link)
    formgrader.comment("build_mlp", COMMENT)
    formgrader.lab.screenshot("submission")

    formgrader.follow("Manual Grading")
    formgrader.follow("Manage Assignments")
    assert "Successfully generated feedback" in formgrader.press("comment")
    assert "Successfully released feedback" in formgrader.press("envelope")


def read_feedback(student: Lab) -> None:
    """The student fetches the feedback and opens it."""
    submitted = student.page.locator("#submitted_assignments_list")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    student.sidebar("File Browser")
    submitted.get_by_text("view feedback").click()
    student.page.get_by_role("listitem", name=f"{NAME}.html").dblclick()
    feedback = student.panel.frame_locator("iframe")
    expect(feedback.get_by_text("Score: 20.0 / 20.0")).to_be_visible()
    expect(feedback.get_by_text(COMMENT)).to_be_attached()
    student.screenshot("feedback")


def test_a_chapters_source_is_edited_as_a_notebook(instructor, course):
    """Saving changes what was edited, and nothing else of the file."""
    for name in ("chapter.py", "exercises.py"):
        path = course / "chapters" / "01_sequential" / name
        before = path.read_text()
        instructor.open_as_notebook(str(path.relative_to(course)))
        instructor.append(instructor.cell("import keras"), "EDITED = True")
        instructor.save()
        after = path.read_text()
        assert after != before
        assert after.replace("EDITED = True\n", "") == before
