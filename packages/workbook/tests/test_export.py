"""Learning platforms: what they import is what nbgrader counts, what they export is collected."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sample_class
from nbgrader.api import Gradebook
from nbgrader.apps.exportapp import ExportApp
from nbgrader.plugins.export import CsvExportPlugin
from places import ROOT
from sample_class import Handed, Work

from workbook.instructors.export import (
    CanvasExporter,
    CsvExporter,
    MoodleExporter,
    csv_bytes,
    neutral,
)

RIGHT, WRONG = Work(), Work(wrong="wrong")
PEOPLE = [
    {"id": "plain", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"},
    {"id": "comma", "first_name": 'Grace "Amazing"', "last_name": "Hopper, Rear Admiral"},
    {"id": "formula", "first_name": "=1+1", "last_name": "@SUM(A1)", "lms_user_id": "4711"},
    {"id": "-2", "first_name": "Zoë", "last_name": "Ångström\nof Uppsala"},
    {"id": "nameless"},
    {"id": "00815", "first_name": "Li", "last_name": "Bo", "lms_user_id": "0042"},
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("a course")
    work = {
        ("ps1", "plain"): Handed({"mean": RIGHT, "double": Work(hidden="no")}, penalty=0.5),
        ("ps1", "comma"): Handed({"mean": WRONG, "double": WRONG}, penalty=2.0),
        ("ps1", "formula"): Handed({"mean": RIGHT}, manual={"mean_check": 0.1, "mean_hidden": 0.2}),
        ("ps2", "plain"): Handed({"loss": RIGHT}),
    }
    tasks = {"ps1": ["mean", "double"], "ps2": ["loss"], "ps3": ["not due yet"]}
    sample_class.write_class(root, tasks, PEOPLE, work, notebooks=False)
    return root


@pytest.fixture
def gradebook(root):
    with Gradebook(f"sqlite:///{root}/grading/gradebook.db", "keras") as gradebook:
        yield gradebook


@pytest.fixture
def table(gradebook, tmp_path):
    """What an exporter writes, read again."""

    def table(exporter):
        exporter.to = str(tmp_path / "scores.csv")
        exporter.export(gradebook)
        with open(exporter.to, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return table


@pytest.fixture
def export(root, monkeypatch):
    """`nbgrader export` in the course, in this process."""

    def export(*arguments):
        monkeypatch.chdir(root)
        app = ExportApp()
        app.initialize(list(arguments))
        app.start()

    return export


def test_the_numbers_are_those_of_nbgrader_s_own_export(table, gradebook):
    numbers = ("raw_score", "late_submission_penalty", "score", "max_score")
    theirs, ours = table(CsvExportPlugin()), table(CsvExporter())
    assert list(ours[0]) == list(theirs[0])
    # nbgrader does not quote, so that its rows of these students fall apart.
    expected = {
        (row["assignment"], row["student_id"]): row
        for row in theirs
        if row["student_id"] in ("plain", "formula", "nameless")
    }
    assert len(expected) == 9
    found = {(row["assignment"], row["student_id"]): row for row in ours}
    for key, row in expected.items():
        for name in numbers:
            assert float(found[key][name]) == pytest.approx(float(row[name])), (key, name)
        assert found[key]["timestamp"] == row["timestamp"]
    assert found["ps1", "plain"]["score"] == "3.5"
    assert found["ps1", "comma"]["score"] == "0", "a penalty does not go below zero"
    assert len(ours) == len(PEOPLE) * 3


def test_canvas(table):
    possible, *rows = table(CanvasExporter(assignment_ids={"ps1": 815}))
    info = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert list(possible) == [*info, "ps1 (815)", "ps2"]
    assert list(possible.values()) == ["Points Possible", "", "", "", "", "6", "3"]
    by_login = {row["SIS Login ID"]: row for row in rows}
    assert by_login["plain"]["Student"] == "Lovelace, Ada"
    assert (by_login["plain"]["ps1 (815)"], by_login["plain"]["ps2"]) == ("3.5", "3")
    assert by_login["comma"]["Student"] == 'Hopper, Rear Admiral, Grace "Amazing"'
    assert by_login["formula"]["ID"] == "4711"
    assert by_login["formula"]["ps1 (815)"] == "0.3"
    assert by_login["nameless"]["Student"] == "nameless"
    assert by_login["nameless"]["ps2"] == "0"


def canvas_reads(content):
    """What `GradebookImporter` of canvas-lms makes of a file: (student, assignment) to grade."""
    text = content.decode("utf-8")
    first = text.splitlines()[:3]
    fields = {mark: len(next(csv.reader(first[:1], delimiter=mark))) for mark in ",;"}
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=max(fields, key=fields.get)))
    header, possible, *rows = [
        [re.sub(r"^(-?[0-9.,]+)%?$", lambda cell: normal(cell[1]), cell) for cell in row]
        for row in rows
    ]
    assert "Student" in header[0] and "ID" in header[1]
    assert "SIS User ID" in header[2] and "SIS Login ID" in header[3] and "Section" in header[4]
    assert "Points Possible" in possible[0]
    assert {len(row) for row in rows} == {len(header)}
    return {(row[1], row[3]): dict(zip(header[5:], row[5:])) for row in rows}


def normal(number):
    """Canvas's `decimal_comma_to_period`."""
    *whole, last = re.split("[,.]", number)
    return f"{''.join(whole)}.{last}" if whole else last


def moodle_reads(content):
    """What Moodle's `csv_import_reader` and `gradeimport_csv_load_data` make of a file."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8").strip().replace("\r\n", "\n"))))
    assert {len(row) for row in rows} == {len(rows[0])}, "csvweirdcolumns"
    header, *rows = [[cell.strip() for cell in row] for row in rows]
    assert len(set(header)) == len(header)
    return {row[0]: dict(zip(header[4:], map(float, row[4:]))) for row in rows}


def test_what_the_platforms_read_is_what_was_exported(gradebook, tmp_path):
    contents = []
    for exporter in (CanvasExporter(), MoodleExporter()):
        exporter.to = str(tmp_path / "scores.csv")
        exporter.export(gradebook)
        contents.append(Path(exporter.to).read_bytes())
    canvas, moodle = canvas_reads(contents[0]), moodle_reads(contents[1])
    assert canvas["", "plain"] == {"ps1": "3.5", "ps2": "3"}
    assert canvas["0042", "00815"] == {"ps1": "0", "ps2": "0"}, "zeros stay"
    assert moodle["00815"] == {"ps1": 0, "ps2": 0}
    assert moodle["plain"] == {"ps1": 3.5, "ps2": 3}
    assert len(canvas) == len(moodle) == len(PEOPLE)


def test_what_nobody_has_handed_in_is_left_out_unless_it_is_asked_for(table):
    assert "ps3" not in table(CanvasExporter())[0]
    assert "ps3" not in table(MoodleExporter())[0]
    assert {row["ps3"] for row in table(MoodleExporter(assignment=["ps3"]))} == {"0"}


def test_canvas_with_its_own_numbers_as_student_ids(table):
    _, *rows = table(CanvasExporter(student_id_column="ID"))
    assert {row["ID"] for row in rows} >= {"plain", "comma"}
    assert {row["SIS Login ID"] for row in rows} == {""}


def test_moodle(table):
    rows = {row["Username"]: row for row in table(MoodleExporter())}
    assert list(rows["plain"].values()) == ["plain", "Ada", "Lovelace", "ada@example.org"] + [
        "3.5",
        "3",
    ]
    assert rows["'-2"]["Last name"] == "Ångström\nof Uppsala"


def test_no_text_is_a_formula(table):
    [row] = [row for row in table(MoodleExporter()) if row["Username"] == "formula"]
    assert (row["First name"], row["Last name"]) == ("'=1+1", "'@SUM(A1)")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "＝1"])
def test_neutral(text):
    assert neutral(text) == f"'{text}"
    [[written]] = csv.reader(io.StringIO(csv_bytes([[text]]).decode(), newline=""))
    assert written == f"'{text}"


def test_ordinary_texts_and_numbers_stay():
    assert neutral("O'Neill-Smith") == "O'Neill-Smith"
    assert csv_bytes([["a", 20.0, -1.5], ["b,c", 1 / 3, 0.1 + 0.2]]) == (
        b'a,20,-1.5\r\n"b,c",0.3333333333,0.3\r\n'
    )


def test_only_some(table):
    rows = table(CsvExporter(student=["plain"], assignment=["ps2"]))
    assert [(row["student_id"], row["assignment"]) for row in rows] == [("plain", "ps2")]


def test_the_command_writes_the_file_and_warns_of_ids(export, tmp_path, capfd):
    target = tmp_path / "new folder" / "scores.csv"
    export("--exporter=workbook.instructors.export.CanvasExporter", f"--to={target}")
    assert target.read_bytes().startswith(b"Student,ID,SIS User ID,SIS Login ID,Section,ps1,ps2\r")
    assert "Student '-2' is written as \"'-2\"" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--assignment", "ps9"], "No such assignment in the gradebook: ps9"),
        (["--student", "eve"], "No such student in the gradebook: eve"),
        (["--to=nbgrader_config.py/scores.csv"], "can't be written"),
    ],
)
def test_bad_input_is_one_line(export, capfd, arguments, words):
    with pytest.raises(SystemExit) as stop:
        export("--exporter=workbook.instructors.export.MoodleExporter", *arguments)
    assert stop.value.code == 1
    assert words in capfd.readouterr().err.splitlines()[-1]


# ---------------------------------------------------------------- the other way

CANVAS = {
    "lovelaceada_4711_90001_ps1.ipynb": "by number",
    "hoppergrace_LATE_4712_90002_ps1-1.ipynb": "by name",
    "lovelaceada_4713_90005_ps1.ipynb": "of a namesake",
    "josé_5001_90006_ps1.ipynb": "unknown",
    "jose_5002_90007_ps1.ipynb": "another one",
    "stranger_4799_90003_ps1-2.ipynb": "unknown",
    "LATE_anon_x1Yz2_90004_ps1.ipynb": "anonymous",
}
MOODLE = {
    "Alan Turing_1234567_assignsubmission_file_/ps1.ipynb": "in a folder",
    "Björn Åström_1234568_assignsubmission_file/ps1 (1).ipynb": "in a folder of a later version",
    "Edsger Dijkstra_1234569_assignsubmission_file_ps1.ipynb": "all in the name",
    "Ann Lee_1234570_assignsubmission_file_/ps1.ipynb": "one of two",
    "New Comer_1234571_assignsubmission_file_/ps1.ipynb": "not in the gradebook",
    "New Comer_1234572_assignsubmission_file_/ps1.ipynb": "her namesake",
    "Alan Turing_1234567_assignsubmission_file_/notes.ipynb": "a further notebook",
    "Stray Cat_1234573_assignsubmission_onlinetext_/onlinetext.html": "no file",
}
LOOSE = {
    "under_score_ps1.ipynb": "plain",
    "carol_ps1-Copy1.ipynb": "a copy",
    "carol_ps1.ipynb": "its original",
    "homework.ipynb": "nobody's",
    ".._ps1.ipynb": "an attack",
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """A course after `nbgrader zip_collect`: its root and what the command said."""
    root = tmp_path_factory.mktemp("collecting")
    people = [
        ("ada", "Ada", "Lovelace", "4711"),
        ("grace", "Grace", "Hopper", None),
        ("alan", "Alan", "Turing", None),
        ("bjorn", "Björn", "Åström", None),
        ("edsger", "Edsger", "Dijkstra", None),
        ("ann1", "Ann", "Lee", None),
        ("ann2", "Ann", "Lee", None),
    ]
    columns = ("id", "first_name", "last_name", "lms_user_id")
    sample_class.write_class(root, {}, [dict(zip(columns, each)) for each in people], {})
    (root / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    (root / "exercises" / "ps1").mkdir(parents=True)
    (root / "exercises" / "ps1" / "ps1.ipynb").write_text("{}")
    archive = root / "grading" / "downloaded" / "ps1" / "archive"
    archive.mkdir(parents=True)
    for name, files in {"canvas.zip": CANVAS, "moodle.zip": MOODLE}.items():
        with zipfile.ZipFile(archive / name, "w") as file:
            for path, content in files.items():
                file.writestr(path, content)
    (archive / "empty.zip").touch()
    (archive / "nobody.zip").write_bytes(b"PK\5\6" + 18 * b"\0")
    for path, content in LOOSE.items():
        (archive / path).write_text(content)
    command = [Path(sys.executable).with_name("nbgrader"), "zip_collect", "ps1"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return root, result.stderr


def test_every_student_is_found(collected):
    root, _ = collected
    submitted = root / "grading" / "submitted"
    found = {
        f"{path.parent.parent.name}/{path.name}": path.read_text()
        for path in submitted.rglob("*.ipynb")
    }
    assert found == {
        "ada/ps1.ipynb": "by number",
        "grace/ps1.ipynb": "by name",
        "alan/ps1.ipynb": "in a folder",
        "alan/notes.ipynb": "a further notebook",
        "bjorn/ps1.ipynb": "in a folder of a later version",
        "edsger/ps1.ipynb": "all in the name",
        "under_score/ps1.ipynb": "plain",
        "carol/ps1.ipynb": "its original",
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.zip", "it is damaged, or no zip file"),
        ("nobody.zip", "it is an empty zip file"),
        ("homework.ipynb", "its name is not one of Canvas or Moodle, and not <student>_ps1.ipynb"),
        ("carol_ps1-Copy1.ipynb", "carol has ps1 already, from carol_ps1.ipynb"),
        ("stranger_4799_90003_ps1-2.ipynb", "Canvas's stranger (4799) is not in the gradebook"),
        ("LATE_anon_x1Yz2_90004_ps1.ipynb", "Canvas's anon_x1Yz2 is not in the gradebook"),
        ("lovelaceada_4713_90005_ps1.ipynb", "Canvas's lovelaceada (4713) is not in the"),
        ("onlinetext.html", "Moodle's Stray Cat is not in the gradebook"),
        (
            "New Comer_1234571_assignsubmission_file_/ps1.ipynb",
            "there are two participants named New Comer",
        ),
        ("Ann Lee_1234570_assignsubmission_file_/ps1.ipynb", "Ann Lee may be any of ann1, ann2"),
        (
            "New Comer_1234572_assignsubmission_file_/ps1.ipynb",
            "there are two participants named New Comer",
        ),
        (".._ps1.ipynb", "its name is not one of Canvas or Moodle"),
    ],
)
def test_what_is_not_collected_is_named_and_stays(collected, name, reason):
    root, output = collected
    assert f"{name} was not collected: {reason}" in output
    folder = root / "grading" / "downloaded" / "ps1"
    assert [path for path in folder.rglob("*") if str(path).endswith(name)]


def test_who_is_not_in_the_gradebook_is_named_with_a_command(collected):
    _, output = collected
    assert "carol_ps1.ipynb was collected: as carol, who is new to the gradebook" in output
    end = output[output.index("held back, and not graded") :]
    assert "nbgrader db student add stranger --lms-user-id=4799" in end
    # The proposed id is nobody else's.
    ids = re.findall("nbgrader db student add ([^ ]+)", end)
    assert len(set(ids)) == len(ids) and {"jose", "jose5001"} < set(ids)
    assert "nbgrader db student add lovelaceada --lms-user-id=4713" in end
    assert "INFO" not in end, "nothing comes after it"
