"""What is to be marked in which workbook: every open error or warning at every cell that it points at.

The cell at fault is marked by the finding's severity; the others, which it was compared with, are marked as such, so
that the clerk of either workbook sees that they differ.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from housing_guarantee.findings import Finding, Severity, Status
from housing_guarantee.models import Cell
from housing_guarantee.report import Result

__all__ = ["GRAVITY", "Kind", "Mark", "Note", "marks_of"]

Kind = str
"""``error`` or ``warning`` at the cell at fault, ``compared`` at a cell it was compared with."""

GRAVITY = {"error": 0, "warning": 1, "compared": 2}
"""Of two kinds at one cell, the one with the lower number is shown."""


@frozen
class Note:
    """What one finding says of a cell, in words."""

    kind: Kind
    code: str
    severity: str
    household: str
    message: str
    fix: str
    by: str


@frozen
class Mark:
    """One cell of one workbook, and everything that is said of it, the gravest first.

    :param column: its letters; None where a finding concerns the whole row
    """

    sheet: str | None
    row: int
    column: str | None
    notes: list[Note] = field(factory=list)

    @property
    def kind(self) -> Kind:
        """How it is filled: by the gravest of its notes."""
        return min((note.kind for note in self.notes), key=GRAVITY.__getitem__)


def marks_of(result: Result) -> Mapping[str, list[Mark]]:
    """Give the marks of every workbook by the name that its cells bear, in the order of their cells."""
    found: dict[str, dict[tuple[Any, ...], Mark]] = defaultdict(dict)
    for finding in result.findings:
        if finding.severity is Severity.INFO or finding.status is Status.WAIVED:
            continue
        for place, (cell, kind) in _cells(finding).items():
            mark = found[cell.source].setdefault(place, Mark(cell.sheet, cell.row or 1, cell.column))
            mark.notes.append(_note(result, finding, kind))
    return {source: _sorted(marks.values()) for source, marks in sorted(found.items())}


def _cells(finding: Finding) -> Mapping[tuple[Any, ...], tuple[Cell, Kind]]:
    """Give each cell of a finding once; what has no row stands in no workbook."""
    cells: dict[tuple[Any, ...], tuple[Cell, Kind]] = {}
    own = "error" if finding.severity is Severity.ERROR else "warning"
    for number, cell in enumerate(finding.cells):
        if cell.row is not None:
            cells.setdefault(
                (cell.source, cell.sheet, cell.row, cell.column), (cell, own if number == 0 else "compared")
            )
    return cells


def _note(result: Result, finding: Finding, kind: Kind) -> Note:
    words = result.holder
    name = words.text("name", finding.name) if finding.name else ""
    return Note(
        kind=kind,
        code=finding.code,
        severity=words.term(finding.severity.value),
        household=" ".join(part for part in (name, finding.household_id or "") if part),
        message=words.message(finding),
        fix=words.fix(finding),
        by=words.by(finding),
    )


def _sorted(marks: Iterable[Mark]) -> list[Mark]:
    for mark in marks:
        mark.notes.sort(key=lambda note: (GRAVITY[note.kind], note.code, note.household))
    return sorted(marks, key=lambda mark: (mark.sheet or "", mark.row, len(mark.column or ""), mark.column or ""))
