"""Lay every record into the case file of its household; what belongs to nobody is kept beside, never dropped."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from attrs import define, evolve, field, frozen

from housing_guarantee.casefiles import CaseFile, Damaged, Given, PhotoEvidence, Survey
from housing_guarantee.datums import Datums, Exchanged, Pair, detect, find_exchanged, put_right
from housing_guarantee.linkage.match import Link, Linkable, LinkOptions, Match, Register
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import (
    Appraisal,
    BadRow,
    Household,
    IdKind,
    IdNumber,
    LedgerEntry,
    RosterRow,
    Table,
    Verification,
)
from housing_guarantee.records import Record
from housing_guarantee.roster import households_of
from housing_guarantee.source import Account, Item, PhotoFile

__all__ = ["assemble"]

T = TypeVar("T")
R = TypeVar("R", bound=Linkable)
K = TypeVar("K", bound=Hashable)


@define
class _Piles:
    """The records of all sources, sorted by kind."""

    roster: list[RosterRow] = field(factory=list)
    verifications: list[Verification] = field(factory=list)
    ledger: list[LedgerEntry] = field(factory=list)
    appraisals: list[Appraisal] = field(factory=list)
    photos: list[PhotoFile] = field(factory=list)
    bad_rows: list[BadRow] = field(factory=list)

    def add(self, item: Item) -> None:
        if isinstance(item, BadRow):
            self.bad_rows.append(item)
        elif isinstance(item, PhotoFile):
            self.photos.append(item)
        else:
            getattr(self, item.ROLE).append(item)


def assemble(
    items: Iterable[Item],
    accounts: Sequence[Account] = (),
    *,
    links: Iterable[Link] = (),
    options: LinkOptions | None = None,
    gazetteer: Gazetteer | None = None,
) -> Survey:
    """Build the survey of a county from everything that was read.

    :param links: rows that a person has settled
    :param options: what counts as one name or one village beside the usual
    :param gazetteer: the county's divisions, which give a village its code
    """
    piles = _Piles()
    gazetteer = gazetteer or Gazetteer({}, {})
    for item in items:
        piles.add(item)
    bad_roster_rows = (row for row in piles.bad_rows if row.origin.table.role == "roster")
    households, repeated = households_of(piles.roster, bad_roster_rows, gazetteer)
    register, links = Register.of(households, options), tuple(links)
    piles.bad_rows = _owned(piles.bad_rows, register)
    given = _given(accounts)
    own, strays = _share(piles.verifications, register, links)
    ledger, appraisals = register.link(piles.ledger, links), register.link(piles.appraisals, links)
    casefiles = _casefiles(households, given, own, ledger, appraisals, piles)
    given = evolve(given, datums=_datums(casefiles), exchanged=_exchanged(piles.verifications))
    return Survey(
        casefiles=tuple(evolve(casefile, given=given) for casefile in casefiles),
        given=given,
        strays=tuple(evolve(record, place=gazetteer.resolve(record.place)) for record in strays),
        repeated=tuple(repeated),
        bad_rows=tuple(evolve(row, place=gazetteer.resolve(row.place)) for row in piles.bad_rows),
        damaged=tuple(_damaged(piles)),
        unlinked=tuple(match.record for match in ledger if not match.household_ids),
        accounts=tuple(accounts),
    )


def _casefiles(
    households: Sequence[Household],
    given: Given,
    own: Mapping[str, Sequence[Verification]],
    ledger: Sequence[Match[LedgerEntry]],
    appraisals: Sequence[Match[Appraisal]],
    piles: _Piles,
) -> tuple[CaseFile, ...]:
    entries, candidates = _by_household(ledger, certain=True), _or_traces(ledger)
    appraised, maybe_appraised = _by_household(appraisals, certain=True), _by_household(appraisals, certain=False)
    bad_rows = _grouped((row.household_id, row) for row in piles.bad_rows if row.household_id)
    album = _Album.of([photo for photo in piles.photos if photo.role == "photos"])
    casefiles = []
    for household in households:
        number = household.household_id
        verifications = tuple(sorted(own.get(number, ()), key=_recorded))
        casefiles.append(
            CaseFile(
                household=household,
                given=given,
                verifications=verifications,
                ledger=tuple(entries.get(number, ())),
                candidates=tuple(candidates.get(number, ())),
                appraisals=tuple(appraised.get(number, ())),
                appraisal_candidates=tuple(maybe_appraised.get(number, ())),
                photos=album.of_record(verifications[-1], number) if verifications else (),
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


def _given(accounts: Sequence[Account]) -> Given:
    ledgers = [account for account in accounts if account.source.role == "ledger"]
    roles = {account.source.role for account in accounts}
    return Given(
        roles=frozenset(roles | ({"photos"} if any(account.photos for account in accounts) else set())),
        broken=frozenset(account.source.role for account in accounts if account.problem),
        ledgers=frozenset(_programme(account) for account in ledgers),
        broken_ledgers=frozenset(_programme(account) for account in ledgers if account.problem),
        fields={role: frozenset[str]().union(*(a.fields for a in accounts if a.source.role == role)) for role in roles},
    )


def _programme(account: Account) -> str:
    return str(account.source.constants.get("programme", ""))


def _share(
    verifications: Iterable[Verification], register: Register, links: Sequence[Link]
) -> tuple[dict[str, list[Verification]], list[Verification]]:
    """Give each record to its household, by household number, or else where it is certain whose it is."""
    own: dict[str, list[Verification]] = defaultdict(list)
    strays = []
    for match in register.link(verifications, links):
        record, settled = match.record, "confirmed" in match.reasons
        astray = record.household_id not in (None, *register.households) and not settled
        if astray or not match.certain:
            strays.append(record)
            continue
        for number in match.household_ids:
            own[number].append(record)
    return own, strays


def _recorded(record: Verification) -> tuple[str, ...]:
    """Sort by the day of verification, then of recording; what is equal in both stays in the order of the file."""
    dates = (record.verified_on or record.recorded_on, record.recorded_on)
    return tuple(when.start.isoformat() if when else "" for when in dates)


def _by_household(matches: Iterable[Match[R]], *, certain: bool) -> dict[str, list[Match[R]]]:
    return _grouped((number, match) for match in matches if match.certain is certain for number in match.household_ids)


def _or_traces(matches: Sequence[Match[R]]) -> dict[str, list[Match[R]]]:
    """Give each household its candidates, and one that no row leads to what little there is."""
    led_to = {number for match in matches for number in match.household_ids}
    faint = ((number, match) for match in matches for number in match.traces if number not in led_to)
    return _by_household(matches, certain=False) | _grouped(faint)


def _grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


# ------------------------------------------------------------------------------------------------ photos


@frozen
class _Album:
    """Photos by path, by file name, and by the household numbers that their paths hold."""

    by_path: Mapping[str, PhotoFile]
    by_name: Mapping[str, Sequence[PhotoFile]]
    by_number: Mapping[str, Sequence[PhotoFile]]

    @classmethod
    def of(cls, photos: Sequence[PhotoFile]) -> "_Album":
        return cls(
            {photo.name.lower(): photo for photo in photos},
            _grouped((_file_name(photo.name), photo) for photo in photos),
            _grouped((number, p) for p in photos for number in set(re.findall(r"[0-9]{6,}", p.name))),
        )

    def of_record(self, record: Verification, household_id: str) -> tuple[PhotoEvidence, ...]:
        """Give the photos that the record names, or, where it names none, those that bear the number."""
        if record.photos:
            named = [(name, self._find(name)) for name in record.photos]
        else:
            named = [(photo.name, photo) for photo in self.by_number.get(household_id, ())]
        return tuple(
            PhotoEvidence(name, found.photo if found else None, record.at("photos"), f"photo{position}")
            for position, (name, found) in enumerate(named, 1)
        )

    def _find(self, name: str) -> PhotoFile | None:
        path = name.replace("\\", "/").lower()
        if path in self.by_path:
            return self.by_path[path]
        named = self.by_name.get(_file_name(path), ())
        return named[0] if len(named) == 1 else None


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()


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


def _damaged(piles: _Piles) -> Iterable[Damaged]:
    """List each identity number that a spreadsheet has damaged, once a household and number."""
    seen = set()
    records: list[Record] = [*piles.roster, *piles.verifications, *piles.ledger, *piles.appraisals]
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
