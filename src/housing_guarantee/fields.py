"""What may be asked of a case file by name: the fields of its records, their kinds, and where each stands.

A bare name is the verification's own field, else the roster's, the appraisal's or the ledger's; a name with a dot says
which (``roster.grade``). The conditions of local rules read case files through this, and through nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

import attrs
from attrs import frozen

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.conditions import FieldKind
from housing_guarantee.masking import Kind, kind_of
from housing_guarantee.models import (
    Appraisal,
    Cell,
    IdNumber,
    LedgerEntry,
    Period,
    Place,
    RosterRow,
    RowRecord,
    Verification,
)

__all__ = ["CaseField", "case_fields"]

_RECORDS: Mapping[str, type[RowRecord]] = {
    "verification": Verification,
    "roster": RosterRow,
    "appraisal": Appraisal,
    "ledger": LedgerEntry,
}
"""Name before the dot → record; a bare name looks for its field in this order."""
_KINDS: Mapping[Any, FieldKind] = {
    int: FieldKind.NUMBER,
    float: FieldKind.NUMBER,
    bool: FieldKind.ANSWER,
    str: FieldKind.TEXT,
    Period: FieldKind.DATE,
    IdNumber: FieldKind.PERSONAL,
}
_PERSONAL = (Kind.NAME, Kind.NUMBER, Kind.PHONE)
_PLACE = ("township", "village", "area_code")


@frozen
class CaseField:
    """A field of a case file.

    :param name: as a condition names it
    :param attribute: its canonical name
    :param records: where it is looked for, by the name before the dot, in this order
    """

    name: str
    attribute: str
    kind: FieldKind
    records: tuple[str, ...]

    def read(self, casefile: CaseFile) -> tuple[Any, tuple[Cell, ...]]:
        """Give the first value that is not blank (else None), and the cell to open."""
        cells: tuple[Cell, ...] = ()
        for record in self.records:
            for row in _rows(casefile, record):
                value = _value(casefile, row, self.attribute)
                cells = cells if cells and value is None else row.at(self.attribute)
                if value is not None:
                    return value, cells
        return None, cells


def _rows(casefile: CaseFile, record: str) -> Sequence[RowRecord]:
    if record == "verification":
        return casefile.verifications[-1:]
    if record == "roster":
        return casefile.household.rows
    matches = casefile.appraisals if record == "appraisal" else casefile.ledger
    return [match.record for match in matches]


def _value(casefile: CaseFile, row: RowRecord, attribute: str) -> Any:
    if attribute in _PLACE:
        place: Place = getattr(row, "place")  # noqa: B009 - every record of these four has one
        return getattr(place, attribute) or None
    if attribute == "household_size" and isinstance(row, RosterRow):
        return casefile.household.size  # a roster of a row a person lists them, and has no such column
    return getattr(row, attribute)


@cache
def case_fields() -> Mapping[str, CaseField]:
    """List every field that may be asked, by name."""
    fields: dict[str, CaseField] = {}
    for record, cls in _RECORDS.items():
        for attribute, kind in _fields_of(cls):
            name = f"{record}.{attribute}"
            fields[name] = CaseField(name, attribute, kind, (record,))
            bare = fields.get(attribute, CaseField(attribute, attribute, kind, ()))
            fields[attribute] = attrs.evolve(bare, records=(*bare.records, record))
    return dict(sorted(fields.items()))


def _fields_of(cls: type[RowRecord]) -> Iterator[tuple[str, FieldKind]]:
    yield from ((name, FieldKind.TEXT) for name in _PLACE)
    for attribute in attrs.fields(cls):  # type: ignore[arg-type] # the four are attrs classes
        kinds = [_KINDS[kind] for kind in (attribute.type, *get_args(attribute.type)) if kind in _KINDS]
        if kinds and attribute.name != "photos":
            yield attribute.name, FieldKind.PERSONAL if kind_of(attribute.name) in _PERSONAL else kinds[0]
