"""Class lists become students of the gradebook, and contradictions change nothing."""

import pytest
import sample_class
from nbgrader.api import Gradebook, Student
from typer.testing import CliRunner

from workbook.cli import app
from workbook.common.errors import WorkbookError
from workbook.instructors.class_list import Person
from workbook.instructors.roster import make_plan


def students():
    ada = Student(id="ada", first_name="Ada", last_name="Lovelace", lms_user_id="4711")
    return [ada, Student(id="0042", email="Al@x.org"), Student(id="gone")]


def test_who_is_there_already_is_found_and_keeps_the_id():
    people = [
        Person("ada@x.org", email="ada@x.org", lms_user_id="4711"),
        Person("alan", first_name="Alan", email="al@X.org"),
        Person("new", first_name="Ada", last_name="Lovelace"),
    ]
    plan = make_plan(people, students())
    assert [(student.id, values) for student, values in plan.change] == [
        ("ada", {"email": "ada@x.org"}),
        ("0042", {"first_name": "Alan", "email": "al@X.org"}),
    ]
    assert [person.id for person in plan.add] == ["new"]
    assert [student.id for student in plan.absent] == ["gone"]
    assert "has the name of ada, who is there already" in plan.lines()[0]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([Person("42", "Alan")], "42 may be 0042 of the gradebook"),
        ([Person("0042", lms_user_id="4711")], "the number 4711 of 0042 is ada's"),
        ([Person("x", "A", line=2), Person("x", "B", line=3)], "lines 2 and 3 are both x"),
        (
            [Person("x", lms_user_id="7", line=2), Person("y", lms_user_id="7", line=3)],
            "lines 2 and 3: x and y have the same number 7",
        ),
    ],
)
def test_what_contradicts_itself_changes_nothing(people, words):
    with pytest.raises(WorkbookError) as error:
        make_plan(people, students())
    assert words in error.value.problems[0]
    assert error.value.problems[-1] == "Nothing was changed."


def test_twice_the_same_is_once():
    person = Person("x", "A", line=2)
    assert make_plan([person, Person("x", "A", line=3)], []).add == [person]


def test_the_command_shows_and_does(tmp_path, monkeypatch):
    sample_class.write_class(tmp_path, {}, [{"id": "ada", "email": "a@x"}], {})
    (tmp_path / "list.csv").write_text(
        "id,first_name,email,role\nada,Ada,,student\nbo,Bo,,\nprof,P,,instructor\n"
    )
    monkeypatch.chdir(tmp_path)

    def run(*options):
        result = CliRunner().invoke(app, ["roster", "list.csv", *options])
        assert result.exit_code == 0, result.output
        with Gradebook(f"sqlite:///{tmp_path}/grading/gradebook.db", "keras") as gradebook:
            found = {each.id: (each.first_name, each.email) for each in gradebook.students}
        return result.output, found

    output, found = run("--dry-run")
    assert "add     bo Bo" in output and "change  ada: first_name: – → Ada" in output
    assert "skip    prof P (instructor)" in output
    assert found == {"ada": (None, "a@x")}
    output, found = run()
    assert output.endswith("Done: the gradebook has 2 students.\n")
    assert found == {"ada": ("Ada", "a@x"), "bo": ("Bo", None)}, "empty cells erase nothing"
