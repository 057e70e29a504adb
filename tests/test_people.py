"""The roster of a class is read as people write it, and refused as a whole where it can't work."""

import pytest

from workbook.errors import WorkbookError
from workbook.people import Person, read_people

HEADER = "id,first_name,last_name,email,lms_user_id,role\n"


@pytest.fixture
def roster(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "students.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_all_columns_are_read(roster):
    text = HEADER + 'anna,Anna,"Müller, Dr.",a@example.org,0012,student\nlea,Lea,,,,Instructor\n'
    assert read_people(roster(text)) == [
        Person("anna", "Anna", "Müller, Dr.", "a@example.org", "0012"),
        Person("lea", "Lea", role="instructor"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "id\nanna\nben\n",
        "\ufeffid;role\r\nanna;student\r\n;\r\nben;\r\n",
        "Last_Name, ID \n Müller, anna \n,ben",
        "id,seat\nanna,1\nben,2,3,4\n",
    ],
    ids=["only ids", "from a spreadsheet", "white space", "other columns"],
)
def test_it_is_read_as_people_write_it(roster, text):
    assert [(person.id, person.role) for person in read_people(roster(text))] == [
        ("anna", "student"),
        ("ben", "student"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column id"),
        ("name\nanna\n", "no column id"),
        ("id\n", "nobody is in it"),
        ("id\nAnna\n", "line 2: the id 'Anna' can't be a login name"),
        ("id\n../etc\n", "can't be a login name"),
        ("id\n-rf\n", "can't be a login name"),
        ("id\nanna+ex01\n", "can't be a login name"),
        ("id\n" + "a" * 33, "can't be a login name"),
        ("id\nanna\nanna\n", "line 3: the id anna is there twice"),
        ("id,role\nanna,boss\n", "the role of anna is 'boss'"),
        ("id,email\n,a@example.org\n", "somebody without an id"),
    ],
)
def test_what_can_not_work_is_named(roster, text, words):
    with pytest.raises(WorkbookError, match=words.replace("'", ".")):
        read_people(roster(text))


def test_all_that_is_wrong_is_named_at_once(roster):
    with pytest.raises(WorkbookError) as error:
        read_people(roster("id\nAnna\nben\nBEN\n"))
    assert len(error.value.problems) == 2


def test_another_encoding_is_named(roster):
    with pytest.raises(WorkbookError, match="save it as CSV in UTF-8"):
        read_people(roster("id,last_name\nanna,Müller\n", "utf-16"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkbookError, match="there is no such file"):
        read_people(tmp_path / "none.csv")
