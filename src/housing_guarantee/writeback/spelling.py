"""How a value is typed in the table that is to hold it.

A column is written in its own words: as most of its rows spell the same value, else as the campaign's coding says, else
in the manner of what stands there (``B级`` becomes ``A级``), else plainly. Free text is never copied from another
household's row, for it may hold a name.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.masking import Kind, kind_of
from housing_guarantee.models import IdKind, IdNumber, Period, RowRecord
from housing_guarantee.writeback.plan import Scalar, scalar

__all__ = ["Spellings", "UnwritableError", "records_of"]

_ATTRIBUTES = {"guarantee_detail": "method"}
_YEARS = ("policy_year", "year")
_RESIDENT_DIGITS = 18


class UnwritableError(Exception):
    """The value cannot be written there; the text is the reason."""


def records_of(casefile: CaseFile) -> Iterator[RowRecord]:
    """Give every row that is certainly the household's."""
    yield from casefile.household.rows
    yield from casefile.verifications
    yield from (match.record for match in casefile.ledger)
    yield from (match.record for match in casefile.appraisals)
    yield from (match.record for match in casefile.provincial)
    yield from casefile.archive_rows


class Spellings:
    """How every column of the survey's tables spells its values."""

    def __init__(self, survey: Survey, fields: Iterable[str]) -> None:
        self._counts: dict[tuple[Any, ...], Counter[Scalar]] = defaultdict(Counter)
        learned = [name for name in (*fields, *_YEARS) if kind_of(name) is Kind.PLAIN]
        for record in (record for casefile in survey.casefiles for record in records_of(casefile)):
            for name in learned:
                value = getattr(record, _ATTRIBUTES.get(name, name), None)
                if value is not None and name in record.origin.table.headers:
                    self._counts[record.origin.table.key, name, str(value)][scalar(record.origin.raw.get(name))] += 1

    def spell(self, record: RowRecord, name: str, value: Any, coding: Mapping[str, Any]) -> Scalar:
        """Give a value as it is to be typed into the field of a record's table.

        :param coding: the source's own, typed word → value
        :raises UnwritableError: the value is not whole, or a field of this kind does not hold it
        """
        if value is None:
            raise UnwritableError("not-readable")
        if isinstance(value, IdNumber):
            return _number(value)
        if isinstance(value, Period):
            value = _year(name, value)
        usual = self._counts.get((record.origin.table.key, name, str(value)), Counter[Scalar]())
        coded = sorted(typed for typed, meant in coding.items() if meant == value)
        spelt = [
            *sorted(usual, key=lambda raw: (-usual[raw], str(raw))),
            *coded,
            *_alike(record, name, value),
            str(value),
        ]
        is_counted = isinstance(record.origin.raw.get(name), int)
        return int(str(spelt[0])) if is_counted and str(spelt[0]).isdecimal() else spelt[0]


def _alike(record: RowRecord, name: str, value: Any) -> Iterator[Scalar]:
    """Put the value into the words that stand there, where these are the old value and what is written around it."""
    typed, meant = record.origin.raw.get(name), getattr(record, name, None)
    if isinstance(typed, str) and meant is not None and kind_of(name) is Kind.PLAIN and typed.count(str(meant)) == 1:
        yield typed.replace(str(meant), str(value))


def _number(number: IdNumber) -> str:
    """Give a resident's number; what a disability card adds behind it is the card's own."""
    if number.kind not in (IdKind.RESIDENT, IdKind.RESIDENT_15, IdKind.DISABILITY):
        raise UnwritableError("number-not-whole")
    return number.text[:_RESIDENT_DIGITS]


def _year(name: str, period: Period) -> str:
    last = (period.end - period.end.resolution).year
    if name not in _YEARS or last != period.year:
        raise UnwritableError("not-one-year")
    return str(period.year)
