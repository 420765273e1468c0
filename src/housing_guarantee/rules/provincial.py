"""省检索系统: the provincial systems hold the same households, facts and front photos (二、工作目标; 四(二)末段).

The plan wants the renovation information system (危旧房改造信息系统) complete and accurate: it is compared with the
ledgers. It wants townships to correct what is wrong in the retrieval system (三年行动检索系统): that is compared with
the roster and all other sources. Where two differ, the campaign's precedence says who is held right.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from attrs import frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.converters import clean, to_id_number
from housing_guarantee.definition import ACCOMMODATED, APPRAISED, RENOVATED
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.linkage.identity import Agreement, compare_numbers, full_core
from housing_guarantee.linkage.match import Linkable
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.linkage.places import normalise_village
from housing_guarantee.models import BadRow, CellError, IdNumber, LedgerEntry, Place, ProvincialRecord
from housing_guarantee.reviews import Look
from housing_guarantee.rule import ERROR, WARNING, Breach, Fix, Proof, Topic, Words, rule
from housing_guarantee.testimony import COMPARED, Said, contradicting, said

RETRIEVAL, RENOVATION = "retrieval", "renovation"
_NEEDED = {APPRAISED: ("grade",), RENOVATED: ("programme", "policy_year"), ACCOMMODATED: ("guarantee_detail",)}

provincial = partial(rule, clause="G2", recorded=False, needs=("provincial",))
agreeing = partial(provincial, requirement="provincial")


# ------------------------------------------------------------------------------------------------ who is there


@agreeing(
    severity=ERROR,
    absence_of=("provincial",),
    message=Words("{role}中有，{system}中没有", "in the {role}, and not in {system}"),
    fix=Fix("在省系统中补录", "enter the household in the provincial system", "township"),
)
def record_missing(survey: Survey, campaign: Campaign) -> list[Breach]:
    """A household of the roster is not in the retrieval system, or one of a ledger not in the renovation system."""
    systems = survey.given.systems
    breaches = list(_not_retrieved(survey)) if RETRIEVAL in systems else []
    return breaches + (list(_not_renovated(survey, campaign)) if RENOVATION in systems else [])


def _not_retrieved(survey: Survey) -> Iterator[Breach]:
    unread = _Index.of((), survey.bad_rows)
    for casefile in survey.casefiles:
        if not _stands_in(casefile, RETRIEVAL) and not unread.names(casefile):
            cells, number = casefile.household.rows[0].at("household_id"), casefile.household_id
            yield Breach(cells, {"role": "roster", "system": RETRIEVAL}, household_id=number, slot=RETRIEVAL)


def _not_renovated(survey: Survey, campaign: Campaign) -> Iterator[Breach]:
    """Look for every ledger row by its household, by its number, else by its name in its village."""
    recorded = _Index.of((r for r in _records(survey) if _system(r) == RENOVATION), survey.bad_rows)
    for entry, casefile, maybe in _entries(survey):
        if not campaign.definition.in_renovation_system(entry.programme) or recorded.holds(entry):
            continue
        if any(_stands_in(one, RENOVATION) or recorded.names(one) for one in maybe):
            continue
        slot = f"{RENOVATION}/{entry.origin.table.source}/{entry.file_no or ''}"
        yield Breach(
            entry.at("head_name", "id_number"),
            {"role": "ledger", "system": RENOVATION},
            household_id=casefile.household_id if casefile else None,
            place=entry.place,
            slot=slot,
            hidden="" if casefile else _personal(entry),
        )


def _stands_in(casefile: CaseFile, system: str) -> bool:
    """Say whether the household has a row in a system, or one that may be its own or could not be read."""
    rows = (match.record for match in (*casefile.provincial, *casefile.provincial_candidates))
    return casefile.has_bad_row("provincial") or any(_system(row) == system for row in rows)


@provincial(
    severity=WARNING,
    absence_of=("roster", "ledger"),
    message=Words("{system}中有该户，名册和台账中都没有", "in {system}, and neither on the roster nor in a ledger"),
    fix=Fix(
        "核对户编号和证件号；确不应在的，申请从省系统中删除", "check its numbers; have it removed if wrong", "county"
    ),
)
def record_unexpected(survey: Survey) -> list[Breach]:
    """A household of a provincial system stands neither on the roster nor in a ledger.

    Without a ledger nothing is said of the renovation system, which holds more households than the roster.
    """
    ledger = _Index.of((entry for entry, _, _ in _entries(survey)), survey.bad_rows, role="ledger")
    return [
        Breach(
            record.at("household_id" if record.household_id else "id_number" if record.id_number else "head_name"),
            {"system": _system(record)},
            household_id=record.household_id,
            place=record.place,
            slot=_system(record),
            hidden="" if record.household_id else _personal(record),
        )
        for record in survey.unlinked_provincial
        if not ledger.holds(record) and (_system(record) == RETRIEVAL or "ledger" in survey.given.roles)
    ]


# ------------------------------------------------------------------------------------------------ what is said there


@agreeing(
    severity=ERROR,
    message=Words(
        "{system}的{field}为“{provincial_value}”，{role}为“{other_value}”，以{right}为准",
        "{field} in {system} is “{provincial_value}”; the {role} says “{other_value}”; {right} is held right",
    ),
    fix=Fix("核实后改正不为准的一方", "check, and correct the one that is not held right", "township"),
)
def field_differs(casefile: CaseFile, campaign: Campaign) -> list[Breach | Proof]:
    """A field of a provincial system is not what any other source says; the most trusted of them is named.

    Of several rows in the renovation system the one that agrees most counts: a house may have been renovated twice.
    """
    answers: list[Breach | Proof] = []
    renovations = []
    for match in casefile.provincial:
        record = match.record
        differing = list(_differences(record, casefile, campaign))
        if _system(record) == RENOVATION:
            renovations.append(differing)
        elif differing:
            answers += differing
        else:
            answers.append(Proof(record.at(*_spoken(record))))
    return answers + min(renovations, key=len, default=[])


def _spoken(record: ProvincialRecord) -> list[str]:
    """List the fields in which the row agrees; where it says nothing but whose it is, that is all it proves."""
    fields = [field for field in COMPARED if clean(record.origin.raw.get(field))]
    return fields or ["household_id"]


def _differences(record: ProvincialRecord, casefile: CaseFile, campaign: Campaign) -> Iterator[Breach]:
    for field in filter(record.has, COMPARED):
        own, order = Said.by(record, field), campaign.trusted(field)
        is_blank = own.value is None and not clean(own.cells[0].value)
        if is_blank and not _is_needed(field, record, casefile):
            continue
        if other := contradicting(own, said(casefile, field), order):
            theirs = not is_blank and order.index(own.role) < order.index(other.role)
            yield _difference(record, own, other, field, right=_system(record) if theirs else other.role)


def _is_needed(field: str, record: ProvincialRecord, casefile: CaseFile) -> bool:
    """Say whether a field must not be blank: who it is, the type, and what the type asks for where that agrees."""
    if field in ("id_number", "guarantee_type"):
        return _system(record) == RETRIEVAL
    own = casefile.record.guarantee_type if casefile.verifications else None
    return field in _NEEDED.get(casefile.kind or "", ()) and record.guarantee_type in (own, None)


def _difference(record: ProvincialRecord, own: Said, other: Said, field: str, right: str) -> Breach:
    """Say both values, who is held right, and what a correction must name: the row's key, and its version."""
    system, key = _system(record), record.origin.row_key
    values = {
        "system": system,
        "field": field,
        "provincial_value": own.cells[0].value,
        "role": other.role,
        "other_value": other.value,
        "right": right,
        "row_key": key,
        "version": record.version,
    }
    return Breach(own.cells + other.cells, values, slot=f"{system}/{field}")


@agreeing(
    clause="R3",
    severity=ERROR,
    message=Words("省检索系统中没有房屋正面照片：{reason}", "no front photo in the retrieval system: {reason}"),
    fix=Fix("在省检索系统中补传现住房正面全景照片", "upload a photo of the whole front of the house", "township"),
)
def photo_missing(casefile: CaseFile) -> list[Breach]:
    """The retrieval system holds no front photo of the house: none is named, no file is there, or it is another."""
    records = (match.record for match in casefile.provincial if _system(match.record) == RETRIEVAL)
    unnamed = [record for record in records if record.has("front_photo") and not record.front_photo]
    lost = [evidence for evidence in casefile.front_photos if evidence.photo is None]
    others = [evidence for evidence in casefile.front_photos if evidence.look is Look.OTHER_HOUSE]
    return [
        *(Breach(record.at("front_photo"), {"reason": "photo-not-named"}) for record in unnamed),
        *(Breach(one.cells, {"reason": "file-not-found"}, slot=one.slot) for one in lost),
        *(Breach(one.cells + one.reviewed(), {"reason": "other-house"}, slot=one.slot) for one in others),
    ]


# ------------------------------------------------------------------------------------------------ rows of other people


@frozen
class _Index:
    """Rows by the number they bear, and by the name in its village, with the numbers there; also rows not read."""

    numbers: frozenset[str]
    by_name: Mapping[tuple[str, str], Sequence[IdNumber | None]]

    @classmethod
    def of(cls, rows: Iterable[Linkable], bad_rows: Iterable[BadRow], role: str = "provincial") -> "_Index":
        """Index rows, and those of a role that could not be read."""
        numbers: set[str | None] = set()
        by_name: dict[tuple[str, str], list[IdNumber | None]] = defaultdict(list)
        seen = ((row.place, row.head_name, row.id_number) for row in rows)
        unread = (_unread(row) for row in bad_rows if row.origin.table.role == role)
        for place, name, number in (*seen, *unread):
            numbers.add(full_core(number))
            by_name[_named(place, name)].append(number)
        return cls(frozenset(number for number in numbers if number), dict(by_name))

    def holds(self, row: Linkable) -> bool:
        """Say whether a row of the same number is here, or one of the same name whose number does not deny it."""
        if full_core(row.id_number) in self.numbers:
            return True
        namesakes = self.by_name.get(_named(row.place, row.head_name), ()) if row.head_name else ()
        return any(compare_numbers(row.id_number, one) is not Agreement.DIFFERENT for one in namesakes)

    def names(self, casefile: CaseFile) -> bool:
        """Say whether a row bears the number of a person of the household."""
        return any(full_core(person.id_number) in self.numbers for person in casefile.household.members)


def _unread(bad: BadRow) -> tuple[Place, str | None, IdNumber | None]:
    """Give what a row that could not be read still says of whose it is."""
    raw = {name: cell for name, cell in bad.origin.raw.items() if not isinstance(cell, CellError)}
    return bad.place, clean(raw.get("head_name")), to_id_number(raw.get("id_number"))


def _named(place: Place, name: str | None) -> tuple[str, str]:
    return normalise_village(place.village, place.township), normalise_name(name or "")


def _personal(row: LedgerEntry | ProvincialRecord) -> str:
    """Give what tells rows of nobody's apart; it enters a key only as a keyed hash."""
    number = row.id_number.text if row.id_number else None
    return number or row.head_name or str(sorted(row.origin.raw.items(), key=str))


def _entries(survey: Survey) -> Iterator[tuple[LedgerEntry, CaseFile | None, Sequence[CaseFile]]]:
    """Give every ledger row once, with the household that it certainly is, and those that it may be."""
    rows: dict[int, LedgerEntry] = {}
    certain: dict[int, CaseFile] = {}
    maybe: dict[int, list[CaseFile]] = defaultdict(list)
    for casefile in survey.casefiles:
        for match in (*casefile.ledger, *casefile.candidates):
            rows.setdefault(id(match.record), match.record)
            maybe[id(match.record)].append(casefile)
        for match in casefile.ledger:
            certain.setdefault(id(match.record), casefile)
    rows |= {id(entry): entry for entry in survey.unlinked}
    for key, entry in rows.items():
        yield entry, certain.get(key), maybe.get(key, ())


def _records(survey: Survey) -> Iterator[ProvincialRecord]:
    for casefile in survey.casefiles:
        yield from (match.record for match in (*casefile.provincial, *casefile.provincial_candidates))
    yield from survey.unlinked_provincial


def _system(record: ProvincialRecord) -> str:
    return record.system or RETRIEVAL


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("provincial", (record_missing, field_differs, record_unexpected, photo_missing))]
