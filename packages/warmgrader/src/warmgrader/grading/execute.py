"""Runs a submitted notebook in a warm, sandboxed kernel."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import time
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_solution
from traitlets import Enum, Float, Integer, List, Unicode

from warmgrader.containment import packages
from warmgrader.containment.sanitize import clean_notebook
from warmgrader.foreign.nbclient import ClientInsides
from warmgrader.grading.plan import Plan, grade_id_of, is_test
from warmgrader.grading.review import Review
from warmgrader.kernels.provisioner import WarmKernelManager
from warmgrader.verdicts.orders import METADATA, MOST_KEPT, Signer, digest_of
from warmgrader.verdicts.verdict import KNOWS, Verdict

NOTE = "warmgrader_note"
"""Attribute of a log record that belongs into the report."""
REVIEW = "warmgrader_review"
"""Attribute of a log record: the notebook and the cell that a person should look at."""

_LIMIT = re.compile(
    r"^_?\w*MemoryError|^BlockingIOError|can't start new thread|No space left on device|"
    r"File too large|Too many open files"
)
"""What Python says of the limits that the system itself enforces."""
_DEEPEST = 20  # levels of a message
_OUTPUT_TYPES = ("stream", "display_data", "execute_result", "error", "clear_output", "status")


@dataclass
class Carried:
    """What one notebook of a submission leaves to the next.

    Attributes:
        files: those that are there for another notebook only.
        secret: whether what was written may tell of hidden tests.
    """

    files: set[str] = field(default_factory=set)
    secret: bool = False


@dataclass
class State:
    """How far a notebook has come, and what its kernel has been through.

    Attributes:
        reply: the kernel's answer to the last cell.
        signer: gives orders to this kernel, once the first one was given.
        done: the tests that have their verdict.
        fallen: the cells that ended a kernel.
        suspect: the last cell that reached a limit in this kernel.
        over_limit: the last cell that was stopped for its output.
        output_bytes: what all cells have put out.
        replaying: whether earlier cells are run again, in a fresh kernel.
        told_secrets: whether this kernel may know something of hidden tests.
    """

    reply: dict[str, Any] | None = None
    signer: Signer | None = None
    done: set[int] = field(default_factory=set)
    fallen: set[int] = field(default_factory=set)
    suspect: int | None = None
    over_limit: int | None = None
    output_bytes: int = 0
    replaying: bool = False
    told_secrets: bool = False


class WarmExecute(ClientInsides, Execute):
    """nbgrader's `Execute` in a warm kernel, whose verdicts the notebook's code can't fake.

    A cell in which the kernel dies or hangs costs only itself: the cells behind it run in a fresh
    kernel, in which the earlier ones have been run again.
    """

    output_limit = Integer(
        10_000_000, help="How many bytes of output of any kind one notebook may have."
    ).tag(config=True)
    time_limit = Float(
        1800.0, help="How many seconds one notebook may take, all its kernels together."
    ).tag(config=True)

    suspicious = Enum(
        ["review", "withhold", "ignore"],
        default_value="review",
        help="""What becomes of a test that passes in a notebook which reaches for something that could
        have made it pass: it is marked for a person, gets no points until then, or nothing.""",
    ).tag(config=True)

    keep = List(Unicode(), help="Patterns of files that a notebook writes and that are kept.").tag(
        config=True
    )

    plans: ClassVar[dict[str, Plan]] = {}  # by notebook
    files: ClassVar[dict[str, bytes]] = {}  # what was handed in beside notebooks
    last: ClassVar[str] = ""  # the notebook behind which no other finds what has been written
    carried: ClassVar[Carried] = Carried()  # by the notebooks of this submission so far

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("shutdown_kernel", "immediate")
        super().__init__(*args, **kwargs)

    def create_kernel_manager(self) -> KernelManager:
        """Make a manager of warm kernels: with any other, the sandbox would be off unnoticed."""
        self.kernel_manager_class = WarmKernelManager  # whatever the configuration says
        return super().create_kernel_manager()

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of a notebook."""
        self.notebook = resources.get("nbgrader", {}).get("notebook", "")
        self.plan = self.plans.get(self.notebook, Plan())
        self.state = State()
        self.interruption = None
        for cell in nb.cells:
            if is_test(cell) or grade_id_of(cell) in self.plan.tags:
                cell.metadata["tags"] = self.plan.tags.get(grade_id_of(cell), [])
        self.study = self.plan.study(nb, self.files, self.suspicious != "ignore")
        self.review = Review(self.study.reaches, self.suspicious)
        self.deadline = time.monotonic() + self.time_limit
        self.state.told_secrets = bool(self.carried.files) and self.carried.secret
        if self.state.told_secrets:
            nb.metadata[KNOWS] = True
        nb, resources = super().preprocess(nb, resources, km)
        for grade_id, words in self.review.words.items():
            self.log.warning(words, extra={REVIEW: (self.notebook, grade_id, words)})
        if note := self.review.note():
            self._note(note)
        clean_notebook(nb)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; after the last one, fetch the files that are kept."""
        cell, resources = self._preprocess_cell(cell, resources, index)
        goes_on = self.last not in ("", self.notebook)
        if (self.keep or goes_on) and index == len(self.nb.cells) - 1:
            self._fetch_files(Path(resources["metadata"]["path"]), goes_on)
        return cell, resources

    def _preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell, in a fresh kernel if the last one is gone, and decide if it is a test."""
        if cell.cell_type != "code":
            return cell, resources
        if is_solution(cell):
            self.review.answer = grade_id_of(cell)
        cell.outputs = []
        self.state.reply = None
        self.timed_out = False
        end = None
        if cell.source.strip():
            end = self._revive(index) or self._run(cell, index)
            if self.timed_out and self.state.suspect not in (None, index):
                self.state.fallen.add(index)
                self.end_kernel()
            if self.km is None and self.state.suspect not in (None, index):
                # The kernel died, or hung, of what an earlier cell had done to it.
                self.state.fallen ^= {index, self.state.suspect}
                end = self._revive(index) or self._run(cell, index)
        if end is not None:
            self._note(f"{_where(cell, index)}: {end[1]}.")
            cell.outputs.append(_error(*end))
        if is_test(cell):
            self._decide(cell, index, end)
        return cell, resources

    def _run(self, cell: NotebookNode, index: int) -> tuple[str, str] | None:
        """Run a cell; return how it ended if it did not come to its own end."""
        if self.km is None or self.kc is None:
            return "DeadKernelError", "there was no kernel to run it"
        self.timed_out = False
        self._give_order(cell, index)
        start = time.monotonic()
        try:
            self.execute_cell(cell, index, store_history=True)
        except (DeadKernelError, CellTimeoutError) as error:
            end = self._why(isinstance(error, CellTimeoutError), start)
            self.state.fallen.add(index)
            self.end_kernel()
            return end
        end = self._why(True, start) if self.timed_out else None
        if (self.timed_out or self.interruption) and not self.settle():
            self.state.fallen.add(index)
            self.end_kernel()
        return end

    def _why(self, slow: bool, start: float) -> tuple[str, str]:
        """Say in one line why a cell did not come to its end."""
        if slow and self.is_over():
            return "NotebookTimeoutError", f"the {self.time_limit:g} s of the notebook were over"
        if slow:
            seconds = time.monotonic() - start
            return "CellTimeoutError", f"took too long and was stopped after {seconds:.0f} s"
        provisioner = self.km.provisioner
        reason = provisioner.end_reason
        if reason is None:
            status = getattr(provisioner.process, "returncode", None)
            reason = f"ended with signal {-status}" if (status or 0) < 0 else f"exited ({status})"
        return "DeadKernelError", f"the kernel {reason}"

    def _revive(self, index: int) -> tuple[str, str] | None:
        """Give the cell at `index` a kernel in the state that the earlier cells leave it in.

        Returns:
            Why the cell can't run, if it can't.
        """
        if self.is_over():
            return "NotebookTimeoutError", f"the {self.time_limit:g} s of the notebook were over"
        while self.km is None:
            self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
            self.state.signer, self.state.suspect = None, None
            self.state.replaying = True
            try:
                self._replay(index)
            finally:
                self.state.replaying = False
            if self.is_over():
                return "NotebookTimeoutError", "the time of the notebook was over"
        return None

    def _replay(self, index: int) -> None:
        """Run the cells before `index` again, but for those that ended a kernel and tests."""
        for earlier in range(index):
            cell = self.nb.cells[earlier]
            if cell.cell_type == "code" and earlier not in self.state.fallen | self.state.done:
                self._run(deepcopy(cell), earlier)
                self.nb.cells[earlier] = cell
            if self.km is None or self.is_over():
                return

    def _give_order(self, cell: NotebookNode, index: int) -> None:
        """Tell the kernel, in a way that the notebook's code can't, what kind of cell comes."""
        key = self.km.provisioner.key
        if not key:
            return
        first = self.state.signer is None
        self.state.signer = self.state.signer or Signer(key)
        asked = sorted({reach.asked for reach in self.review.reaches} - {""})
        details: dict[str, Any] = {}
        if first:
            names = sorted({*self.plan.names, *asked})
            spared, files = sorted(self.plan.course.changed), self.study.digests
            details.update(names=names, asked=asked, files=files, spared=spared)
            details.update(data=sorted(self.plan.course.data))
        if is_test(cell):
            self.state.told_secrets |= grade_id_of(cell) in self.plan.hidden
            ordinary = sorted(self.plan.course.keys)
            hidden = grade_id_of(cell) in self.plan.hidden
            loaded = self.plan.loaded
            named = [
                n for n in self.study.digests if n in loaded or os.path.basename(n) in cell.source
            ]
            details.update(test=self.plan.sheet(cell.source), hidden=hidden)
            details.update(data=self.plan.data_for(cell.source))
            details.update(named=[n for n in named if not n.startswith("written/")])
            details.update(asked=asked, ordinary=ordinary)
        elif pins := self.study.pins.get(index):
            details.update(pins=pins, instructors=index in self.study.instructors)
        if details:
            self.kc.order = {**self.state.signer.order(**details), "hides": is_test(cell)}

    def _fetch_files(self, folder: Path, goes_on: bool) -> None:
        """Ask the kernel for the files that are kept, and write them beside the graded notebook.

        Another notebook of the assignment finds them all; those that are not kept are gone after it.
        """
        if self.km is None or self.kc is None or self.state.signer is None:
            return
        there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        known = {n: digest_of(path.read_bytes()) for n, path in there.items() if path.is_file()}
        patterns = ["*"] if goes_on else self.keep
        self.kc.order = {**self.state.signer.order(keep=patterns, known=known), "hides": True}
        self.state.reply = None
        last = self.nb.cells[-1]
        with contextlib.suppress(DeadKernelError, CellTimeoutError, CellExecutionError):
            self.execute_cell(new_code_cell("keep"), len(self.nb.cells) - 1, store_history=False)
        self.nb.cells[-1] = last
        answer = (
            self.state.signer.read(((self.state.reply or {}).get("content") or {}).get(METADATA))
            or {}
        )
        for text in answer.get("notes", ["The files to be kept could not be fetched."]):
            self._note(text)
        self._write_files(folder, answer.get("files", {}), patterns)

    def _write_files(self, folder: Path, files: dict[str, str], patterns: list[str]) -> None:
        """Write what a kernel has given; it could be anybody's word, so it leads nowhere else."""
        left = MOST_KEPT
        for name, text in files.items():
            path, content = folder / name, base64.b64decode(text)
            left -= len(content)
            inside = folder.resolve() in path.resolve().parents and ".." not in path.parts
            wanted = any(PurePosixPath(name).match(pattern) for pattern in patterns)
            if left < 0 or not inside or not wanted or path.suffix == ".ipynb":
                continue
            if not any(PurePosixPath(name).match(pattern) for pattern in self.keep):
                self.carried.files.add(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            self.carried.secret |= self.state.told_secrets

    def _decide(self, cell: NotebookNode, index: int, end: tuple[str, str] | None) -> None:
        """Give a test cell its verdict."""
        self.state.done.add(index)
        self.clear_display_id_mapping(index)
        content = (self.state.reply or {}).get("content", {})
        if end is not None:
            verdict = Verdict.of_end(*end)
        elif self.state.signer is not None and cell.source.strip() and self.state.reply is not None:
            outcome = self.state.signer.read(content.get(METADATA))
            if outcome is None:
                reason = "the answer to the test did not come from the grader's part of the kernel"
                verdict = Verdict.of_tampering(reason)
            else:
                verdict = Verdict.of_outcome(outcome)
        elif content.get("status", "ok") == "ok":
            verdict = Verdict(True)
        else:
            lines = "\n".join(content.get("traceback", []))
            verdict = Verdict(False, None, content["ename"], content["evalue"], lines)
        if verdict.passed and (shown := [o for o in cell.outputs if o.output_type == "error"]):
            # A magic that catches errors, and shows them: the test has failed.
            error = shown[0]
            verdict = Verdict(False, None, error.ename, error.evalue, "\n".join(error.traceback))
        verdict = self.review.look_at(cell, index, verdict)
        verdict.write(cell)
        if words := self.review.words.get(grade_id_of(cell)):
            cell.outputs.insert(0, new_output("stream", name="stdout", text=f"{words}\n"))
        if _LIMIT.search(f"{verdict.name}: {verdict.text}"):
            self._note(f"{_where(cell, index)}: reached a limit ({verdict.name}).")

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Keep the kernel's answer."""
        self.state.reply = kwargs["execute_reply"]
        content = self.state.reply["content"]
        if content.get("ename") == "ModuleNotFoundError":
            self._explain_missing(content["evalue"])
        if _LIMIT.search(f"{content.get('ename')}: {content.get('evalue')}"):
            self.state.suspect = kwargs["cell_index"]
        super().on_cell_executed(**kwargs)

    def _explain_missing(self, text: str) -> None:
        """Say so if a package can be imported here, and not in the sandbox."""
        match = re.search(r"No module named '(\w+)", text)
        provisioner = self.km.provisioner
        if match and provisioner.sandbox:
            folder = packages.found_outside(match[1], provisioner.hidden)
            if folder is not None:
                self._note(
                    f"The package {match[1]} is in {folder}, which submissions can't see, because the "
                    "course's own folders or a home are in there; put it elsewhere."
                )

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Add a message from the kernel to a cell's outputs, as long as there are not too many."""
        kind = msg["msg_type"]
        if kind == "status":
            return super().process_message(msg, cell, cell_index)
        if self.state.replaying or kind not in _OUTPUT_TYPES:
            return None
        if self.state.told_secrets:
            msg["content"].pop("transient", None)  # an id would change what an earlier cell shows
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
            # Else the notebook's code has sent a message that is none.
            self.state.output_bytes += _size(msg["content"])
            if self.state.output_bytes <= self.output_limit:
                return super().process_message(msg, cell, cell_index)
        if self.state.output_bytes <= self.output_limit:
            return None
        if self.state.over_limit != cell_index:
            self.state.over_limit = self.state.suspect = cell_index
            text = f"The notebook printed or displayed more than {self.output_limit} bytes."
            self._note(f"{_where(cell, cell_index)}: {text}")
            cell.outputs.append(_error("OutputLimitError", text))
            self.interruption = asyncio.ensure_future(self.km.interrupt_kernel())
        return None

    def _note(self, text: str) -> None:
        if not self.state.replaying:
            self.log.warning(text, extra={NOTE: text})


def _where(cell: NotebookNode, index: int) -> str:
    """Name a cell in a way that the instructor finds it."""
    grade_id = grade_id_of(cell)
    return f"Cell {index + 1} ({grade_id})" if grade_id else f"Cell {index + 1}"


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def _size(content: Any) -> int:
    """Count the characters and bytes in a message.

    Raises:
        ValueError: it is deeper than any that is meant to be shown.
    """
    size, parts = 0, [(content, 0)]
    while parts:
        part, depth = parts.pop()
        if depth > _DEEPEST:
            raise ValueError("a message that is too deep")
        if isinstance(part, dict | list):
            inner = part.values() if isinstance(part, dict) else part
            parts += [(value, depth + 1) for value in inner]
        size += len(part) if isinstance(part, str | bytes) else 8
    return size
