"""台账: what is said to be renovated stands in the ledgers of 2016–2018, and agrees with them (四(一)2②).

The plan asks that 改造安全 agrees with the ledgers of households that had a renovation or a new relocation house.
Only renovation and relocation have such a ledger, and only for those years; what none can prove is said, not
accused. A row is a household's by its identity number, by what is left of that together with the name, or by a person's
word; a name alone is for a person to confirm.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial

from attrs import frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import WordList
from housing_guarantee.definition import ACCOMMODATED, APPRAISED, RENOVATED, Definition
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Cell, LedgerEntry, Period, Verification
from housing_guarantee.rule import (
    CONTRADICTED,
    ERROR,
    INFO,
    UNPROVEN,
    WARNING,
    Breach,
    Fix,
    Group,
    Proof,
    Topic,
    Words,
    rule,
)

ledger = partial(rule, clause="M2a", needs=("ledger",))
entered = partial(ledger, guarantee=RENOVATED, requirement="ledger")


@entered(
    severity=ERROR,
    effect=UNPROVEN,
    absence_of=("ledger",),
    message=Words(
        "录入为{year}年{programme}，台账中没有该户",
        "recorded as {programme} in {year}; the ledger does not hold the household",
    ),
    fix=Fix(
        "核对台账：漏登的补登，户主或证件号不符的改正，确无改造的重新确定保障方式",
        "add the row to the ledger or correct its number; if nothing was renovated, enter another type",
        "county",
    ),
)
def entry_missing(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The household should stand in a ledger that was given, and does not.

    While any ledger could not be read nothing is missing: the row may stand in that one, under another programme. Nor
    is a row missing that is there and could not be read.
    """
    record = casefile.record
    unreadable = any(row.origin.table.role == "ledger" for row in casefile.bad_rows)
    if unreadable or casefile.ledger or casefile.candidates or not _is_due(casefile, campaign):
        return None
    values = {"year": record.policy_year, "programme": record.programme}
    return Breach(record.at("policy_year", "programme"), values)


@rule(
    clause="M2a",
    guarantee=RENOVATED,
    requirement="ledger",
    severity=INFO,
    message=Words(
        "{year}年{programme}不在台账范围内，无台账可核对", "no ledger covers {programme} in {year}; none can prove it"
    ),
    fix=Fix("以项目批复、验收表等档案资料佐证", "keep the approval and acceptance papers as evidence", "township"),
)
def not_checkable(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The year or the programme is one that no ledger covers, so none can prove it."""
    record, given = casefile.record, casefile.given
    if record.programme is None or record.policy_year is None or casefile.ledger:
        return None
    later = record.policy_year.year > campaign.ledger_years[1]
    kept = campaign.definition.has_ledger(record.programme) or given.ledger_of(record.programme)
    if record.policy_year.year < campaign.policy_year or (kept and not later):
        return None
    values = {"year": record.policy_year, "programme": record.programme}
    return Breach(record.at("policy_year", "programme"), values)


@entered(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("录入年度为{year}，台账为{ledger_year}", "recorded in {year}; the ledger says {ledger_year}"),
    fix=Fix("对照项目档案，改正录入或台账的年度", "correct whichever differs from the project's papers", "township"),
)
def year_differs(casefile: CaseFile, campaign: Campaign) -> Breach | Proof | None:
    """The ledger has another year; of several rows the one that agrees counts.

    A year that no house of this type can have, too early or yet to come, is a finding already.
    """
    record, entries = casefile.record, _entries(casefile, campaign)
    if record.policy_year is None or not entries:
        return None
    year = record.policy_year.year
    same = [entry for entry in entries if _agrees(entry.programme, record.programme)] or entries
    agreeing = next((entry for entry in same if _agrees(entry.calendar_year, year)), None)
    if agreeing is None and not campaign.policy_year <= year <= _last_year(record, campaign):
        return None
    if agreeing is None:
        other = same[0]
        values = {"year": record.policy_year, "ledger_year": other.year}
        return Breach(record.at("policy_year") + other.at_year(), values)
    if record.programme is None or not _agrees(agreeing.programme, record.programme):
        return None
    return Proof(agreeing.row.at("head_name", "id_number", "programme") + agreeing.at_year())


@entered(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "录入项目为{programme}，台账为{ledger_programme}", "recorded as {programme}; the ledger says {ledger_programme}"
    ),
    fix=Fix("对照项目档案，改正录入或台账的项目", "correct whichever differs from the project's papers", "township"),
)
def programme_differs(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The ledger has another programme; of several rows the one that agrees counts."""
    record, entries = casefile.record, _entries(casefile, campaign)
    if record.programme is None or not entries:
        return None
    if any(_agrees(entry.programme, record.programme) for entry in entries):
        return None
    values = {"programme": record.programme, "ledger_programme": entries[0].programme}
    return Breach(record.at("programme") + entries[0].at_programme(), values)


@ledger(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "{ledger_year}年台账中有该户（{ledger_programme}），却录入为{guarantee_type}",
        "in the ledger of {ledger_year} ({ledger_programme}), yet recorded as {guarantee_type}",
    ),
    fix=Fix("核实后改正保障方式或台账", "correct the type, or the ledger", "township"),
)
def type_disagrees(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The household stands in a ledger of those years, yet is recorded as another type than renovated safe."""
    record = casefile.record
    entry = next((e for e in _entries(casefile, campaign) if e.is_covered(campaign)), None)
    if entry is None or casefile.kind not in (APPRAISED, ACCOMMODATED):
        return None
    cells = record.at("guarantee_type") + entry.at_year()
    values = {"guarantee_type": record.guarantee_type, "ledger_year": entry.year, "ledger_programme": entry.programme}
    if casefile.kind == ACCOMMODATED:
        return Breach(cells, values, severity=WARNING, effect=None)
    return Breach(cells, values)


@ledger(
    severity=WARNING,
    effect=UNPROVEN,
    requirement="ledger",
    message=Words(
        "台账一条记录（编号{file_no}，{ledger_year}年）可能是该户（相符：{reason}），须人工确认",
        "a ledger row (file {file_no}, {ledger_year}) may be the household's ({reason} agree); a person must confirm",
    ),
    fix=Fix("核对证件后，在核查文件中确认或补填台账证件号", "confirm the link, or complete the number", "county"),
)
def match_uncertain(casefile: CaseFile, campaign: Campaign) -> list[Breach]:
    """Only candidates stand in the ledger, none certain, and a person must confirm which is meant.

    For a household said to be appraised safe, a row counts only where what can be read of its number agrees.
    """
    candidates = () if casefile.ledger else casefile.candidates
    if casefile.kind == APPRAISED:
        candidates = tuple(match for match in candidates if match.by_number(casefile.household_id))
    elif casefile.kind != RENOVATED or not _is_due(casefile, campaign):
        return []
    breaches = []
    for match in candidates:
        entry = Entry.of(match.record, campaign.definition)
        values = {"file_no": entry.row.file_no, "ledger_year": entry.year, "reason": match.why(casefile.household_id)}
        cells = entry.row.at("head_name", "id_number")
        slot = f"{entry.row.origin.table.source}/{entry.row.file_no or ''}"
        if casefile.kind == RENOVATED or entry.is_covered(campaign):
            breaches.append(Breach(cells, values, slot=slot))
    return breaches


def rows_rested_on(casefile: CaseFile) -> Iterable[tuple[tuple[str, str | None, int], tuple[Cell, ...]]]:
    """Give the rows that a household recorded as renovated safe rests on, each once."""
    if not casefile.verifications or casefile.kind != RENOVATED:
        return ()
    rows = [match.record for match in casefile.ledger]
    places = [(row.origin.table.source, row.origin.table.sheet, row.origin.row) for row in rows]
    return dict(zip(places, (row.at("head_name", "id_number") for row in rows), strict=True)).items()


@ledger(
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="ledger",
    key=rows_rested_on,
    message=Words("同一条台账同时用于{others}", "the same ledger row also stands for {others}"),
    fix=Fix("核实该条台账属于哪一户，另一户重新核对", "settle whose row it is, and check the other again", "county"),
)
def entry_used_twice(group: Group) -> Breach:
    """Two households rest on the same ledger row."""
    cells = group.members[0].cells
    return Breach(cells, hidden=",".join(str(cell.value) for cell in cells))  # what it says stays; its number may not


@ledger(
    severity=WARNING,
    recorded=False,
    message=Words("同时列入{programme}台账（{year}）", "in the ledgers of both {programme} ({year})"),
    fix=Fix("核实是否同一住房重复享受补助", "check whether one dwelling was subsidised twice", "county"),
)
def subsidised_twice(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The household stands in the ledgers of two programmes."""
    first = {entry.programme: entry for entry in reversed(_entries(casefile, campaign))}
    both = [first[term.name] for term in campaign.definition.programmes if term.ledger and term.name in first]
    if len(both) < 2:
        return None
    cells = tuple(cell for entry in both for cell in entry.at_programme())
    programmes, years = tuple(entry.programme for entry in both), tuple(entry.year for entry in both)
    return Breach(cells, {"programme": programmes, "year": years})


# ------------------------------------------------------------------------------------------------ entries


@frozen
class Entry:
    """A ledger row with what it says of programme and year, wherever it says it; None where it does not.

    :param programme: of its own column, else what its mode of works (改造方式) belongs to
    :param year: of its own column, else that of completion
    """

    row: LedgerEntry
    programme: str | None
    year: Period | None

    @classmethod
    def of(cls, row: LedgerEntry, definition: Definition) -> "Entry":
        """Read a row."""
        programme = row.programme
        if programme is None and row.mode:
            programme = _programmes(definition).only(row.mode)
        return cls(row, programme, row.year or row.completed_on)

    @property
    def calendar_year(self) -> int | None:
        """The year as a number."""
        return self.year.year if self.year else None

    def is_covered(self, campaign: Campaign) -> bool:
        """Say whether it has a year, and one of those that the ledgers cover."""
        return self.year is not None and campaign.covers(self.year.year)

    def at_year(self) -> tuple[Cell, ...]:
        """Point at the cell that says the year."""
        return self.row.at("year" if self.row.year or not self.year else "completed_on")

    def at_programme(self) -> tuple[Cell, ...]:
        """Point at the cell that says the programme."""
        return self.row.at("programme" if self.row.programme or not self.programme else "mode")


def _entries(casefile: CaseFile, campaign: Campaign) -> Sequence[Entry]:
    return [Entry.of(match.record, campaign.definition) for match in casefile.ledger]


@cache
def _programmes(definition: Definition) -> WordList:
    return WordList.of({term.name: term.words for term in definition.programmes})


def _agrees(said: str | int | None, recorded: str | int | None) -> bool:
    """Say whether the ledger agrees; one that does not say contradicts nothing."""
    return said is None or said == recorded


def _last_year(record: Verification, campaign: Campaign) -> int:
    """Give the last year in which a house can have been finished that was verified."""
    return record.verified_on.year if record.verified_on else campaign.now.year


def _is_due(casefile: CaseFile, campaign: Campaign) -> bool:
    """Say whether the household must stand in a ledger that was given."""
    record = casefile.record
    if record.policy_year is None or record.programme is None:
        return False
    return campaign.covers(record.policy_year.year) and casefile.given.ledger_of(record.programme)


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (
        entry_missing,
        not_checkable,
        year_differs,
        programme_differs,
        type_disagrees,
        match_uncertain,
        entry_used_twice,
        subsidised_twice,
    )
    return [Topic("ledger", rules)]
