"""Class lists are read whatever their platform, encoding or separator; the class server's are
refused as a whole where somebody can't log in."""

import pytest
import sample_class
from nbgrader.api import Gradebook
from places import ROOT

from workbook.common.errors import WorkbookError
from workbook.instructors.class_list import Person, read_class_list
from workbook.instructors.hub import Folders, prepare, read_people

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


def problems_of(reader, content):
    """What a reader says is wrong with a class list."""
    with pytest.raises(WorkbookError) as error:
        reader(content)
    return error.value.problems


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
        ("id\n007\n", Person("007")),
        ('Last_Name, ID , seat\n Li, 007,"4, left",,\n', Person("007", last_name="Li")),
        (
            'Student,ID,Section,Role\n"Li, Bo",12,,Instructor\n',
            Person("12", "Bo", "Li", "", "12", "Instructor"),
        ),
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
        (b"Student,ID,Midterm (1)\n", "not a class list that is known"),
        (b"id,first_name\n1,Ada,L\n", "line 2: 3 cells, but 2 headings"),
        (b'id,first_name\n1,"Ada\n', "not CSV"),
        (b"id,first_name\n,Ada\n", "line 2: there is no id"),
        (b"id,first_name\n../x,Ada\n", "line 2: '../x' can't be an id"),
        (b"id,first_name\n" + 129 * b"1" + b",Ada\n", "at most 128 characters"),
    ],
)
def test_bad_input_is_one_line(read, content, words):
    [problem] = problems_of(read, content)
    assert "list.csv" in problem and words in problem


def test_an_unknown_column_is_named(read):
    with pytest.raises(WorkbookError, match="no column Login; there are: id, first_name"):
        read("id,first_name\n1,Ada\n", id_column="Login")


def test_all_that_is_wrong_is_named_at_once(read):
    for text in ("id,email\n,a@x\nbo,\n../x,\n", "id,email\n1,a,b\nbo,\n2,a,b\n"):
        assert [problem.split("line ")[1][0] for problem in problems_of(read, text)] == ["2", "4"]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkbookError, match="none.csv: can't be read: No such file"):
        read_class_list(tmp_path / "none.csv")


# ---------------------------------------------------------------- for the class server


@pytest.fixture
def admit(tmp_path):
    """Reads a class list of the class server's."""

    def admit(text):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return {each.id: each for each in read_people(ROOT, path)}

    return admit


@pytest.mark.parametrize(
    "text",
    [
        "id,role\nanna,student\nben,\nlea,Instructor\n",
        "\ufeffid;role\r\nanna;student\r\n;\r\nben;\r\nlea;instructor\r\n",
        "Username,First name,Last name,Roles\n"
        'anna,Anna,Ast,Student\nben,Ben,Ort,"Student, Tutor"\nlea,Lea,Ohm,Teacher\n',
        'Student,ID,SIS User ID,SIS Login ID,Section,role\n"Ast, Anna",1,S1,anna,A,\n'
        '"Ort, Ben",2,S2,ben,A,\n"Student, Test",3,,,A,\n"Ohm, Lea",,S4,lea,,instructor\n',
    ],
    ids=["own", "spreadsheet", "Moodle", "Canvas"],
)
def test_who_has_which_role(admit, text):
    people = admit(text)
    assert [(each.id, each.is_instructor) for each in people.values()] == [
        ("anna", False),
        ("ben", False),
        ("lea", True),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id\nAnna\n", "line 2: the id 'Anna' can't be a login name"),
        ("id\n-rf\n", "can't be a login name"),
        ("id\nanna+ex01\n", "can't be a login name"),
        ("id\n" + "a" * 33, "can't be a login name"),
        ("First name,Last name,Email address\nBo,Li,bo@x\n", "the id 'bo@x' can't be"),
        ("id\nkeras\n", "line 2: the id keras is the course's own"),
        ("id\nanna\nanna\n", "line 3: the id anna is there twice"),
        ("id,role\nanna,boss\n", "line 2: the role of anna is 'boss'"),
        ("First name,Username,Roles\nBo,bo,Non-editing teacher\n", "make it student or instructor"),
        ("id,email\n,a@example.org\n", "line 2: there is no id"),
        (
            "Student,ID,SIS Login ID,Section\nAnna,1,anna,A\nBen,2,,A\n",
            "line 3: there is no id in the column SIS Login ID",
        ),
        ("id,email\n../etc,\n", "line 2: '../etc' can't be an id"),
    ],
)
def test_what_can_not_work_is_named(admit, text, words):
    [problem] = problems_of(admit, text)
    assert "list.csv" in problem and words in problem


def test_of_a_class_too_all_that_is_wrong_is_named_at_once(admit):
    text = "id,role\nAnna,\nben,\nBEN,\n,instructor\nben,\ncem,boss\n"
    assert len(problems_of(admit, text)) == 5


def test_what_was_read_is_kept(tmp_path, monkeypatch, admit):
    sample_class.write_class(tmp_path, {}, [{"id": "bo", "email": "b@x"}], {})
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    people = admit('id,last_name,role\nbo,"O""Neil, ""Jr.""",student\nlea,,instructor\n')
    hub = Folders(tmp_path, tmp_path / "hub")
    prepare(hub, list(people.values()))
    assert read_class_list(hub.roster).people == list(people.values())
    with Gradebook(f"sqlite:///{tmp_path}/grading/gradebook.db", "keras") as gradebook:
        found = [(each.id, each.last_name, each.email) for each in gradebook.students]
    assert found == [("bo", 'O"Neil, "Jr."', "b@x")], "an empty cell erases nothing"
