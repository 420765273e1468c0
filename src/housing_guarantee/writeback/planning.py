"""Make a plan of the findings that name what is held right. Nothing is opened and nothing is written here.

A finding of two sources that differ points first at its own cell, then at the other's, and says whose word is right.
The cell of the other side is to be changed, wherever it stands: in a provincial system's table, or in a workbook, for
which a correction file is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, evolve, field

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.findings import Finding, Status
from housing_guarantee.models import Cell, Origin, RowRecord
from housing_guarantee.report import Result
from housing_guarantee.source import Source
from housing_guarantee.testimony import COMPARED, Said
from housing_guarantee.writeback.plan import FILES, Change, LeftOut, Part, Plan, Row, same, scalar, sources_of
from housing_guarantee.writeback.spelling import Spellings, UnwritableError, records_of

__all__ = ["make_plan"]

_NAMING = ("household_id", "id_number", "head_id_number", "member_id_number", "file_no", "report_no")


def make_plan(result: Result) -> Plan:
    """Plan every correction that the findings of a run ask for.

    What is waived is left as it is; what cannot be planned is named with its reason.
    """
    planner = _Planner(result.survey.by_id, result.campaign.sources, Spellings(result.survey, COMPARED))
    for finding in result.findings:
        if "right" in finding.values and finding.status is not Status.WAIVED:
            planner.take(finding)
    campaign = result.campaign
    return Plan(campaign.name, campaign.county_code, tuple(planner.whole()), tuple(planner.left_out))


@define
class _Planner:
    """What is planned so far, by the row it is about."""

    casefiles: Mapping[str, CaseFile]
    sources: Sequence[Source]
    spellings: Spellings
    rows: dict[tuple[Any, ...], Row] = field(factory=dict)
    left_out: list[LeftOut] = field(factory=list)

    def take(self, finding: Finding) -> None:
        """Plan the correction that a finding asks for, or say why it cannot be."""
        wrong = _wrong_cell(finding)
        try:
            row, change = self._correction(finding, wrong)
        except UnwritableError as reason:
            self._leave(finding.household_id, wrong.source, wrong.field, finding.code, str(reason))
            return
        key = (row.source, row.file, row.table, row.number, row.key)
        held = self.rows.setdefault(key, row)
        self.rows[key] = evolve(held, changes=(*held.changes, change))

    def whole(self) -> Iterator[Row]:
        """Give the rows; of two findings that want different values in one place neither is followed."""
        for row in self.rows.values():
            wanted: dict[str, list[Change]] = {}
            for change in row.changes:
                wanted.setdefault(change.column, []).append(change)
            for changes in wanted.values():
                if any(not same(change.new, changes[0].new) for change in changes):
                    self._leave(row.household_id, row.file, changes[0].field, changes[0].code, "contradictory")
            agreed = [one[0] for one in wanted.values() if all(same(change.new, one[0].new) for change in one)]
            if agreed:
                yield evolve(row, changes=tuple(agreed))

    def _correction(self, finding: Finding, wrong: Cell) -> tuple[Row, Change]:
        record = self._record_at(finding, wrong)
        source = self._source_of(record.origin)
        if wrong.field not in record.origin.table.headers:
            raise UnwritableError("no-column")
        value = self._right_value(finding, wrong)
        new = self.spellings.spell(record, wrong.field, value, source.values.get(wrong.field, {}))
        old, column = scalar(record.origin.raw.get(wrong.field)), record.origin.table.headers[wrong.field]
        if same(old, new):
            raise UnwritableError("nothing-to-change")
        right = str(finding.values["right"])
        change = Change(wrong.field, column, old, new, finding.code, finding.clause, right, finding.key)
        return _row(record.origin, source, finding.household_id), change

    def _right_value(self, finding: Finding, wrong: Cell) -> Any:
        """Give the value that is held right, as it was understood."""
        own, *_ = finding.cells
        if wrong == own:
            return finding.values["other_value"]
        return Said.by(self._record_at(finding, own), own.field).value  # type: ignore[arg-type]

    def _record_at(self, finding: Finding, cell: Cell) -> RowRecord:
        casefile = self.casefiles.get(finding.household_id or "")
        for record in records_of(casefile) if casefile else ():
            if record.at(cell.field) == (cell,):
                return record
        raise UnwritableError("no-row")

    def _source_of(self, origin: Origin) -> Source:
        table = origin.table
        found = sources_of(self.sources, table.role, table.source, table.sheet)
        if len(found) != 1:
            raise UnwritableError("source-not-unique" if found else "source-is-not-written")
        return self.sources[found[0]]

    def _leave(self, household_id: str | None, source: str, name: str, code: str, reason: str) -> None:
        self.left_out.append(LeftOut(household_id, source, name, code, reason))


def _wrong_cell(finding: Finding) -> Cell:
    """Give the cell that is not held right."""
    own = finding.values.get("system") or finding.code.partition(".")[0]
    return finding.cells[1 if finding.values["right"] == own else 0]


def _row(origin: Origin, source: Source, household_id: str | None) -> Row:
    """Name the row so that nobody else's can be taken for it."""
    table, raw = origin.table, origin.raw
    if source.adapter in FILES:
        naming = {name: table.headers[name] for name in _NAMING if name in table.headers and raw.get(name) is not None}
        number, version = origin.row, None
    else:
        naming, number = dict(table.row_key), None
        column = table.headers.get("version")
        version = Part("version", column, scalar(raw.get("version"))) if column else None
    key = tuple(Part(name, column, scalar(raw.get(name))) for name, column in naming.items())
    if not key or any(part.value is None for part in key):
        raise UnwritableError("no-key")
    return Row(table.role, source.name, table.source, table.sheet, number, household_id, key, version, ())
