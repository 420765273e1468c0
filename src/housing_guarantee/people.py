"""Whose names a county's sources hold, so that they are found wherever else they stand."""

from collections.abc import Iterator
from functools import cache

from attrs import evolve

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.converters import clean
from housing_guarantee.masking import Kind, Masking, kind_of
from housing_guarantee.models import BadRow, Place, RowRecord
from housing_guarantee.records import ROLES, fields_of

__all__ = ["masked_place", "names_in"]


def names_in(survey: Survey) -> frozenset[str]:
    """Give every full name that any source holds, to be found in free text and in the names of files."""
    people = {person.name for casefile in survey.casefiles for person in casefile.household.members}
    people |= {name for record in _records(survey) for name in _names(record)}
    return frozenset(name for name in people if name and len(name) > 1)


def _records(survey: Survey) -> Iterator[RowRecord]:
    """Give every record, whosever it is."""
    for casefile in survey.casefiles:
        yield from _own(casefile)
    yield from (match.record for match in survey.strays)
    yield from (*survey.unlinked, *survey.unlinked_provincial, *survey.bad_rows)


def _own(casefile: CaseFile) -> Iterator[RowRecord]:
    yield from (*casefile.verifications, *casefile.archive_rows, *casefile.bad_rows)
    yield from (match.record for match in (*casefile.ledger, *casefile.candidates))
    yield from (match.record for match in (*casefile.appraisals, *casefile.appraisal_candidates))
    yield from (match.record for match in (*casefile.provincial, *casefile.provincial_candidates))


def _names(record: RowRecord) -> Iterator[str | None]:
    if isinstance(record, BadRow):  # whose cells are as they were typed
        yield from (clean(text) for name, text in record.origin.raw.items() if kind_of(name) is Kind.NAME)
        return
    yield from (getattr(record, name, None) for name in _fields_of_names())


@cache
def _fields_of_names() -> tuple[str, ...]:
    fields = {name for role in ROLES for name in fields_of(role)}
    return tuple(sorted(name for name in fields if kind_of(name) is Kind.NAME))


def masked_place(place: Place, masking: Masking) -> Place:
    """Give a place without the name or the number that slid into it where a row skips a column."""
    township, village = masking.show("township", place.township), masking.show("village", place.village)
    if (township, village) == (place.township, place.village):
        return place
    return evolve(place, township=township, village=village)
