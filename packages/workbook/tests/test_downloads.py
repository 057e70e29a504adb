"""Unpacking downloads: whatever a zip file holds, it ends in its folder or is named."""

import io
import zipfile

import pytest

from workbook.instructors.downloads import letters, understand, unpack

LIMIT = 1_000_000


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def unpacked(tmp_path):
    """Unpacks these downloads; gives the files by path, and what could not be unpacked."""

    def run(files):
        archive, target = tmp_path / "archive", tmp_path / "extracted"
        for name, content in files.items():
            path = archive / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        problems = unpack(archive, target, LIMIT)
        found = sorted(path for path in target.rglob("*") if path.is_file())
        outside = sorted(path.name for path in tmp_path.iterdir())
        assert outside == ["archive", "extracted"]
        return {str(path.relative_to(target)): path.read_bytes() for path in found}, dict(problems)

    return run


def test_zip_files_in_zip_files_and_folders(unpacked):
    inner = zipped({"work/ps1.ipynb": b"inner"})
    files, problems = unpacked(
        {
            "c.zip": zipped({"a_1_2_work.zip": inner, "b/ps1.ipynb": b"b", "empty/": b""}),
            "may/LATE.ZIP": zipped({"x.ipynb": b"x"}),
            "y.ipynb": b"y",
            ".DS_Store": b"",
        }
    )
    assert files == {
        "c/a_1_2_work/work/ps1.ipynb": b"inner",
        "c/b/ps1.ipynb": b"b",
        "may/LATE/x.ipynb": b"x",
        "y.ipynb": b"y",
    }
    assert problems == {}


def test_names_that_lead_elsewhere_stay_inside(unpacked):
    files, _ = unpacked({"c.zip": zipped({"../../evil": b"1", "/abs": b"2", "a\\b.ipynb": b"3"})})
    assert files == {"c/evil": b"1", "c/abs": b"2", "c/a/b.ipynb": b"3"}


def test_umlauts_that_do_not_say_that_they_are_utf_8(unpacked):
    content = zipped({"Bj\N{LATIN SMALL LETTER O WITH DIAERESIS}rn": b"1"})
    unflagged = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        unflagged[unflagged.index(mark) + offset + 1] &= ~0x08
    assert list(unpacked({"c.zip": bytes(unflagged)})[0]) == ["c/Björn"]
    assert letters("Bjo\u0308rn  O'Neil") == letters("björn oneil"), "however macOS writes it"


def test_what_can_not_be_unpacked_is_named(unpacked):
    bomb = zipped({"zeros": bytes(LIMIT // 2), "more": bytes(LIMIT)})
    damaged = bytearray(zipped({"ok.ipynb": b"ok", "bad.ipynb": b"content of it"}))
    damaged[damaged.index(b"content of it")] ^= 1
    files, problems = unpacked(
        {
            "a.zip": zipped({"student.zip": bomb, "large.ipynb": bytes(LIMIT + 1)}),
            "damaged.zip": bytes(damaged),
            "html.zip": b"<html>Log in first</html>",
        }
    )
    assert list(files) == ["damaged/ok.ipynb"]
    assert problems.keys() == {
        "a/student.zip", "a/large.ipynb", "damaged/bad.ipynb", "html.zip",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("de la cruzana_LATE_12_34_ps1-2.ipynb", ("canvas", "12", "ps1", True, (34, False))),
        ("ada_12_34_ps1.ipynb", ("canvas", "12", "ps1", False, (34, True))),
        ("ada_12_34_my work.ipynb", ("canvas", "12", "my work", False, (34, True))),
        ("ada_12_34_work/ps1.ipynb", ("canvas", "12", "ps1", False, (34, True))),
        ("s_12_34_ps1.ipynb", ("", "", "ps1", False, (True,))),
        ("ada_ps1 (1).ipynb", ("", "", "ps1", False, (False,))),
    ],
)
def test_what_a_name_says(tmp_path, name, expected):
    path = tmp_path / name
    found = understand(path, tmp_path, {"ps1"}, students={"s_12_34"})
    assert (found.platform, found.number, found.notebook, found.late, found.rank) == expected
