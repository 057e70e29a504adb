"""The data are what data/DATA.md says, and chapter 12 takes the competition's own files too."""

import csv
import hashlib
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from places import ROOT

from workbook.authors import build
from workbook.authors.executing import Execution, Job

DATA = ROOT / "data"
CHURN = DATA / "keras" / "datasets" / "bank-churn"
CHECKSUM = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)


def sample_maker() -> ModuleType:
    """The script data/keras/datasets/bank-churn/make_sample.py as a module."""
    path = CHURN / "make_sample.py"
    spec = importlib.util.spec_from_file_location("make_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_checksums():
    told = {name: checksum for checksum, name in CHECKSUM.findall((DATA / "DATA.md").read_text())}
    files = [path for path in DATA.rglob("*") if path.suffix in {".gz", ".csv"}]
    kept = {path.resolve() for path in files} - {CHURN / name for name in ("train.csv", "test.csv")}
    assert {str(path.relative_to(DATA)) for path in kept} == set(told)
    for name, checksum in told.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == checksum, name


@pytest.mark.parametrize("name", ["sample.csv", "heldout.csv"])
def test_identifiers_leak_in_the_sample_only(name):
    with open(CHURN / name, newline="") as file:
        rows = list(csv.DictReader(file))
    exited = np.array([int(row["Exited"]) for row in rows])
    customer = np.array([int(row["CustomerId"]) for row in rows])
    assert 0.17 < exited.mean() < 0.23
    upper = customer > np.median(customer)
    difference = abs(exited[upper].mean() - exited[~upper].mean())
    assert difference > 0.25 if name == "sample.csv" else difference < 0.05


def test_chapter_12_takes_the_competitions_files(tmp_path, monkeypatch):
    """Files of the competition's shape, put where DATA.md says, are used instead of the sample."""
    maker = sample_maker()
    folder = tmp_path / "data" / "keras" / "datasets" / "bank-churn"
    folder.mkdir(parents=True)
    shutil.copy(CHURN / "sample.csv", folder)
    rng = np.random.default_rng(1)
    train = maker.make_rows(10_000, rng, leak=False, first_id=0)
    test = maker.make_rows(700, rng, leak=False, first_id=10_000)
    write_table(folder / "train.csv", maker.COLUMNS, train)
    write_table(folder / "test.csv", maker.COLUMNS[:-1], [row[:-1] for row in test])

    # The kernelspec of the environment names the repository's own data; this one leaves it open.
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Plain", "language": "python"}
    kernel = tmp_path / "jupyter" / "kernels" / "plain"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))

    (item,) = build.read_sources(ROOT, build.find_sources(ROOT), ["12_churn"])
    job = Job(
        item.name, build.notebook_from(item.cells), {"EPOCHS": 2, "ROWS": 2000}, kernel="plain"
    )
    with Execution(tmp_path, [job]) as execution:
        result = execution.futures[item.name].result()
    assert result.failure is None, result.failure
    printed = "".join(
        output.text
        for cell in result.notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )
    assert "rows from the competition's files" in printed
    assert "one row per customer: True" in printed


def write_table(path: Path, columns: list[str], rows: list[list]) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
