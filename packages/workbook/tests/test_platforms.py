"""From a class list and a platform's zip files to scores, feedback and the report, in a new course.

The commands are those of docs/instructors.md, each in a process of its own.
"""

import csv
import io
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from sample_course import NAME, make_course, release, with_answers

from workbook.instructors.collect import COLLECTED, read_entries
from workbook.instructors.gradebook import find_course

CLASS_LIST = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (12),Midterm (13)
,,,,,,Manual Posting
    Points Possible,,,,,20,20
"Lovelace, Ada",4711,S1,ada,A,,
"Åström, Björn",4712,S2,0042,A,3,
"Turing, Alan",4713,S3,alan,"A and B",,
"Hopper, Grace ""Amazing""",4714,S4,grace,B,,
"O'Neil, Barbara",4715,S5,barbara,B,,
"Dijkstra, Edsger",4716,S6,edsger,B,,
"Lamarr, Hedy",4717,S7,hedy,B,,
"Student, Test",4799,,6e5f,B,,
'''


@dataclass
class Course:
    """A new course, and what its commands say."""

    root: Path
    notebooks: dict[str, str]  # what students hand in: "good" and so on
    said: dict[str, str] = field(default_factory=dict)

    def run(self, command: str, status: int = 0) -> str:
        """Run a command of the environment; its output, errors first."""
        name, *arguments = shlex.split(command)
        result = subprocess.run(
            [Path(sys.executable).with_name(name), *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        output = result.stderr + result.stdout
        assert result.returncode == status, output
        assert "Traceback" not in output, output
        return output

    def download(self, name: str, files: dict[str, str | bytes]) -> None:
        """Put a zip file where downloads go; a value may be the name of a notebook."""
        archive = self.root / "grading" / "downloaded" / NAME / "archive"
        archive.mkdir(parents=True, exist_ok=True)
        (archive / name).write_bytes(zipped(self.texts(files)))

    def submit(self, student: str, notebook: str, day: int) -> None:
        """Hand in on the exchange, in March."""
        moment = f"2026-03-{day:02d} 12:00:00.000000 UTC"
        folder = self.root / "exchange" / "keras" / "inbound" / f"{student}+{NAME}+{moment}"
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_text(self.notebooks[notebook])
        (folder / "timestamp.txt").write_text(moment)
        (folder / "submission_secret.txt").write_text(f"{student}'s secret")

    def texts(self, files: dict[str, str | bytes]) -> dict[str, str | bytes]:
        return {path: self.notebooks.get(text, text) for path, text in files.items()}

    @property
    def scores(self) -> dict[str, float]:
        with Gradebook(f"sqlite:///{self.root}/grading/gradebook.db", "keras") as gradebook:
            return {each.student.id: each.score for each in gradebook.assignment_submissions(NAME)}


def zipped(files: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return content.getvalue()


def new_course(root: Path) -> Course:
    """A course as it is after cloning: without a gradebook, and nothing was ever handed in."""
    made = release(make_course(root))
    (root / "grading" / "gradebook.db").unlink()
    right = "def double(x):\n    return 2 * x"
    both = with_answers(made, double=right, mean="def mean(x):\n    return float(np.mean(x))")
    notebooks = {"none": made, "half": with_answers(made, double=right), "good": both}
    return Course(root, {name: nbformat.writes(each) for name, each in notebooks.items()})


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """Canvas and Moodle and the exchange, graded once."""
    course = new_course(tmp_path_factory.mktemp("a new course"))
    (course.root / "canvas.csv").write_text(CLASS_LIST, encoding="utf-8-sig")
    course.said["roster"] = course.run("workbook roster canvas.csv")
    course.download(
        "submissions.zip",
        {
            f"lovelaceada_4711_90001_{NAME}.ipynb": "none",
            f"lovelaceada_4711_90009_{NAME}-1.ipynb": "half",
            f"åströmbjörn_LATE_4712_90002_{NAME}-1.ipynb": "half",
            "turingalan_4713_90003_essay.pdf": "no notebook",
            f"stranger_9999_90004_{NAME}.ipynb": "good",
            f"__MACOSX/._lovelaceada_4711_90001_{NAME}.ipynb": "of macOS",
        },
    )
    inner = zipped(course.texts({f"my work/{NAME}.ipynb": "good"}))
    course.download(
        "moodle.zip",
        {
            f"Grace Amazing Hopper_1230_assignsubmission_file_/{NAME} (1).ipynb": "good",
            "Barbara O'Neil_1231_assignsubmission_file_/work.zip": inner,
            f"Edsger Dijkstra_1232_assignsubmission_file/{NAME}.ipynb": "half",
            f"New Comer_1233_assignsubmission_file_/{NAME}.ipynb": "half",
        },
    )
    (course.root / "grading" / "downloaded" / NAME / "archive" / "empty.zip").write_bytes(b"")
    course.submit("hedy", "good", day=2)
    course.said["zip_collect"] = course.run(f"nbgrader zip_collect {NAME}")
    course.said["grade"] = course.run("workbook grade ex01")
    return course


def test_the_class_list_is_shown_and_taken(course):
    said = course.said["roster"]
    assert "7 people; Canvas's gradebook export, ids from 'SIS Login ID'" in said
    assert "add     0042 Björn Åström (number 4712)" in said
    assert 'add     grace Grace "Amazing" Hopper (number 4714)' in said
    assert "skip    Canvas's test student" in said
    again = course.run("workbook roster canvas.csv")
    assert "add" not in again.replace("address", "") and "leave   7 who are there already" in again


def test_both_platforms_and_the_exchange_are_graded(course):
    scores = dict(course.scores)
    assert {name: scores[name] for name in ("ada", "0042", "edsger")} == dict.fromkeys(
        ("ada", "0042", "edsger"), 10
    )
    assert {name: scores[name] for name in ("grace", "barbara", "hedy")} == dict.fromkeys(
        ("grace", "barbara", "hedy"), 20
    )


def test_what_is_nobody_s_is_held_back_and_named_last(course):
    for said in (course.said["zip_collect"], course.said["grade"]):
        end = said[said.index("held back, and not graded:") :]
        assert (
            f"stranger_9999_90004_{NAME}.ipynb was not collected: Canvas's stranger (9999)" in end
        )
        assert "nbgrader db student add stranger --lms-user-id=9999" in end
        assert "nbgrader db student add newcomer --first-name=New --last-name=Comer" in end
        assert "INFO" not in end, "the last lines"
    assert not {"9999", "stranger", "New Comer", "newcomer"} & course.scores.keys()


def test_wrong_files_are_named(course):
    said = course.said["grade"]
    assert "turingalan_4713_90003_essay.pdf was not collected: it is no notebook; alan" in said
    assert "empty.zip was not collected: it is damaged, or no zip file" in said
    assert "from submissions/lovelaceada_4711_90009" in said, "the attempt that counts"
    assert "._lovelaceada" not in said


@pytest.fixture(scope="module")
def entered(course) -> Course:
    """After the printed commands, and a second download with another attempt of ada's."""
    for command in re.findall(r"^ +(nbgrader db student add .*)$", course.said["grade"], re.M):
        course.run(command)
    # The first file is put right by hand; collecting again does not undo that.
    repaired = course.root / "grading" / "submitted" / "0042" / NAME / f"{NAME}.ipynb"
    repaired.write_text(course.notebooks["good"])
    course.download("later.zip", {f"lovelaceada_4711_95000_{NAME}-2.ipynb": "good"})
    course.said["again"] = course.run("workbook grade ex01")
    assert repaired.read_text() == course.notebooks["good"]
    return course


def test_the_printed_commands_enter_who_was_unknown(entered):
    assert entered.scores["stranger"] == 20
    assert entered.scores["newcomer"] == 10
    assert "held back" not in entered.said["again"]


def test_a_later_attempt_replaces_the_score(entered):
    assert entered.scores["ada"] == 20


@pytest.fixture(scope="module")
def returned(entered) -> Course:
    entered.said["release"] = entered.run(f"nbgrader release_feedback {NAME}")
    entered.said["feedback"] = entered.run("workbook feedback ex01")
    return entered


def test_releasing_feedback_names_who_gets_it_elsewhere(returned):
    last = returned.said["release"].splitlines()[-1]
    assert "Not handed in on the exchange" in last and "ada" in last and "hedy" not in last
    assert len(list((returned.root / "exchange" / "keras" / "feedback").glob("*.html"))) == 1


def test_feedback_has_the_platforms_own_names(returned):
    folder = returned.root / "grading" / "feedback_upload"
    names = {
        platform: set(zipfile.ZipFile(folder / f"{NAME}_{platform}.zip").namelist())
        for platform in ("canvas", "moodle")
    }
    assert names["canvas"] == {
        f"lovelaceada_4711_95000_{NAME}-2.html",
        f"åströmbjörn_LATE_4712_90002_{NAME}-1.html",
        f"stranger_9999_90004_{NAME}.html",
    }
    assert names["moodle"] == {
        f"Grace Amazing Hopper_1230_assignsubmission_file_/{NAME}.html",
        f"Barbara O'Neil_1231_assignsubmission_file_/{NAME}.html",
        f"Edsger Dijkstra_1232_assignsubmission_file/{NAME}.html",
        f"New Comer_1233_assignsubmission_file_/{NAME}.html",
    }
    with zipfile.ZipFile(folder / f"{NAME}_canvas.zip") as archive:
        [page] = [archive.read(name) for name in archive.namelist() if "lovelace" in name]
    assert b"Score: 20.0 / 20.0" in page


def test_who_gets_no_feedback_is_named(returned):
    said = returned.said["feedback"]
    assert "exchange: feedback for 1: hedy" in said
    assert said.splitlines()[-1] == "none for 1 (handed in no notebook): alan"


def test_the_report_agrees_with_the_gradebook(returned):
    db_url = f"sqlite:///{returned.root}/grading/gradebook.db"
    with Gradebook(db_url, "keras") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=datetime(2026, 3, 1))
        notebook = gradebook.find_submission_notebook(NAME, NAME, "hedy")
        notebook.late_submission_penalty = 2.5
        gradebook.find_grade("double_check", NAME, NAME, "0042").manual_score = 3.5
        gradebook.find_grade("mean_check", NAME, NAME, "edsger").extra_credit = 1.5
        gradebook.db.commit()
    said = returned.run("workbook report")
    assert "2 of them handed in late, 1 with a penalty." in said
    assert "essay.pdf was not collected: it is no notebook; alan" in said[said.index("Wrote") :]
    returned.run("nbgrader export --to=scores.csv")
    with (returned.root / "scores.csv").open(newline="") as file:
        exported = {row["student_id"]: row for row in csv.DictReader(file)}
    folder = returned.root / "grading" / "class_report"
    with (folder / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows.keys() == exported.keys()
    for student, row in rows.items():
        assert float(row["score"]) == float(exported[student]["score"]), student
        assert float(row["penalty"]) == float(exported[student]["late_submission_penalty"] or 0)
    assert (rows["hedy"]["score"], rows["hedy"]["late"]) == ("17.5", "late")
    assert (rows["0042"]["score"], rows["0042"]["by_hand"]) == ("9.5", "by hand")
    assert (rows["0042"]["late"], rows["0042"]["penalty"]) == ("late", "0"), "Canvas says so"
    assert (rows["edsger"]["score"], rows["edsger"]["extra_credit"]) == ("11.5", "1.5")
    assert (rows["alan"]["score"], rows["alan"]["status"]) == ("0", "handed in no notebook")
    page = (folder / "report.html").read_text()
    [late] = re.findall(r"Late: (.*)\.", page)
    assert set(late.split(", ")) == {"Björn Åström", "Hedy Lamarr (−2.5)"}
    assert "essay.pdf was not collected" in page


def test_without_anything_to_grade_it_says_where_it_looked(tmp_path):
    course = new_course(tmp_path)
    said = course.run("workbook grade ex01", status=1)
    assert "nobody has handed in: nothing is in the exchange" in said.splitlines()[-1]
    course.download("canvas.zip", {f"lovelaceada_4711_90001_{NAME}.ipynb": "good"})
    said = course.run("workbook grade ex01", status=1)
    assert "there is nothing to grade, because 1 files are held back." in said
    assert "nothing is graded yet" in course.run("workbook feedback ex01", status=1)


def test_another_s_submission_on_the_exchange_is_not_overwritten(tmp_path):
    course = new_course(tmp_path)
    course.submit("ada", "half", day=2)
    course.run(f"nbgrader collect {NAME}")
    folder = course.root / "grading" / "submitted" / "ada" / NAME
    course.download("zip.zip", {f"ada_{NAME}.ipynb": "good", f"bo_{NAME}.ipynb": "good"})
    said = course.run(f"nbgrader zip_collect {NAME}")
    assert f"ada has handed in on the exchange, too; remove grading/submitted/ada/{NAME} if" in said
    assert (folder / f"{NAME}.ipynb").read_text() == course.notebooks["half"]
    for student in ("ada", "bo"):
        course.submit(student, "good", day=3)
    said = course.run("workbook grade ex01")
    assert "bo has handed in on the exchange, too, which does not count" in said
    assert "ada has handed in again, which does not count" in said
    course.run(re.findall(r"grade again after: (nbgrader collect .*--student=ada)", said)[0])
    assert (folder / f"{NAME}.ipynb").read_text() == course.notebooks["good"]


def test_downloads_may_go_and_come_in_any_order(tmp_path):
    course = new_course(tmp_path)
    (tmp_path / "list.csv").write_text("id,first_name,lms_user_id\nada,Ada,4711\nbo,Bo,4712\n")
    course.run("workbook roster list.csv")
    archive = tmp_path / "grading" / "downloaded" / NAME / "archive"
    submitted = tmp_path / "grading" / "submitted"
    course.download("1.zip", {f"ada_4711_90_{NAME}.ipynb": "a", f"bo_4712_91_{NAME}.ipynb": "b"})
    course.run(f"nbgrader zip_collect {NAME}")
    (archive / "1.zip").unlink()
    course.download("2.zip", {f"ada_4711_95_{NAME}-1.ipynb": "later"})
    course.run(f"nbgrader zip_collect {NAME}")
    (archive / "2.zip").unlink()
    course.download("3.zip", {f"ada_4711_90_{NAME}.ipynb": "a"})
    assert "ada has a later one already" in course.run(f"nbgrader zip_collect {NAME}")
    texts = {path.parts[-3]: path.read_text() for path in submitted.rglob("*.ipynb")}
    assert texts == {"ada": "later", "bo": "b"}
    config = find_course(tmp_path)
    kept = {each.student for each in read_entries(*config, NAME) if each.status == COLLECTED}
    assert kept == {"ada", "bo"}, "feedback goes back to Canvas"
    (archive.parent / "collected.json").write_text("[")
    said = course.run(f"nbgrader zip_collect {NAME}", status=1)
    assert "collected.json: damaged" in said.splitlines()[-1]


def test_feedback_is_released_to_ids_that_look_like_patterns(tmp_path):
    course = new_course(tmp_path)
    for student in ("mia[1]", ".mia", "without"):
        folder = tmp_path / "grading" / "feedback" / student / NAME
        folder.mkdir(parents=True)
        (folder / f"{NAME}.html").write_text(student)
        if student != "without":
            (folder / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
            (folder / "submission_secret.txt").write_text(student)
    said = course.run(f"nbgrader release_feedback {NAME}")
    assert said.splitlines()[-1].endswith("no way back by it: without")
    pages = (tmp_path / "exchange" / "keras" / "feedback").glob("*.html")
    assert {page.read_text() for page in pages} == {"mia[1]", ".mia"}
