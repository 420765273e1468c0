"""身份信息: whom a record names is the household of the roster (四(一)2).

Verification starts from the identities that the platform has. A number proves a person, in its 15- or 18-digit form
or as part of a disability card's; a name alone never does, and beside the household's own number it may suffice.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.linkage.identity import Agreement, compare_numbers, full_core
from housing_guarantee.linkage.names import Likeness, compare_names
from housing_guarantee.models import Cell, IdKind, IdNumber, Person, Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Group, Proof, Topic, Words, rule

identified = partial(rule, clause="M0")
identity = partial(identified, requirement="identity")


# ------------------------------------------------------------------------------------------------ whom a record names


def _named(casefile: CaseFile, campaign: Campaign) -> Person | None:
    """Find the person of the household whom the record names: by number, else by a name that the number allows."""
    record, people = casefile.record, _people(casefile)
    agreements = [compare_numbers(record.id_number, person.id_number) for person in people]
    if Agreement.SAME in agreements:
        return people[agreements.index(Agreement.SAME)]
    allowed = [person for person, seen in zip(people, agreements, strict=True) if seen is not Agreement.DIFFERENT]
    for likeness in (Likeness.SAME, Likeness.VARIANT):
        for person in allowed:
            if compare_names(record.head_name, person.name, campaign.linkage.parts) is likeness:
                return person
    return None


def _people(casefile: CaseFile) -> list[Person]:
    """Give the household's persons, the head first."""
    head = casefile.household.head
    return [head, *(person for person in casefile.household.members if person is not head)]


def _is_number_strange(casefile: CaseFile, campaign: Campaign) -> bool:
    """Say whether the record's number can be read, is not the head's, and may be nobody else's of the household."""
    number = casefile.record.id_number
    if number is None or number.kind is IdKind.DAMAGED or _named(casefile, campaign) is not None:
        return False
    agreements = [compare_numbers(number, person.id_number) for person in _people(casefile)]
    return agreements[0] is Agreement.DIFFERENT and Agreement.COMPATIBLE not in agreements


def _at_name(person: Person) -> tuple[Cell, ...]:
    return person.row.at("member_name" if person.row.member_name is not None else "head_name")


# ------------------------------------------------------------------------------------------------ rules


@identity(
    severity=ERROR,
    effect=UNPROVEN,
    recorded=False,
    message=Words("身份证号{number}不正确：{reason}", "the identity number {number} is wrong: {reason}"),
    fix=Fix("按身份证件改正号码", "correct the number from the card", "village"),
)
def number_invalid(casefile: CaseFile, campaign: Campaign) -> list[Breach]:
    """An identity number of the record or of the roster is none: its length, date, order code or check digit."""
    today = campaign.now.date()
    breaches = []
    for record in casefile.verifications[-1:]:
        if record.id_number and (reason := _fault(record.id_number, today)):
            values = {"number": record.id_number.text, "reason": reason}
            breaches.append(Breach(record.at("id_number"), values, slot="record"))
    for person in _people(casefile):
        if person.id_number and (reason := _fault(person.id_number, today)):
            values = {"number": person.id_number.text, "reason": reason}
            hidden = person.name or person.id_number.text
            breaches.append(Breach(person.at_number(), values, slot="roster", hidden=hidden))
    return breaches


def _fault(number: IdNumber, today: date) -> str | None:
    """Say what is wrong with a number; a date of birth yet to come is known only beside the date of the run."""
    if number.kind is IdKind.INVALID:
        return number.problem
    born = number.core[6:14] if number.core else ""
    return "not-yet-born" if born > f"{today:%Y%m%d}" else None


@identity(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "录入的身份证号{number}不是名册上的{roster_number}",
        "recorded with the identity number {number}; the roster has {roster_number}",
    ),
    fix=Fix("核对身份证件，改正录入错误的一方", "check the card; correct whichever is wrong", "village"),
)
def number_differs(casefile: CaseFile, campaign: Campaign) -> Breach | Proof | None:
    """The record's identity number is not the head's in any form, nor another member's."""
    record, head = casefile.record, casefile.household.head
    if _is_number_strange(casefile, campaign):
        values = {
            "number": record.id_number.text if record.id_number else None,
            "roster_number": head.id_number.text if head.id_number else None,
        }
        return Breach(record.at("id_number") + head.at_number(), values)
    person = _named(casefile, campaign)
    if person and compare_numbers(record.id_number, person.id_number) is Agreement.SAME:
        return Proof(record.at("id_number") + person.at_number())
    if record.household_id != casefile.household_id or not _can_do_without(record.id_number):
        return None
    if person:
        return Proof(record.at("household_id", "head_name") + _at_name(person))
    return None if _asks_who(record) else Proof(record.at("household_id") + head.row.at("household_id"))


def _can_do_without(number: IdNumber | None) -> bool:
    """Say whether a record may be proved beside its number; one that cannot be read is a finding of its own."""
    return number is None or number.kind not in (IdKind.INVALID, IdKind.DAMAGED)


def _asks_who(record: Verification) -> bool:
    return record.has("head_name") or record.has("id_number")


@identified(
    severity=WARNING,
    message=Words(
        "录入的户主姓名“{name_found}”不是名册上的“{roster_name}”",
        "recorded under the name {name_found}; the roster has {roster_name}",
    ),
    fix=Fix("核对身份证件，改正录入错误的一方", "check the card; correct whichever is wrong", "village"),
)
def name_differs(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The record's name is neither the roster's nor a known variant of it."""
    record, head = casefile.record, casefile.household.head
    person = _named(casefile, campaign) or head
    names = (head.name, person.name)
    parts = campaign.linkage.parts
    if any(compare_names(record.head_name, name, parts) is not Likeness.DIFFERENT for name in names):
        return None
    cells = record.at("head_name") + _at_name(person)
    values = {"name_found": record.head_name, "roster_name": person.name}
    if _is_number_strange(casefile, campaign):
        return Breach(cells, values, severity=ERROR, effect=CONTRADICTED)
    return Breach(cells, values)


def _numbers(casefile: CaseFile) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Give each readable number of the household once, with its cell on the roster."""
    cells: dict[str, tuple[Cell, ...]] = {}
    for person in casefile.household.members:
        if core := full_core(person.id_number):
            cells.setdefault(core, person.at_number())
    yield from cells.items()


@identity(
    severity=ERROR,
    effect=CONTRADICTED,
    recorded=False,
    key=_numbers,
    across=True,
    message=Words("同一身份证号还登记在{others}户", "the same identity number also stands with {others}"),
    fix=Fix("核实此人属于哪一户，从另一户删除", "find out to which household the person belongs", "township"),
)
def number_shared(group: Group) -> Breach:
    """One identity number stands in several households of the roster."""
    return Breach(group.members[0].cells)


@identified(
    severity=WARNING,
    message=Words(
        "录入的户主“{name_found}”是本户其他成员，名册上的户主是“{roster_name}”",
        "recorded under {name_found}, a member of the household; on the roster {roster_name} is the head",
    ),
    fix=Fix("确已变更户主的，更新名册", "bring the roster up to date if the head has changed", "township"),
)
def head_changed(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The record's head is another current member of the household."""
    record, head = casefile.record, casefile.household.head
    person = _named(casefile, campaign)
    if person is None or person is head or not (head.is_head or head.row.head_name):
        return None
    by_number = compare_numbers(record.id_number, person.id_number) is Agreement.SAME
    cells = record.at("id_number") + person.at_number() if by_number else record.at("head_name") + _at_name(person)
    return Breach(cells, {"name_found": record.head_name or person.name, "roster_name": head.name})


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("identity", (number_invalid, number_differs, name_differs, number_shared, head_changed))]
