"""What a learning platform lets an instructor download: unpacked, and understood by its names.

- Canvas: `lovelaceada_LATE_12345_67890_ps1-1.ipynb`; `LATE` is Canvas's own word.
- Moodle: `Ada Lovelace_1234567_assignsubmission_file_/ps1.ipynb`, or all of it in one file name.
- By hand: `<student>_<notebook>.ipynb`.
"""

import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbook.common.paths import original_name

_CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?P<late>LATE_)?(?P<number>\d+|anon_[A-Za-z0-9]+)"
    r"_(?P<attempt>\d+)_(?P<file>.+)"
)
_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?")

_HIDDEN = {"__MACOSX", ".DS_Store", ".ipynb_checkpoints"}
_DEEPEST = 3  # a zip file of a zip file of the platform's zip file
_UTF8_NAME = 0x800  # the flag of a zip file's entry


@dataclass(frozen=True)
class Download:
    """A downloaded file, as far as its name tells."""

    path: Path
    platform: str  # "canvas", "moodle" or "" for a name given by hand
    name: str  # of the student, as the platform writes it; by hand, the student's id
    number: str  # of the student: Canvas's own, or Moodle's of this assignment
    notebook: str  # without ".ipynb"
    entry: str  # the name that the platform wants feedback under, without ".html"
    late: bool = False
    #: Among several of one student, the largest is what counts.
    rank: tuple[int, ...] = ()


def letters(name: str) -> str:
    """`name` as far as platforms agree on it: no blanks or punctuation, no capitals."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()


def understand(path: Path, folder: Path, released: set[str], students: set[str]) -> Download | None:
    """What the name of a downloaded file says; None if it says nothing.

    Args:
        path: the file.
        folder: where the downloads were unpacked; the names of folders count from there.
        released: the notebooks of the assignment, without ".ipynb".
        students: ids that are known, in case one of them looks like Canvas's numbers.
    """
    relative = path.relative_to(folder)
    if not str(relative).isprintable():  # it is not UTF-8, and can't be a student's id
        return None
    return (
        _moodle(path, relative, released)
        or _by_hand(path, released, students)
        or _canvas(path, relative, released)
        or _by_hand(path, released, None)
    )


def _moodle(path: Path, relative: Path, released: set[str]) -> Download | None:
    download = path.parent
    for part, folder in zip(relative.parents, path.parents):
        if match := _MOODLE.fullmatch(part.name):
            file, entry, download = path.stem, f"{part.name}/", folder.parent
            break
    else:
        match = _MOODLE.fullmatch(path.stem)
        if not match or not match["file"]:
            return None
        file, entry = match["file"], path.stem
    notebook = _notebook(file, released)
    rank = (download.stat().st_mtime_ns, notebook == file)
    return Download(path, "moodle", match["name"], match["number"], notebook, entry, rank=rank)


def _canvas(path: Path, relative: Path, released: set[str]) -> Download | None:
    # A student's own zip file has become a folder with its name.
    names = [path.stem, *(part.name for part in relative.parents)]
    match = next(filter(None, map(_CANVAS.fullmatch, names)), None)
    if not match:
        return None
    file = match["file"] if match[0] == path.stem else path.stem
    notebook = _notebook(file, released)
    return Download(
        path,
        "canvas",
        match["name"] or "",
        match["number"],
        notebook,
        match[0],
        late=bool(match["late"]),
        rank=(int(match["attempt"]), notebook == file),
    )


def _by_hand(path: Path, released: set[str], students: set[str] | None) -> Download | None:
    for stem in (path.stem, original_name(path.stem, numbered=True)):
        for notebook in sorted(released, key=len, reverse=True):
            student = stem.removesuffix(f"_{notebook}")
            if student in (stem, "") or student.startswith("."):
                continue
            if students is None or student in students:
                return Download(path, "", student, "", notebook, "", rank=(stem == path.stem,))
    return None


def _notebook(stem: str, released: set[str]) -> str:
    """The released notebook that a file is a copy of; else its own name."""
    original = original_name(stem, numbered=True)
    return original if stem not in released and original in released else stem


def unpack(archive: Path, target: Path, limit: int) -> list[tuple[str, str]]:
    """Copy what was downloaded to `target`, its zip files unpacked, those in zip files too.

    What an earlier call has left in `target` goes: all of it comes from `archive`.

    Args:
        archive: the folder of downloads.
        target: a folder of its own.
        limit: how large the zip file of a student may be, and any file, in bytes.

    Returns:
        What could not be unpacked: its path, and why.
    """
    shutil.rmtree(target, ignore_errors=True)
    problems: list[tuple[str, str]] = []
    for path in sorted(path for path in archive.rglob("*") if path.is_file()):
        relative = path.relative_to(archive)
        if _is_hidden(relative):
            continue
        copy = target / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".zip":
            problems += _unzip(path, copy.with_suffix(""), target, limit)
            if copy.with_suffix("").is_dir():
                # Its time says which of two downloads is the later one.
                shutil.copystat(path, copy.with_suffix(""))
        else:
            shutil.copy2(path, copy)
    return problems


def _unzip(
    archive: Path, folder: Path, target: Path, limit: int, depth: int = 1
) -> Iterator[tuple[str, str]]:
    """Unpack a zip file; yields what could not be unpacked."""
    shown = str(folder.relative_to(target)) + ".zip"
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
            if depth > 1 and sum(entry.file_size for entry in entries) > limit:
                yield shown, f"it holds more than {limit // 1_000_000} MB"
                return
            if not entries:
                yield shown, "it is an empty zip file"
            for entry in entries:
                yield from _unzip_entry(zipped, entry, folder, target, limit, depth)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        yield shown, "it is damaged, or no zip file: download it once more"


def _unzip_entry(
    zipped: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    folder: Path,
    target: Path,
    limit: int,
    depth: int,
) -> Iterator[tuple[str, str]]:
    parts = [part for part in PurePosixPath(_name(entry)).parts if part.strip("./\\")]
    path = folder.joinpath(*parts)
    shown = str(path.relative_to(target))
    if not parts or _is_hidden(Path(*parts)):
        return
    if entry.file_size > limit:
        yield shown, f"it is larger than {limit // 1_000_000} MB"
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipped.open(entry) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except RuntimeError:  # zipfile's way of saying that a password is needed
        yield shown, "it is encrypted"
        return
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        path.unlink(missing_ok=True)
        yield shown, f"it can't be unpacked: {getattr(error, 'strerror', None) or error}"
        return
    if path.suffix.lower() == ".zip" and depth < _DEEPEST:
        yield from _unzip(path, path.with_suffix(""), target, limit, depth + 1)
        path.unlink()


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name; some programs write UTF-8 without saying so."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & _UTF8_NAME:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _is_hidden(path: Path) -> bool:
    """Whether a system has put a file there, as macOS and JupyterLab do."""
    return any(part.startswith("._") or part in _HIDDEN for part in path.parts)
