"""Linkage against ledgers whose truth is known: who is cleared, who is offered, and whom the ledger's rules accuse."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.assemble import assemble
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.demo.damage import NAMES, NUMBERS, PLACES
from housing_guarantee.demo.noise import LEVELS, Level, Noisy, noisy
from housing_guarantee.linkage.match import LinkOptions, Match, Register, link
from housing_guarantee.linkage.traces import traces
from housing_guarantee.models import LedgerEntry
from housing_guarantee.rules import ledger
from housing_guarantee.source import Account, Source
from housing_guarantee.testing import ask, renovated, verification

SEEDS = (101, 102)
PROGRAMME = "农村危房改造"
CLEAN = Level({"exact": 1}, {"exact": 1}, {"exact": 1}, {"head": 1}, strangers=0)


@cache
def county(seed: int) -> Noisy:
    """Give a county's ledger, damaged as in life."""
    return noisy(seed, "realistic", households=1000)


# ------------------------------------------------------------------------------------------------ links


@pytest.mark.parametrize("seed", SEEDS)
def test_no_row_is_certain_of_a_wrong_household(seed: int) -> None:
    """A row that a number speaks for is cleared rightly, and never a stranger's."""
    data = county(seed)
    matches = link([row.entry for row in data.rows], data.households)
    wrong = [
        row.kinds for row, match in zip(data.rows, matches, strict=True)
        if match.certain and match.household_ids != (row.household_id,)
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("seed", SEEDS)
def test_most_rows_are_certain_and_the_rest_is_little_work(seed: int) -> None:
    """Of what can be linked nearly all is certain or offered, and few rows are sent to a person."""
    data = county(seed)
    counts: Counter[str] = Counter()
    for row, match in zip(data.rows, link([row.entry for row in data.rows], data.households), strict=True):
        counts["linkable"] += row.can_be_linked
        counts["reached"] += row.can_be_linked and row.household_id in match.household_ids
        counts["certain"] += row.can_be_linked and match.certain
        counts["sent"] += bool(match.household_ids) and not match.certain
    assert counts["reached"] >= 0.99 * counts["linkable"]
    assert counts["certain"] >= 0.86 * counts["linkable"]
    assert counts["sent"] <= 0.08 * len(data.rows)


def test_rows_without_a_number_are_certain_only_where_the_campaign_says_so() -> None:
    """By default a person confirms each; with the setting a name in its village may do."""
    data = county(101)
    rows = [row.entry for row in data.rows if row.kinds["number"] == "missing"]
    assert not any(match.certain for match in link(rows, data.households))
    settled = link(rows, data.households, options=LinkOptions(certain_without_number=True))
    assert sum(match.certain for match in settled) > len(rows) // 4


# ------------------------------------------------------------------------------------------------ kinds of damage


FIELDS = {"numbers": (NUMBERS, "written"), "names": (NAMES, "restyled"), "places": (PLACES, "former")}
KINDS = [(field, kind) for field, (damages, _) in FIELDS.items() for kind in damages if kind != "exact"]


@pytest.mark.parametrize(("field", "kind"), KINDS)
def test_one_damage_never_hides_a_household(field: str, kind: str) -> None:
    """A row that is damaged in one way, any way, is certainly its household's or offered as such."""
    _, always = FIELDS[field]  # what every value can have, for those that cannot have this kind
    shares: dict[str, Any] = {field: {always: 0.1} | {kind: 0.9}}
    data = noisy(5, evolve(CLEAN, **shares), households=300)
    matches = link([row.entry for row in data.rows], data.households)
    hidden = [
        row.typed for row, match in zip(data.rows, matches, strict=True) if row.household_id not in match.household_ids
    ]
    assert hidden == []


def test_every_kind_of_damage_is_in_the_realistic_level() -> None:
    """What the tables speak of is what the damage does."""
    level = LEVELS["realistic"]
    assert {*level.numbers} == {*NUMBERS} - {"shown"}
    assert ({*level.names}, {*level.places}) == ({*NAMES}, {*PLACES})


# ------------------------------------------------------------------------------------------------ the ledger's rules


@cache
def casefiles(seed: int) -> tuple[CaseFile, ...]:
    """Lay the county's case files, every household recorded as renovated in a year that the ledger covers."""
    data = county(seed)
    roster = [row for household in data.households for row in household.rows]
    records = [
        evolve(verification(**renovated()), household_id=household.household_id, place=household.place)
        for household in data.households
    ]
    source = Source("ledger", "excel", "ledger.xlsx", Path("ledger.xlsx"), constants={"programme": PROGRAMME})
    return assemble([*roster, *records, *(row.entry for row in data.rows)], [Account(source)]).casefiles


@pytest.mark.parametrize("seed", SEEDS)
def test_no_household_is_accused_whose_row_is_there(seed: int) -> None:
    """Under whatever damage, a household with a row in the ledger is proved, or the row is offered beside it."""
    truth: dict[str, list[bool]] = defaultdict(list)
    for row in county(seed).rows:
        if row.household_id:
            truth[row.household_id].append(row.can_be_linked)
    accused, unaccused = [], 0
    for casefile in casefiles(seed):
        missing = ask(ledger.entry_missing, casefile) is not None
        if any(truth.get(casefile.household_id, ())):
            accused += [casefile.household_id] if missing else []
        elif casefile.household_id not in truth:
            unaccused += not missing and not ask(ledger.match_uncertain, casefile)
    assert accused == []
    assert unaccused == 0


def test_a_household_whose_row_no_probability_leads_to_is_shown_it() -> None:
    """In counties of full size, some of whose rows were lost before: a short form of a common name, two damages."""
    lost, shown, rows = [], 0, 0
    for seed in (16, 30, 43, 57, 101, 105):
        data = noisy(seed)
        register = Register.of(data.households)
        matches = register.link([row.entry for row in data.rows])
        offered = {number: _numbers(own) for number, own in traces(matches, register).items()}
        led_to = {number for match in matches for number in match.household_ids}
        lost += [
            row.typed for row in data.rows
            if row.can_be_linked and row.household_id not in led_to
            and row.entry.file_no not in offered.get(str(row.household_id), ())
        ]  # fmt: skip
        sent = _numbers(match for match in matches if match.household_ids and not match.certain)
        shown += len(sent.union(*offered.values()))
        rows += len(data.rows)
    assert lost == []
    assert shown <= 0.082 * rows


def _numbers(matches: Iterable[Match[LedgerEntry]]) -> set[str | None]:
    return {match.record.file_no for match in matches}
