"""Matches the cells of a submitted notebook to those of the instructor's, and puts them right.

What belongs to the instructor (tests, points, tags, order of test and answer) comes from the
instructor's notebook; what belongs to the student (answers, cells of their own) stays as it is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode

from warmgrader.submissions.handed_in import printable
from warmgrader.submissions.source import SourceCell, SourceNotebook, as_cell, marked

_DEFINITION = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_SIMILAR = 0.8
_NAMES_SHOWN = 4
_NAME_LENGTH = 40


def repair_cells(notebook: NotebookNode, source: SourceNotebook) -> list[str]:
    """Repair a notebook's cells in place.

    Returns:
        One plain line for each kind of repair; none for a notebook that needs none.
    """
    return _Repair(notebook, source).run()


def count_known(notebook: NotebookNode, source: SourceNotebook) -> int:
    """Count the cells of the instructor's notebook that nbgrader knows and that are recognised."""
    ids = {_claim(cell) for cell in notebook.cells}
    texts = {_plain(cell.source) for cell in notebook.cells}
    return sum(
        cell.grade_id in ids or _plain(cell.released) in texts
        for cell in source.cells
        if cell.grade_id
    )


def is_untouched(notebook: NotebookNode, source: SourceNotebook) -> bool:
    """Tell whether all answer cells that can be recognised are as students got them."""
    texts = {_plain(cell.source) for cell in notebook.cells}
    answers = [cell for cell in source.cells if cell.is_answer]
    return bool(answers) and all(_plain(cell.released) in texts for cell in answers)


class _Repair:
    """The repair of one notebook.

    Attributes:
        cells: the submitted cells.
        match: for each of the instructor's cells that was found, the submitted one.
    """

    def __init__(self, notebook: NotebookNode, source: SourceNotebook) -> None:
        self.notebook = notebook
        self.source = source
        self.known = [cell for cell in source.cells if cell.grade_id]
        self.cells: list[NotebookNode] = notebook.cells
        self.match: dict[int, NotebookNode] = {}
        self.notes: list[str] = []
        self.claims = {id(cell): _claim(cell) for cell in self.cells}
        self.texts = {id(cell): _plain(cell.source) for cell in self.cells}
        self.tests = {_plain(cell.released) for cell in self.known if cell.locked} - {""}
        self.damaged: dict[str, list[str]] = {}

    def run(self) -> list[str]:
        if not self.known:
            return []
        self._match_plain()
        self._match_locked()
        self._match_answers()
        if not any(cell.index in self.match for cell in self.known):
            self.notes.append("no cell of it belongs to this assignment")
        self._mark()
        self._sort()
        self._add_missing()
        self.notebook.cells = self.cells
        return self.notes + [f"{text}: {_some(names)}" for text, names in self.damaged.items()]

    # Matching.

    def _match_plain(self) -> None:
        """Match the cells without nbgrader's id: by the cell's id, else by text."""
        for cell in self.source.cells:
            if cell.grade_id is None:
                free = [c for c in self._free(cell.cell_type) if not self.claims[id(c)]]
                same = self._with_text(free, cell.source)
                named = [c for c in free if c["id"] == cell.cell_id]
                if found := same or named:
                    self.match[cell.index] = found[0]

    def _match_locked(self) -> None:
        """Match the instructor's own cells, by text, then by nbgrader's id."""
        locked = [cell for cell in self.known if cell.locked]
        for cell in locked:
            same = self._with_text(self._free(), cell.released)
            claimed = [c for c in same if self.claims[id(c)] == cell.grade_id]
            if same := claimed or same:
                self.match[cell.index] = self._best_place(same, cell)
        for cell in locked:
            claimed = [c for c in self._free() if self.claims[id(c)] == cell.grade_id]
            if cell.index in self.match or not claimed:
                continue
            best = self._best_place(claimed, cell)
            if self._is_lost_answer(best):
                continue
            self.match[cell.index] = best

    def _is_lost_answer(self, cell: NotebookNode) -> bool:
        """Tell whether an answer was merged into a test cell, as its own cell is gone."""
        defined = set(_DEFINITION.findall(cell.source))
        return any(
            defined & set(_DEFINITION.findall(answer.released))
            for answer in self.known
            if answer.is_answer and answer.grade_id not in self.claims.values()
        )

    def _best_place(self, cells: list[NotebookNode], source: SourceCell) -> NotebookNode:
        """Choose among copies the first one behind the answer that it belongs to."""
        answers = [a.grade_id for a in self._own_answers(source)]
        behind = max(
            (i for i, c in enumerate(self.cells) if self.claims[id(c)] in answers), default=-1
        )
        places = {id(cell): index for index, cell in enumerate(self.cells)}
        return min(cells, key=lambda c: (places[id(c)] < behind, places[id(c)]))

    def _match_answers(self) -> None:
        """Match the students' cells: by id, by what they define, by text, by position."""
        answers = [cell for cell in self.known if not cell.locked]
        for cell in answers:
            claimed = [c for c in self._free() if self.claims[id(c)] == cell.grade_id]
            if not claimed and cell.cell_id:
                claimed = [c for c in self._free(cell.cell_type) if c["id"] == cell.cell_id]
            self._choose(cell, claimed)
        for cell in answers:
            if cell.index not in self.match:
                self._choose(cell, self._similar(cell))
        for cell in answers:
            if cell.index not in self.match:
                self._choose(cell, self._between(cell))

    def _choose(self, source: SourceCell, claimed: list[NotebookNode]) -> None:
        """Choose the answer among cells: mere copies are left out, of the others the last counts."""
        redefining = [c for c in self._defining(source) if c not in claimed]
        # Who has cleared the cell has answered elsewhere, if at all.
        empty = (_plain(source.released), "")
        untouched = [c for c in [*claimed, *redefining] if self.texts[id(c)] in empty]
        edited = [c for c in claimed if c not in untouched]
        if not edited and untouched:
            edited = [c for c in redefining if c not in untouched and not self.claims[id(c)]]
        if not edited:
            chosen = untouched[:1]
        else:
            limit = self._place_of_test(source)
            early = [c for c in edited if self.cells.index(c) < limit]
            chosen = (early or edited)[-1:]
        if not chosen:
            return
        self.match[source.index] = chosen[0]
        copies = self._with_text(edited, chosen[0].source)
        surplus = [c for c in [*untouched, *copies] if c is not chosen[0]]
        self.cells = [c for c in self.cells if not any(c is other for other in surplus)]
        if surplus:
            self._note("untouched or equal copies of an answer, left out", source.grade_id)
        if len(edited) > max(1, len(copies)):
            self._note(
                "more than one answer, of which all are run and the last counts", source.grade_id
            )

    def _defining(self, source: SourceCell) -> list[NotebookNode]:
        """Return the free cells that define what an answer cell defines."""
        names = set(_DEFINITION.findall(source.released))
        return [c for c in self._free("code") if names & set(_DEFINITION.findall(c.source))]

    def _similar(self, source: SourceCell) -> list[NotebookNode]:
        """Return the free cells that define the same, or whose text is the most similar."""
        if defining := [c for c in self._defining(source) if not self.claims[id(c)]]:
            return defining
        longest = 2 * len(source.released) + 100  # what is longer can't be similar
        free = [c for c in self._free(source.cell_type) if len(c.source) < longest]
        free = [c for c in free if not self.claims[id(c)]]
        ratios = [
            (difflib.SequenceMatcher(None, source.released, c.source).quick_ratio(), c)
            for c in free
        ]
        best = max(ratios, key=lambda pair: pair[0], default=(0.0, None))
        return [best[1]] if best[1] is not None and best[0] >= _SIMILAR else []

    def _between(self, source: SourceCell) -> list[NotebookNode]:
        """Return the free cell that stands where the answer was."""
        if not self.match:
            return []
        places = {id(cell): index for index, cell in enumerate(self.cells)}
        found = {index: places[id(c)] for index, c in self.match.items() if id(c) in places}
        before = max((at for index, at in found.items() if index < source.index), default=-1)
        after = min(
            (at for index, at in found.items() if index > source.index and at > before),
            default=len(self.cells),
        )
        free = self._free(source.cell_type)
        return [c for c in free if before < places[id(c)] < after and not self.claims[id(c)]][:1]

    def _free(self, cell_type: str | None = None) -> list[NotebookNode]:
        """Return the submitted cells that are not matched yet."""
        taken = {id(cell) for cell in self.match.values()}
        return [
            cell
            for cell in self.cells
            if id(cell) not in taken and cell_type in (None, cell.cell_type)
        ]

    def _with_text(self, cells: list[NotebookNode], source: str) -> list[NotebookNode]:
        """Return those of the cells whose text is the given one."""
        text = _plain(source)
        return [cell for cell in cells if self.texts[id(cell)] == text]

    def _own_answers(self, test: SourceCell) -> list[SourceCell]:
        """Return the answers that a cell stands behind, in the instructor's notebook."""
        at = self.known.index(test)
        while at and not self.known[at - 1].is_answer:
            at -= 1
        first = at
        while first and self.known[first - 1].is_answer:
            first -= 1
        return self.known[first:at]

    def _place_of_test(self, answer: SourceCell) -> int:
        """Return where the first test behind an answer is."""
        at = self.known.index(answer)
        for cell in self.known[at + 1 :]:
            if cell.locked and cell.index in self.match:
                return self.cells.index(self.match[cell.index])
        return len(self.cells)

    # Putting right.

    def _mark(self) -> None:
        """Give every cell the metadata, and the instructor's cells the text, that it must have."""
        sources = {id(self.match[c.index]): c for c in self.source.cells if c.index in self.match}
        cells = []
        for cell in self.cells:
            source = sources.get(id(cell))
            if source is None or source.grade_id is None:
                self._unmark(cell)
                if source is None and self._is_copy_of_test(cell):
                    continue
            else:
                if kept := self._put_right(cell, source):
                    cells.append(kept)
            cells.append(cell)
        self.cells = cells

    def _unmark(self, cell: NotebookNode) -> None:
        claim = self.claims[id(cell)]
        if claim and claim not in {c.grade_id for c in self.known}:
            self._note("not cells of this assignment, run as ordinary ones", claim)
        elif claim and self._is_copy_of_test(cell):
            self._note("copies of a test, left out", claim)
        elif claim:
            self._note("further cells with the same id, run as ordinary ones", claim)
        cell.metadata = NotebookNode()

    def _is_copy_of_test(self, cell: NotebookNode) -> bool:
        return self.texts[id(cell)] in self.tests

    def _put_right(self, cell: NotebookNode, source: SourceCell) -> NotebookNode | None:
        """Make a cell what it should be; return what a student wrote into the instructor's cell."""
        kept = None
        name = source.grade_id or ""
        if problem := _metadata_problem(cell.metadata.get("nbgrader"), source):
            self._note(problem, name)
        cell.metadata = marked(source)
        if cell.cell_type != source.cell_type:
            self._note(f"cells of the wrong type, now {source.cell_type} again", name)
            _retype(cell, source.cell_type)
        same = (_plain(source.released), _plain(source.source))
        if source.locked and self.texts[id(cell)] not in same:
            self._note("tests or texts that were changed, now as the instructor wrote them", name)
            if cell.cell_type == "code" and cell.source.strip():
                kept = deepcopy(cell)
                kept.metadata = NotebookNode()
                kept["id"] = self._new_id(f"{name}-changed")
        if source.locked:
            cell.source = source.source
            cell.pop("attachments", None)
        return kept

    def _sort(self) -> None:
        """Put cells in the instructor's order if a test stands before the answer that it tests."""
        places = {id(cell): index for index, cell in enumerate(self.cells)}
        at = {index: places[id(cell)] for index, cell in self.match.items()}
        early = [
            test.grade_id
            for test in self.known
            if test.locked and test.index in at
            for answer in self._own_answers(test)
            if at.get(answer.index, -1) > at[test.index]
        ]
        if not early:
            return
        self._note("tests before their answers, so the instructor's order was restored", *early)
        order = {places[id(cell)]: index for index, cell in self.match.items()}
        groups: list[tuple[int, list[NotebookNode]]] = []
        own: list[NotebookNode] = []
        for place, cell in enumerate(self.cells):
            own.append(cell)
            if place in order:
                groups.append((order[place], own))
                own = []
        groups.sort(key=lambda group: group[0])
        self.cells = [cell for _, group in groups for cell in group] + own

    def _add_missing(self) -> None:
        """Put back the instructor's cells and the graded answers that are missing."""
        self._add_missing_code()
        for source in self.known:
            if source.index in self.match:
                continue
            if not (source.locked or source.is_graded):
                self._note("answers without a cell of their own", source.grade_id)
                continue
            self._note("missing cells, put back", source.grade_id)
            cell = as_cell(source, self._new_id(source.grade_id or ""))
            self.cells.insert(self._place_for(source), cell)
            self.match[source.index] = cell

    def _add_missing_code(self) -> None:
        """Put back code that nbgrader has no interest in, but that tests may need, as imports.

        It comes before what the student has added there, which may be another version of it.
        """
        for source in self.source.cells:
            text = _plain(source.source)
            known = source.grade_id or source.cell_type != "code" or source.index in self.match
            if known or not text or any(text in _plain(c.source) for c in self._code()):
                continue
            self._note("missing cells of the instructor's, put back", text.splitlines()[0])
            before = [index for index in self.match if index < source.index]
            place = 1 + self._index(self.match[max(before)]) if before else 0
            cell = as_cell(source, self._new_id(source.cell_id))
            self.cells.insert(place, cell)
            self.match[source.index] = cell

    def _code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    def _index(self, cell: NotebookNode) -> int:
        return next(index for index, other in enumerate(self.cells) if other is cell)

    def _place_for(self, source: SourceCell) -> int:
        """Return where a missing cell goes: behind its predecessor and what the student added."""
        places = {id(cell): index for index, cell in enumerate(self.cells)}
        before = [places[id(c)] for index, c in self.match.items() if index < source.index]
        taken = {id(cell) for cell in self.match.values()}
        nearest = max((i for i in self.match if i < source.index), default=None)
        place = places[id(self.match[nearest])] + 1 if nearest is not None else 0
        if source.locked and (answers := self._own_answers(source)):
            found = [places[id(self.match[a.index])] for a in answers if a.index in self.match]
            place = max([place, *(at + 1 for at in found)])
            if not found:  # the answer may be in any cell before the ones that come next
                place = max([place, *(at + 1 for at in before)])
        while place < len(self.cells) and id(self.cells[place]) not in taken:
            place += 1
        return place

    def _new_id(self, wish: str) -> str:
        taken = {cell["id"] for cell in self.cells}
        stem = re.sub(r"[^a-zA-Z0-9_-]", "-", wish)[:50] or "cell"
        number, name = 1, stem
        while name in taken:
            number += 1
            name = f"{stem}-{number}"
        return name

    def _note(self, text: str, *names: str | None) -> None:
        listed = self.damaged.setdefault(text, [])
        listed += [name for name in names if name and name not in listed]


def _claim(cell: NotebookNode) -> str | None:
    """Return the id that a cell's metadata has for nbgrader."""
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) and grade_id else None


def _metadata_problem(nbgrader: Any, source: SourceCell) -> str | None:
    """Say what is wrong with nbgrader's metadata of a cell."""
    if not isinstance(nbgrader, dict) or not nbgrader:
        return "cells without nbgrader's metadata, found by their text or place"
    if nbgrader.get("grade_id") != source.grade_id:
        return "cells with another id in nbgrader's metadata, found by their text or place"
    version = nbgrader.get("schema_version")
    if version != source.metadata["schema_version"] or isinstance(version, bool):
        return f"nbgrader's metadata of schema version {version!r:.20}, read as the current one"
    if _kind(nbgrader) != _kind(source.metadata):
        return "points or kinds of cells that were changed, now as the instructor set them"
    return None


def _kind(nbgrader: dict[str, Any]) -> tuple[object, ...]:
    """Return what nbgrader makes of a cell: to it, a test is locked whatever is written there."""
    grade, solution, task = (nbgrader.get(key, False) for key in ("grade", "solution", "task"))
    locked = not solution and (bool(grade) or nbgrader.get("locked", False))
    return grade, solution, locked, task, nbgrader.get("points", 0) if grade or task else 0


def _plain(source: str) -> str:
    """Return a text without the white space that editors add or remove."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _retype(cell: NotebookNode, cell_type: str) -> None:
    cell.cell_type = cell_type
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)
    if cell_type == "code":
        cell.update(outputs=[], execution_count=None)


def _some(names: Iterable[str]) -> str:
    names = [printable(name)[:_NAME_LENGTH] for name in names]
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
