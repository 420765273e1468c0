"""What is asked of the provincial systems."""

from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.findings import State, Verdict
from housing_guarantee.models import BadRow, LedgerEntry, Origin, Place, ProvincialRecord, Table
from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import provincial as rules
from housing_guarantee.runner import check
from housing_guarantee.testimony import COMPARED
from housing_guarantee.testing import (
    HOUSEHOLD_ID,
    accommodated,
    ask,
    campaign,
    casefile,
    entry,
    household,
    id_number,
    in_system,
    photo,
    renovated,
)
from housing_guarantee.testing import PLACE as AT

PLACE: dict[str, Any] = {**AT}

RENOVATION: dict[str, Any] = {"system": "renovation", "household_id": None, "guarantee_type": None, "grade": None}


def survey(*casefiles: CaseFile, systems: tuple[str, ...] = ("retrieval",), **more: Any) -> Survey:
    """Build a survey for which these systems were given."""
    given = evolve(casefiles[0].given, systems=frozenset(systems), roles=casefiles[0].given.roles | {"provincial"})
    return Survey(tuple(evolve(one, given=given) for one in casefiles), given, **more)


def bad_row(role: str, household_id: str | None = None, **raw: Any) -> BadRow:
    """Make a row that could not be read."""
    table = Table("source", None, role, dict.fromkeys(raw), {})
    return BadRow(Origin(table, 3, raw), "grade", {}, household_id, Place())


# ------------------------------------------------------------------------------------------------ roster and retrieval


def test_a_household_that_the_retrieval_system_lacks() -> None:
    """It is said at the household's row of the roster."""
    subject = casefile()
    assert ask(rules.record_missing, survey(subject)) == [
        Breach(
            subject.household.rows[0].at("household_id"),
            {"role": "roster", "system": "retrieval"},
            household_id=HOUSEHOLD_ID,
            slot="retrieval",
        )
    ]


def test_a_row_that_may_be_the_households_own_is_not_missing() -> None:
    """Certain, a candidate, one that could not be read and bears the household's or a member's number."""
    bad = bad_row("provincial", HOUSEHOLD_ID)
    numbered = bad_row("provincial", id_number=id_number())
    assert ask(rules.record_missing, survey(casefile(provincial=[{}]))) == []
    assert ask(rules.record_missing, survey(casefile(provincial_candidates=[{}]))) == []
    assert ask(rules.record_missing, survey(casefile(bad_rows=[bad]), bad_rows=(bad,))) == []
    assert ask(rules.record_missing, survey(casefile(), bad_rows=(numbered,))) == []


def test_a_row_of_the_renovation_system_is_none_of_the_retrieval_system() -> None:
    """Each system is asked for by itself, and only where it was given."""
    subject = casefile(provincial=[RENOVATION])
    assert len(ask(rules.record_missing, survey(subject))) == 1
    assert ask(rules.record_missing, survey(subject, systems=())) == []


# ------------------------------------------------------------------------------------------------ ledger and renovation


def missing(*casefiles: CaseFile, **more: Any) -> list[tuple[str | None, int | None]]:
    """Give household and ledger row of everything that the renovation system lacks."""
    found = ask(rules.record_missing, survey(*casefiles, systems=("renovation",), **more))
    return [(one.household_id, one.cells[0].row) for one in found]


def test_a_ledger_row_that_the_renovation_system_lacks() -> None:
    """Of a household of the roster, and of one that is on no roster, which only a keyed hash names."""
    stranger = entry(row=9, id_number=id_number(9), head_name="扎西")
    made = survey(casefile(ledger=[{}]), systems=("renovation",), unlinked=(stranger,))
    of_household, of_nobody = ask(rules.record_missing, made)
    assert (of_household.household_id, of_household.slot) == (HOUSEHOLD_ID, "renovation/ledger.xls/2017-0031")
    assert of_household.values == {"role": "ledger", "system": "renovation"}
    assert of_nobody == Breach(
        stranger.at("head_name", "id_number"),
        {"role": "ledger", "system": "renovation"},
        place=Place(**PLACE),
        slot="renovation/ledger.xls/2017-0031",
        hidden=id_number(9),
    )


def test_a_ledger_row_is_found_by_household_by_number_or_by_name() -> None:
    """A name counts in its village, unless the numbers say that they are two persons."""
    row = {**RENOVATION, **PLACE}
    assert missing(casefile(ledger=[{}], provincial=[row])) == []
    assert missing(casefile(ledger=[{}], provincial_candidates=[row])) == []
    elsewhere = {"unlinked_provincial": (in_system(**{**row, "id_number": id_number(9)}),)}
    assert missing(casefile(), unlinked=(entry(id_number=id_number(9)),), **elsewhere) == []
    assert missing(casefile(candidates=[{"id_number": None}]), **elsewhere) == []
    assert missing(casefile(), unlinked=(entry(id_number=id_number(8)),), **elsewhere) == [(None, 3)]
    assert missing(casefile(), unlinked=(entry(id_number=None, village="沙拉村"),), **elsewhere) == [(None, 3)]


def test_a_row_that_could_not_be_read_is_not_missing() -> None:
    """Its number tells whose it is."""
    assert missing(casefile(ledger=[{}]), bad_rows=(bad_row("provincial", id_number=id_number()),)) == []


def test_only_what_the_system_is_for_is_asked_of_it() -> None:
    """Relocations are recorded elsewhere; a row of no known programme may be a renovation."""
    assert missing(casefile(ledger=[{"programme": "易地扶贫搬迁"}])) == []
    assert missing(casefile(ledger=[{"programme": None}])) == [(HOUSEHOLD_ID, 3)]


def test_a_row_that_a_person_gave_to_two_households_is_missing_once() -> None:
    """It is one row of the ledger."""
    row = entry()
    assert missing(casefile(ledger=[row]), casefile(household={"household_id": "2"}, ledger=[row])) == [
        (HOUSEHOLD_ID, 3)
    ]


# ------------------------------------------------------------------------------------------------ who is not expected


def unexpected(record: ProvincialRecord, *ledger: LedgerEntry, **more: Any) -> list[Breach]:
    """Ask about a row that is no household's of the roster."""
    subject = casefile(roles=more.pop("roles", ["ledger"]))
    made = survey(subject, unlinked_provincial=(record,), unlinked=ledger, **more)
    found: list[Breach] = ask(rules.record_unexpected, made)
    return found


def test_a_household_that_stands_nowhere_else() -> None:
    """By its household number, else by a keyed hash of its own."""
    record = in_system(household_id="19999999999", **PLACE)
    named: dict[str, Any] = {"household_id": "19999999999", "place": Place(**PLACE), "slot": "retrieval"}
    assert unexpected(record) == [Breach(record.at("household_id"), {"system": "retrieval"}, **named)]
    nobody = in_system(household_id=None, id_number=None, head_name="扎西", **PLACE)
    (breach,) = unexpected(nobody)
    assert (breach.cells, breach.household_id, breach.hidden) == (nobody.at("head_name"), None, "扎西")


def test_a_household_of_a_ledger_is_expected() -> None:
    """By its number, or by its name in the village; also where the ledger's row could not be read."""
    record = in_system(**{**RENOVATION, **PLACE, "id_number": id_number(9)})
    assert unexpected(record, entry(id_number=id_number(9))) == []
    assert unexpected(record, entry(id_number=None)) == []
    assert unexpected(record, bad_rows=(bad_row("ledger", id_number=id_number(9)),)) == []
    unread = evolve(bad_row("ledger", head_name="才让多杰"), place=Place(**PLACE))
    assert unexpected(record, bad_rows=(unread,)) == []
    assert len(unexpected(record, entry(id_number=id_number(8)))) == 1


def test_without_a_ledger_nothing_is_said_of_the_renovation_system() -> None:
    """It holds more households than the roster; the retrieval system does not."""
    assert unexpected(in_system(**RENOVATION), roles=[]) == []
    assert len(unexpected(in_system(household_id="1"), roles=[])) == 1


# ------------------------------------------------------------------------------------------------ fields


def differing(subject: CaseFile, **more: Any) -> dict[str, tuple[Any, Any, Any]]:
    """Give field → the system's value, the other one, and who is held right."""
    answers = ask(rules.field_differs, subject, campaign=campaign(**more))
    return {
        one.values["field"]: (one.values["provincial_value"], one.values["other_value"], one.values["right"])
        for one in answers
        if isinstance(one, Breach)
    }


def test_a_row_that_agrees_is_the_proof() -> None:
    """By what it says, be it only whose it is."""
    subject = casefile(provincial=[{}])
    record = subject.provincial[0].record
    assert ask(rules.field_differs, subject) == [Proof(record.at("id_number", "guarantee_type", "grade"))]
    bare = casefile(provincial=[{"lacking": COMPARED}])
    assert ask(rules.field_differs, bare) == [Proof(bare.provincial[0].record.at("household_id"))]


def test_a_difference_names_everything_that_a_correction_needs() -> None:
    """Both cells and values, who is held right, the row's own key and its version."""
    subject = casefile(provincial=[{"grade": "B"}])
    record = subject.provincial[0].record
    keyed = evolve(
        record, origin=evolve(record.origin, table=evolve(record.origin.table, row_key={"household_id": "HBH"}))
    )
    subject = evolve(subject, provincial=(evolve(subject.provincial[0], record=keyed),))
    values = {
        "system": "retrieval",
        "field": "grade",
        "provincial_value": "B",
        "role": "verifications",
        "other_value": "A",
        "right": "verifications",
        "row_key": f"HBH={HOUSEHOLD_ID}",
        "version": "7",
    }
    cells = keyed.at("grade") + subject.record.at("grade")
    assert ask(rules.field_differs, subject) == [Breach(cells, values, slot="retrieval/grade")]
    assert (cells[0].row, cells[0].row_key) == (None, f"HBH={HOUSEHOLD_ID}")


@pytest.mark.parametrize(
    ("record", "fields", "expected"),
    [
        ({}, {"guarantee_type": "保障安全"}, {"guarantee_type": ("保障安全", "鉴定安全", "verifications")}),
        (
            accommodated(),
            {"guarantee_type": "保障安全", "guarantee_detail": "公租房"},
            {"guarantee_detail": ("公租房", "投亲靠友", "verifications")},
        ),
        (
            accommodated(),
            {"guarantee_type": "保障安全", "guarantee_detail": "自有住房"},
            {"guarantee_detail": ("自有住房", "投亲靠友", "verifications")},
        ),
        (
            renovated(),
            {"guarantee_type": "改造安全", "programme": "水库移民", "policy_year": 2017},
            {"programme": ("水库移民", "农村危房改造", "verifications")},
        ),
    ],
)
def test_each_field_is_compared(record: Any, fields: Any, expected: Any) -> None:
    """In the campaign's own words, whatever words stand in the cells."""
    assert differing(casefile(record, provincial=[fields])) == expected


def test_a_year_is_compared_as_a_year() -> None:
    """With the ledger's where there is one."""
    row = {"guarantee_type": "改造安全", "programme": "危改"}
    assert list(differing(casefile(renovated(), provincial=[{**row, "policy_year": "2018"}]))) == ["policy_year"]
    assert differing(casefile(renovated(), provincial=[{**row, "policy_year": "2017年6月"}])) == {}
    told = differing(casefile(renovated(), ledger=[{}], provincial=[{**row, "policy_year": "2015"}]))
    assert [right for _, _, right in told.values()] == ["ledger"]


def test_a_number_of_nobody_in_the_household_differs() -> None:
    """Of somebody else, none at all, damaged, or wrong: the roster's is held right; another member's is no fault."""
    spouse = {"member_name": "卓玛", "member_id_number": id_number(2), "relation": "配偶"}
    for typed in (id_number(9), id_number()[:17] + "*", None, 6.32525196501010e17, "123"):
        subject = casefile(provincial=[{"id_number": typed}])
        assert list(differing(subject)) == (["id_number"] if typed != id_number()[:17] + "*" else []), typed
    both = casefile(provincial=[{"id_number": id_number(2)}])
    assert differing(evolve(both, household=household(spouse))) == {}


def test_a_blank_is_a_fault_where_the_type_asks_for_it() -> None:
    """Grade, programme and year, or method; and nothing where the types differ: one cause, one finding."""
    blank = {"grade": None, "programme": None, "policy_year": None, "guarantee_detail": None}
    assert list(differing(casefile(provincial=[blank]))) == ["grade"]
    row = {**blank, "guarantee_type": "改造安全"}
    assert list(differing(casefile(renovated(), provincial=[row]))) == ["programme", "policy_year"]
    assert list(differing(casefile(provincial=[row]))) == ["guarantee_type"]
    assert list(differing(casefile(accommodated(), provincial=[{**blank, "guarantee_type": "保障安全"}]))) == [
        "guarantee_detail"
    ]


def test_the_most_trusted_source_is_named_and_the_campaign_may_trust_the_system() -> None:
    """Its precedence says who is held right; what it does not name comes in the usual order."""
    subject = casefile(provincial=[{"grade": "B"}], appraisals=[{}])
    assert differing(subject) == {"grade": ("B", "A", "appraisals")}
    assert differing(subject, precedence={"grade": ("verifications",)}) == {"grade": ("B", "A", "verifications")}
    assert differing(subject, precedence={"grade": ("provincial",)}) == {"grade": ("B", "A", "retrieval")}


def test_a_row_that_agrees_with_one_of_two_that_differ_is_not_at_fault() -> None:
    """That record and list differ is said already."""
    assert differing(casefile({"grade": "B"}, appraisals=[{}], provincial=[{"grade": "B"}])) == {}


def test_the_grade_of_before_the_works_contradicts_nothing() -> None:
    """A grade is compared where the house was appraised safe."""
    row = {"guarantee_type": "改造安全", "programme": "危改", "policy_year": 2017, "grade": "D"}
    assert differing(casefile(renovated(grade="A"), provincial=[row])) == {}


def test_of_two_renovations_the_one_that_agrees_counts() -> None:
    """A house may have been renovated before, and the system keeps both; each row of the other system is judged."""
    old = {**RENOVATION, "programme": "危改", "policy_year": 2010}
    new = {**old, "policy_year": 2017}
    assert differing(casefile(renovated(), ledger=[{}], provincial=[old, new])) == {}
    assert list(differing(casefile(renovated(), ledger=[{}], provincial=[old]))) == ["policy_year"]
    assert list(differing(casefile(provincial=[{}, {"grade": "B"}]))) == ["grade"]


# ------------------------------------------------------------------------------------------------ front photos


def test_a_household_without_a_front_photo() -> None:
    """None is named; where the table has no such column nobody can say."""
    subject = casefile(provincial=[{"front_photo": None}])
    record = subject.provincial[0].record
    assert ask(rules.photo_missing, subject) == [Breach(record.at("front_photo"), {"reason": "photo-not-named"})]
    assert ask(rules.photo_missing, casefile(provincial=[{}])) == []
    assert ask(rules.photo_missing, casefile(provincial=[{"lacking": ["front_photo"]}])) == []
    assert ask(rules.photo_missing, casefile(provincial=[{**RENOVATION, "front_photo": None}])) == []


def test_a_front_photo_that_is_named_and_not_there() -> None:
    """Where the files were given."""
    lost = photo(slot="provincial1", system="provincial", missing=True)
    subject = casefile(provincial=[{}], front_photos=[lost])
    assert ask(rules.photo_missing, subject) == [Breach(lost.cells, {"reason": "file-not-found"}, slot="provincial1")]


# ------------------------------------------------------------------------------------------------ the verdict


def test_the_requirement_is_advice() -> None:
    """It is met or unmet, and no verdict rests on it; without the retrieval system it does not apply."""

    def state(subject: CaseFile) -> tuple[State, Verdict]:
        (household,) = check([subject], campaign()).households
        found = next(one.state for one in household.requirements if one.requirement.name == "provincial")
        return found, household.verdict

    record = {"lacking": ["photos"]}
    assert state(casefile(record, provincial=[{}])) == (State.MET, Verdict.PROVED)
    assert state(casefile(record, provincial=[{"grade": "B"}])) == (State.UNMET, Verdict.PROVED)
    assert state(casefile(record, roles=["provincial"])) == (State.UNMET, Verdict.PROVED)
    assert state(casefile(record, provincial=[{"front_photo": None}])) == (State.UNMET, Verdict.PROVED)
    only = casefile(record, provincial=[RENOVATION], systems=["renovation"])
    assert state(only) == (State.NOT_APPLICABLE, Verdict.PROVED)
    assert state(casefile(record, roles=["provincial"], broken=["provincial"]))[0] is State.COULD_NOT_CHECK
