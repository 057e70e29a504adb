"""What an instructor hands out: `workbook bundle`, which `make bundle` calls.

The bundle is a part of the repository at the same paths, so that everything in it works as it does
there. Nothing is taken that is not named here.
"""

import posixpath
import re
import shutil
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from workbook.common import paths
from workbook.common.errors import WorkbookError

NAME = "keras-workbook-student"
PATTERNS = (
    "LICENSE",
    "environment.yml",
    "requirements-intel-mac.txt",
    "requirements-student.txt",
    "nbgrader_config.py",
    "work/nbgrader_config.py",
    "labconfig/**/*",
    "notebooks/*.ipynb",
    "exercises/*/*.ipynb",
    "data/DATA.md",
    "data/keras/datasets/bank-churn/heldout.csv",
    "data/keras/datasets/bank-churn/sample.csv",
    "data/keras/datasets/fashion-mnist/*.gz",
    "packages/*/README.md",
    "packages/*/pyproject.toml",
    # The students' wing, what the wings have in common, and the grader: kernels of the self-check
    # are warm, too.
    "packages/workbook/src/workbook/*.py",
    "packages/workbook/src/workbook/common/*.py",
    "packages/workbook/src/workbook/students/*.py",
    "packages/warmgrader/src/warmgrader/**/*.py",
    "packages/warmgrader/src/warmgrader/**/*.toml",
    "study.py",
)
#: What has another name in the bundle.
README, MAKEFILE = "docs/students.md", "packages/workbook/students.mk"

#: The earliest that a zip file can say; the same bytes whenever it is made.
_DATE = (1980, 1, 1, 0, 0, 0)
_PASSWORD = re.compile(rb"://[^/\s:\"']+:[^/\s@\"']+@")
_IMAGE = re.compile(r"!\[[^\]]*\]\(([^()\s]+\.(?:png|svg))\)")
_LINK = re.compile(r"(?<=\]\()([^()\s#:]+)(?=[)#])")


def bundle_command() -> None:
    """What `workbook bundle` does."""
    root = paths.find_root()
    archive = make_bundle(root, root / "build" / "bundle")
    size = archive.stat().st_size / 1e6
    print(f"wrote {archive.relative_to(root)} ({size:.0f} MB) and the same as a folder beside it")


def make_bundle(root: Path, target: Path) -> Path:
    """Make the student's bundle anew; an earlier one stays if that fails.

    Args:
        root: the course.
        target: where the folder and the zip file will be.

    Returns:
        The zip file.

    Raises:
        WorkbookError: something that belongs into the bundle is missing.
    """
    files = contents(root)
    target.mkdir(parents=True, exist_ok=True)
    folder, archive = target / NAME, target / f"{NAME}.zip"
    with tempfile.TemporaryDirectory(dir=target, prefix=".bundle-") as temporary:
        new_folder, new_archive = Path(temporary) / folder.name, Path(temporary) / archive.name
        with zipfile.ZipFile(new_archive, "w") as zipped:
            for name, content in sorted(files.items()):
                path = new_folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                zipped.writestr(_entry(name), content)
        shutil.rmtree(folder, ignore_errors=True)
        new_folder.rename(folder)
        new_archive.replace(archive)
    return archive


def _entry(name: str) -> zipfile.ZipInfo:
    """How a file stands in the zip file, whoever packs it."""
    entry = zipfile.ZipInfo(f"{NAME}/{name}", _DATE)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, which has the next line
    entry.external_attr = 0o100644 << 16
    return entry


def contents(root: Path) -> dict[str, bytes]:
    """The files of the bundle, by their path in it.

    Raises:
        WorkbookError: what a pattern names is not there, or the configuration has a password.
    """
    found = {pattern: _matching(root, pattern) for pattern in PATTERNS}
    missing = [pattern for pattern, files in found.items() if not files]
    if missing:
        raise WorkbookError(*(f"{pattern}: missing, and students need it" for pattern in missing))
    chosen = {path for files in found.values() for path in files}
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in chosen}
    files["README.md"] = readme((root / README).read_text(encoding="utf-8")).encode()
    files["Makefile"] = (root / MAKEFILE).read_bytes()
    if _PASSWORD.search(files["nbgrader_config.py"]):
        raise WorkbookError(
            "nbgrader_config.py: an address with a password, and students get this file; "
            "read it from an environment variable"
        )
    for name in images(files):
        files[name] = (root / name).read_bytes()
    return files


def _matching(root: Path, pattern: str) -> list[Path]:
    """Files that a pattern means; hidden ones, as JupyterLab makes them, are not meant."""
    return [
        path
        for path in root.glob(pattern)
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    ]


def readme(text: str) -> str:
    """The page for students with a title of its own, and links as seen from the top."""
    _, _, body = text.partition("\n")
    folder = posixpath.dirname(README)
    linked = _LINK.sub(lambda link: posixpath.normpath(posixpath.join(folder, link[1])), body)
    return f"# Keras Workbook\n{linked}"


def images(files: dict[str, bytes]) -> set[str]:
    """Pictures of the repository that texts among the files show."""
    found = set()
    for name, content in files.items():
        if PurePosixPath(name).suffix in (".md", ".ipynb"):
            folder = posixpath.dirname(name)
            for address in _IMAGE.findall(content.decode()):
                if "://" not in address:
                    found.add(posixpath.normpath(posixpath.join(folder, address)))
    return found
