"""Lay every record into the case file of its household; what belongs to nobody is kept beside, never dropped."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import define, evolve, field, frozen

from housing_guarantee.albums import Albums
from housing_guarantee.casefiles import CaseFile, Damaged, Given, PhotoEvidence, Survey
from housing_guarantee.datums import Datums, Exchanged, Pair, detect, find_exchanged, put_right
from housing_guarantee.definition import Definition, load_definition
from housing_guarantee.errors import CaseFileError
from housing_guarantee.linkage.match import Link, Linkable, LinkOptions, Match, Register
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.linkage.traces import traces
from housing_guarantee.models import (
    Appraisal,
    ArchiveRecord,
    BadRow,
    Household,
    IdKind,
    IdNumber,
    LedgerEntry,
    ProvincialRecord,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.papers import Shelf
from housing_guarantee.records import Record
from housing_guarantee.reviews import Reviews
from housing_guarantee.roster import households_of
from housing_guarantee.source import Account, DocumentFile, Item, PhotoFile

__all__ = ["assemble", "survey_of"]

T = TypeVar("T")
R = TypeVar("R", bound=Linkable)
K = TypeVar("K", bound=Hashable)
P = TypeVar("P", Verification, LedgerEntry, ProvincialRecord, BadRow)
_APP = ("photos", "verifications")


@define
class _Piles:
    """The records of all sources, sorted by kind."""

    roster: list[RosterRow] = field(factory=list)
    verifications: list[Verification] = field(factory=list)
    ledger: list[LedgerEntry] = field(factory=list)
    appraisals: list[Appraisal] = field(factory=list)
    archive: list[ArchiveRecord] = field(factory=list)
    provincial: list[ProvincialRecord] = field(factory=list)
    documents: list[DocumentFile] = field(factory=list)
    photos: list[PhotoFile] = field(factory=list)
    bad_rows: list[BadRow] = field(factory=list)

    def add(self, item: Item) -> None:
        if isinstance(item, BadRow):
            self.bad_rows.append(item)
        elif isinstance(item, PhotoFile):
            self.photos.append(item)
        elif isinstance(item, DocumentFile):
            self.documents.append(item)
        else:
            getattr(self, item.ROLE).append(item)

    def records(self) -> list[Record]:
        """Give the records of our own sources, those of the provincial systems left out."""
        return [*self.roster, *self.verifications, *self.ledger, *self.appraisals, *self.archive]


def assemble(
    items: Iterable[Item],
    accounts: Sequence[Account] = (),
    *,
    links: Iterable[Link] = (),
    reviews: Reviews | None = None,
    options: LinkOptions | None = None,
    gazetteer: Gazetteer | None = None,
    definition: Definition | None = None,
) -> Survey:
    """Build the survey of a county from everything that was read.

    :param links: rows that a person has settled
    :param reviews: what people saw who looked at photos
    :param options: what counts as one name or one village beside the usual
    :param gazetteer: the county's divisions, which give a village its code
    :param definition: of the campaign; that of 2020 where none is given
    """
    piles = _Piles()
    gazetteer = gazetteer or Gazetteer({}, {})
    for item in items:
        piles.add(item)
    bad_roster_rows = (row for row in piles.bad_rows if row.origin.table.role == "roster")
    households, repeated = households_of(piles.roster, bad_roster_rows, gazetteer)
    register, links = Register.of(households, options), tuple(links)
    piles.bad_rows = _owned(piles.bad_rows, register)
    given = _given(accounts, definition or load_definition())
    recorded, strays = _share(piles.verifications, register, links)
    ledger = register.link(piles.ledger, links)
    linked = _Linked(
        recorded,
        ledger=ledger,
        traces=traces(ledger, register),
        appraisals=register.link(piles.appraisals, links),
        archive=register.link(piles.archive, links),
        provincial=register.link(piles.provincial, links),
    )
    shelf = Shelf.of(piles.documents, register.households)
    casefiles = _casefiles(households, given, linked, shelf, piles, reviews or {})
    given = evolve(given, datums=_datums(casefiles), exchanged=_exchanged(piles.verifications))
    return Survey(
        casefiles=tuple(evolve(casefile, given=given) for casefile in casefiles),
        given=given,
        strays=tuple(evolve(match, record=_placed((match.record,), gazetteer)[0]) for match in strays),
        repeated=tuple(repeated),
        bad_rows=_placed(piles.bad_rows, gazetteer),
        damaged=tuple(_damaged(piles.records())),
        unlinked=_placed((match.record for match in linked.ledger if not match.household_ids), gazetteer),
        unlinked_provincial=_placed((m.record for m in linked.provincial if not m.household_ids), gazetteer),
        unfiled=shelf.papers_of_nobody(casefiles, (m.record for m in linked.archive if not m.certain)),
        accounts=tuple(accounts),
    )


def survey_of(casefiles: Sequence[CaseFile]) -> Survey:
    """Build the survey of case files that stand by themselves: what can be told of them without their sources.

    :raises CaseFileError: they were laid from different sources, so that what is missing in one was never there in
        another
    """
    given = _common([casefile.given for casefile in casefiles])
    nowhere = Gazetteer({}, {})
    return Survey(
        casefiles=tuple(evolve(casefile, given=given) for casefile in casefiles),
        given=given,
        repeated=tuple(twice for c in casefiles for twice in households_of(c.household.rows, (), nowhere)[1]),
        bad_rows=tuple(row for casefile in casefiles for row in casefile.bad_rows),
        damaged=tuple(_damaged(record for casefile in casefiles for record in _records(casefile))),
    )


def _common(givens: Sequence[Given]) -> Given:
    """Give what all were given: the same sources, with the fields that any of them has."""
    first = givens[0] if givens else Given()
    if any(evolve(given, fields=first.fields) != first for given in givens):
        raise CaseFileError("case files that are judged together must have been given the same sources")
    fields = {role: frozenset[str]().union(*(g.fields.get(role, ()) for g in givens)) for role in first.fields}
    return evolve(first, fields=fields)


def _records(casefile: CaseFile) -> Iterator[Record]:
    yield from casefile.household.rows
    yield from casefile.verifications
    yield from (match.record for match in casefile.ledger)
    yield from (match.record for match in casefile.appraisals)
    yield from casefile.archive_rows


def _placed(rows: Iterable[P], gazetteer: Gazetteer) -> tuple[P, ...]:
    """Give the places of rows that are no household's of the roster their codes."""
    return tuple(evolve(row, place=gazetteer.resolve(row.place)) for row in rows)


def _looked_at(number: str, photos: tuple[PhotoEvidence, ...], reviews: Reviews) -> tuple[PhotoEvidence, ...]:
    """Lay what a person saw in a photo beside it."""
    said = [(one, reviews.get((number, one.photo.digest)) if one.photo else None) for one in photos]
    return tuple(evolve(one, review=review) if review else one for one, review in said)


@frozen
class _Linked:
    """Which row is which household: each row with its reasons.

    :param recorded: verifications by household, its own before those that may be
    :param traces: what may be a row of a household that no row of a ledger leads to
    """

    recorded: Mapping[str, Sequence[Match[Verification]]]
    ledger: Sequence[Match[LedgerEntry]]
    traces: Mapping[str, Sequence[Match[LedgerEntry]]]
    appraisals: Sequence[Match[Appraisal]]
    archive: Sequence[Match[ArchiveRecord]]
    provincial: Sequence[Match[ProvincialRecord]]


def _casefiles(
    households: Sequence[Household], given: Given, linked: _Linked, shelf: Shelf, piles: _Piles, reviews: Reviews
) -> tuple[CaseFile, ...]:
    entries, candidates = _shares(linked.ledger)
    maybe = {**candidates, **linked.traces}
    appraised, maybe_appraised = _shares(linked.appraisals)
    archived, _ = _shares(linked.archive)
    provincial, maybe_provincial = _shares(linked.provincial)
    bad_rows = _grouped((row.household_id, row) for row in piles.bad_rows if row.household_id)
    albums = Albums.of(piles.photos)
    casefiles = []
    for household in households:
        number = household.household_id
        recorded = tuple(linked.recorded.get(number, ()))
        verifications = tuple(match.record for match in recorded if match.certain)
        archive_rows = tuple(match.record for match in archived.get(number, ()))
        papers = shelf.papers_of(number, archive_rows)
        in_systems = tuple(provincial.get(number, ()))
        casefiles.append(
            CaseFile(
                household=household,
                given=given,
                verifications=verifications,
                recorded=recorded,
                ledger=tuple(entries.get(number, ())),
                candidates=tuple(maybe.get(number, ())),
                appraisals=tuple(appraised.get(number, ())),
                appraisal_candidates=tuple(maybe_appraised.get(number, ())),
                archive=papers,
                archive_rows=archive_rows,
                provincial=in_systems,
                provincial_candidates=tuple(maybe_provincial.get(number, ())),
                photos=_looked_at(
                    number, albums.of_record(verifications[-1], number) if verifications else (), reviews
                ),
                front_photos=_looked_at(number, albums.of_systems(match.record for match in in_systems), reviews),
                archive_photos=albums.of_archive(papers),
                bad_rows=tuple(bad_rows.get(number, ())),
            )
        )
    return tuple(casefiles)


def _owned(rows: Iterable[BadRow], register: Register) -> list[BadRow]:
    """Say whose the rows are that name no household and yet bear its number, lest it be called missing as well."""
    owned = []
    for row in rows:
        match = None if row.household_id or row.id_number is None else register.find(row)
        owned.append(evolve(row, household_id=match.household_ids[0]) if match and match.certain else row)
    return owned


def _given(accounts: Sequence[Account], definition: Definition) -> Given:
    ledgers = [account for account in accounts if account.source.role == "ledger"]
    roles = {account.source.role for account in accounts}
    return Given(
        definition=definition,
        roles=frozenset(roles | ({"photos"} if any(a.photos for a in accounts if a.source.role in _APP) else set())),
        broken=frozenset(account.source.role for account in accounts if account.problem),
        ledgers=frozenset(_programme(account) for account in ledgers),
        broken_ledgers=frozenset(_programme(account) for account in ledgers if account.problem),
        systems=frozenset(
            str(a.source.constants.get("system", "retrieval")) for a in accounts if a.source.role == "provincial"
        ),
        fields={role: frozenset[str]().union(*(a.fields for a in accounts if a.source.role == role)) for role in roles},
    )


def _programme(account: Account) -> str:
    return str(account.source.constants.get("programme", ""))


def _share(
    verifications: Iterable[Verification], register: Register, links: Sequence[Link]
) -> tuple[Mapping[str, Sequence[Match[Verification]]], Sequence[Match[Verification]]]:
    """Give each record to its household, by household number, or else where it is certain whose it is.

    The others are strays. One that names a household which is not on the roster may be of whoever bears its number.
    """
    matches = [_astray(match, register) for match in register.link(verifications, links)]
    own, maybe = _shares(sorted(matches, key=_recorded))
    together = {number: (*own.get(number, ()), *maybe.get(number, ())) for number in own | maybe}
    return together, [match for match in matches if not match.certain]


def _astray(match: Match[Verification], register: Register) -> Match[Verification]:
    is_settled = "confirmed" in match.reasons or match.record.household_id in (None, *register.households)
    return match if is_settled else evolve(match, certain=False)


def _recorded(match: Match[Verification]) -> tuple[str, ...]:
    """Sort by the day of verification, then of recording; what is equal in both stays in the order of the file."""
    record = match.record
    dates = (record.verified_on or record.recorded_on, record.recorded_on)
    return tuple(when.start.isoformat() if when else "" for when in dates)


def _shares(matches: Iterable[Match[R]]) -> tuple[dict[str, list[Match[R]]], dict[str, list[Match[R]]]]:
    """Give, by household, the rows that are certainly its own, and those that may be."""
    pairs = [(number, match) for match in matches for number in match.household_ids]
    certain, candidates = ([pair for pair in pairs if pair[1].certain is wanted] for wanted in (True, False))
    return _grouped(certain), _grouped(candidates)


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


# ------------------------------------------------------------------------------------------------ datums


def _datums(casefiles: Iterable[CaseFile]) -> dict[tuple[str, str | None], Datums]:
    """Tell the datum of every table whose households' photos leave no doubt of it."""
    tables: dict[tuple[str, str | None], Table] = {}
    pairs: dict[tuple[str, str | None], list[Pair]] = defaultdict(list)
    for casefile in casefiles:
        pair = _pair(casefile)
        if pair:
            table = casefile.record.origin.table
            tables[table.key] = table
            pairs[table.key].append(pair)
    found = {key: detect(tables[key], own) for key, own in pairs.items()}
    return {key: datums for key, datums in found.items() if datums}


def _exchanged(verifications: Iterable[Verification]) -> dict[tuple[str, str | None], Exchanged]:
    """Find the tables whose longitudes and latitudes are exchanged throughout."""
    tables = _grouped((record.origin.table.key, record) for record in verifications if record.position)
    found = {
        key: find_exchanged(records[0].origin.table, [record.position for record in records if record.position])
        for key, records in tables.items()
    }
    return {key: exchanged for key, exchanged in found.items() if exchanged}


def _pair(casefile: CaseFile) -> Pair | None:
    """Give what the record and the first of its photos that has one say of the place."""
    seen = next((e.photo.position for e in casefile.photos if e.photo and e.photo.position), None)
    recorded = casefile.record.position if seen else None
    meant = put_right(recorded) if recorded else None
    return (meant, seen) if meant and seen else None


# ------------------------------------------------------------------------------------------------ damaged numbers


def _damaged(records: Iterable[Record]) -> Iterable[Damaged]:
    """List each identity number that a spreadsheet has damaged, once a household and number.

    Those of a provincial system are compared with the roster's and put right there (G2).
    """
    seen = set()
    for record in records:
        for name in ("member_id_number", "head_id_number", "id_number"):
            number: IdNumber | None = getattr(record, name, None)
            if number is None or number.kind is not IdKind.DAMAGED:
                continue
            household_id: str | None = getattr(record, "household_id", None)
            key = (record.ROLE, household_id or record.origin.row, number.text)
            if key not in seen:
                seen.add(key)
                yield Damaged(household_id, number, record.origin.at(name), record.place)
