"""Case files for tests: a household with a verification and whatever evidence a test lays beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve

from housing_guarantee.casefiles import CaseFile, Given, Paper, PhotoEvidence
from housing_guarantee.linkage.match import Linkable, Match
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Household,
    LedgerEntry,
    ProvincialRecord,
    RowRecord,
    Verification,
)
from housing_guarantee.papers import Shelf
from housing_guarantee.photos.facts import Photo
from housing_guarantee.source import DocumentFile
from housing_guarantee.testing.records import (
    HOUSEHOLD_ID,
    Fields,
    appraisal,
    entry,
    household,
    in_system,
    indexed,
    verification,
)

__all__ = ["casefile", "match", "papers", "photo"]

R = TypeVar("R")
L = TypeVar("L", bound=Linkable)


def photo(
    record: Verification | None = None, slot: str = "photo1", system: str = "app", **fields: Any
) -> PhotoEvidence:
    """Build a photo of a record; ``missing=True`` for one whose file is not there."""
    record = record or verification()
    name = fields.pop("name", "front.jpg")
    if fields.pop("missing", False):
        return PhotoEvidence(name, None, record.at("photos"), slot, system)
    facts = Photo(**{"name": name, "digest": "0" * 64, "size": 200_000, "gps": "absent", **fields})
    return PhotoEvidence(name, facts, record.at("photos"), slot, system)


def papers(
    *rows: ArchiveRecord, files: Mapping[str, int | None] | None = None, household_id: str = HOUSEHOLD_ID
) -> tuple[Paper, ...]:
    """Build the papers of a household's archive from rows of the index and from files, by name and size."""
    found = [DocumentFile("档案", f"{household_id}/{name}".rstrip("/"), size) for name, size in (files or {}).items()]
    return Shelf.of(found, {household_id}).papers_of(household_id, rows)


def match(
    record: L, *, certain: bool = True, reasons: tuple[str, ...] | None = None, household_id: str = HOUSEHOLD_ID
) -> Match[L]:
    """Match a record to a household, by its number or, uncertainly, by its name."""
    why = reasons or (("number",) if certain else ("name", "village"))
    return Match(record, (household_id,), certain=certain, reasons=why)


def casefile(
    record: Verification | Fields | None = None,
    household: Household | Fields | None = None,
    *,
    records: Sequence[Verification | Fields] | None = None,
    ledger: Iterable[Match[LedgerEntry] | LedgerEntry | Fields] = (),
    candidates: Iterable[Match[LedgerEntry] | LedgerEntry | Fields] = (),
    appraisals: Iterable[Match[Appraisal] | Appraisal | Fields] = (),
    appraisal_candidates: Iterable[Match[Appraisal] | Appraisal | Fields] = (),
    archive_rows: Iterable[ArchiveRecord | Fields] = (),
    files: Mapping[str, int | None] | None = None,
    provincial: Iterable[Match[ProvincialRecord] | ProvincialRecord | Fields] = (),
    provincial_candidates: Iterable[Match[ProvincialRecord] | ProvincialRecord | Fields] = (),
    photos: Iterable[PhotoEvidence | Fields] = (),
    front_photos: Iterable[PhotoEvidence | Fields] = (),
    bad_rows: Iterable[BadRow] = (),
    roles: Iterable[str] = (),
    **given: Any,
) -> CaseFile:
    """Build the case file of a household with one verification; a mapping stands for the fields of a record.

    Rows of the ledger and of the appraisal list may be given as a `Match`, where its reasons matter.

    :param records: several verifications (or none, ``()``) instead of the one
    :param files: those of the archive's folder, by name and size
    :param roles: roles given beside roster and verifications and those of the records here
    :param given: other fields of `Given`, such as ``ledgers={"农村危房改造"}``
    """
    resident = _made(_household, household or {})
    number = resident.household_id
    own = tuple(_made(verification, r) for r in _of(number, (record or {},) if records is None else records))
    entries, maybe = _matched(entry, ledger, number), _matched(entry, candidates, number, certain=False)
    listed = _matched(appraisal, _of(number, appraisals), number)
    perhaps = _matched(appraisal, _of(number, appraisal_candidates), number, certain=False)
    index = tuple(_made(indexed, row) for row in _of(number, archive_rows))
    in_systems = _matched(in_system, _of(number, provincial), number)
    maybe_in = _matched(in_system, _of(number, provincial_candidates), number, certain=False)
    fronts = [
        p if isinstance(p, PhotoEvidence) else photo(own[-1] if own else None, f"provincial{at}", "provincial", **p)
        for at, p in enumerate(front_photos, 1)
    ]
    album = [p if isinstance(p, PhotoEvidence) else photo(own[-1] if own else None, **p) for p in photos]
    rows: dict[str, list[RowRecord]] = {
        "verifications": [*own],
        "ledger": [match.record for match in entries + maybe],
        "appraisals": [match.record for match in listed + perhaps],
        "archive": [*index],
        "provincial": [match.record for match in in_systems + maybe_in],
    }
    roles = {
        *roles,
        *(["archive"] if files else []),
        *(["photos"] if album else []),
        *(["provincial"] if fronts else []),
    }
    return CaseFile(
        household=resident,
        given=_given(roles, rows, given),
        verifications=own,
        ledger=entries,
        candidates=maybe,
        appraisals=listed,
        appraisal_candidates=perhaps,
        archive=papers(*index, files=files, household_id=number),
        archive_rows=index,
        provincial=in_systems,
        provincial_candidates=maybe_in,
        photos=tuple(album),
        front_photos=tuple(fronts),
        bad_rows=tuple(bad_rows),
    )


_household = household


def _matched(
    make: Callable[..., L], items: Iterable[Match[L] | L | Fields], number: str, *, certain: bool = True
) -> tuple[Match[L], ...]:
    return tuple(
        item if isinstance(item, Match) else match(_made(make, item), certain=certain, household_id=number)
        for item in items
    )


def _of(number: str, items: Iterable[R]) -> Iterable[R]:
    """Give fields of records the number of their household; whole records have their own."""
    for item in items:
        yield {"household_id": number, **item} if isinstance(item, Mapping) else item  # type: ignore[misc]


def _made(make: Callable[..., R], given: R | Fields) -> R:
    return make(**given) if isinstance(given, Mapping) else given


def _given(roles: set[str], rows: Mapping[str, Sequence[RowRecord]], changes: Fields) -> Given:
    roles = roles | {"roster", "verifications"} | {role for role in rows if rows[role]}
    if changes.get("ledgers"):
        roles.add("ledger")
    plain = Given(
        roles=frozenset(roles),
        ledgers=frozenset([""] if "ledger" in roles else []),
        systems=frozenset(["retrieval"] if "provincial" in roles else []),
        fields={role: frozenset().union(*(r.origin.table.columns for r in rows[role])) for role in rows},
    )
    maps = ("definition", "fields", "datums")
    sets: dict[str, Any] = {name: value if name in maps else frozenset(value) for name, value in changes.items()}
    return evolve(plain, **sets)
