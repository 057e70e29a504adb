"""Class lists: whatever platform, encoding or separator, they become students of the gradebook."""

import pytest
import sample_class
from nbgrader.api import Gradebook, Student
from typer.testing import CliRunner

from workbook.cli import app
from workbook.errors import WorkbookError
from workbook.roster import Person, make_plan, read_class_list

MOODLE = (
    "First name,Last name,Email address,Roles,Groups,Last access to course,Status\n"
    "Björn,Åström,bjorn@example.org,Student,,now,Active\n"
    '"Ada, Countess",Lovelace,ada@example.org,"Student, Tutor",,now,Active\n'
    "Grace,Hopper,grace@example.org,Non-editing teacher,,now,Active\n"
)


@pytest.fixture
def read(tmp_path):
    """Reads a class list with this content."""

    def read(content, **options):
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_class_list(path, **options)

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(read, encoding, separator):
    text = MOODLE.replace(", ", "§").replace(",", separator).replace("§", f"{separator} ")
    people = read(text.replace("\n", "\r\n").encode(encoding)).people
    assert [(each.id, each.first_name, each.is_student) for each in people] == [
        ("bjorn@example.org", "Björn", True),
        ("ada@example.org", f"Ada{separator} Countess", True),
        ("grace@example.org", "Grace", False),
    ]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        (
            "First name,Surname,ID number,Email address,Assignment: ps1 (Real)\nBo,Li,007,b@x,20\n",
            Person("007", "Bo", "Li", "b@x"),
        ),
        (
            "First name,Last name,Username,ID number,Email address\nBo,Li,boli,,b@x\n",
            Person("boli", "Bo", "Li", "b@x"),
        ),
        (
            "Identifier,Full name,Email address,Status,Grade\nParticipant 7,Bo van Li,b@x,,\n",
            Person("b@x", "Bo van", "Li", "b@x"),
        ),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section,Midterm (1)\n"Li, Bo",12,,boli,A,3\n',
            Person("boli", "Bo", "Li", lms_user_id="12"),
        ),
        (
            "LastName,FirstName,ID,SIS Login ID,Section\nLi,Bo,12,boli,A\n",
            Person("boli", "Bo", "Li", lms_user_id="12"),
        ),
        ('Student,ID,Section\n"Li, Bo",12,A\n', Person("12", "Bo", "Li", lms_user_id="12")),
        (
            "id,first_name,last_name,email,lms_user_id,role\n007,Bo,Li,b@x,12,student\n",
            Person("007", "Bo", "Li", "b@x", "12", "student"),
        ),
        ('id,first_name\n="007",Bo\n', Person("007", "Bo")),
    ],
)
def test_formats(read, text, person):
    [found] = read(text).people
    assert found == Person(**{**vars(person), "line": 2})


def test_another_column_may_have_the_ids(read):
    text = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Li, Bo",12,S1,boli,A\n'
    assert read(text, id_column="sis user id").people[0].id == "S1"
    assert read(text, preferred="SIS User ID").people[0].id == "S1"
    # A column in which somebody lacks an id is not taken by itself.
    assert [each.id for each in read(text + '"Wu, Al",13,S2,,A\n').people] == ["S1", "S2"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04", "a spreadsheet; save it as CSV"),
        ("id,first_name\n1,Björn\n".encode("latin-1"), "neither UTF-8 nor UTF-16"),
        (b"Name,Matrikel\nAda,1\n", "Its first line has: Name, Matrikel."),
        (b"Student,ID,Section\n", "there is nobody in it"),
        (b"id,first_name\n1,Ada,L\n", "line 2: 3 cells, but 2 headings"),
        (b'id,first_name\n1,"Ada\n', "not CSV"),
        (b"id,first_name\n,Ada\n", "line 2: there is no id"),
        (b"id,first_name\n../x,Ada\n", "line 2: '../x' can't be an id"),
        (b"id,first_name\n" + 129 * b"1" + b",Ada\n", "at most 128 characters"),
    ],
)
def test_bad_input_is_one_line(read, content, words):
    with pytest.raises(WorkbookError) as error:
        read(content)
    [problem] = error.value.problems
    assert "list.csv" in problem and words in problem


def test_an_unknown_column_is_named(read):
    with pytest.raises(WorkbookError, match="no column Login; there are: id, first_name"):
        read("id,first_name\n1,Ada\n", id_column="Login")


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
