"""What else the kit makes: strange case files, photos, workbooks, a county; and that it costs nobody anything."""

import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from housing_guarantee import testing
from housing_guarantee.campaign import PluginChoice, load_campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import to_id_number
from housing_guarantee.engine import judge
from housing_guarantee.models import IdKind
from housing_guarantee.photos.facts import read_photo
from housing_guarantee.plugins import Equipment, equip, settings_for
from housing_guarantee.runner import run
from housing_guarantee.testing import campaign, photo_file, survey, xlsx
from housing_guarantee.testing.strategies import casefiles, cells, households, id_numbers

# ------------------------------------------------------------------------------------------------ strange things


@pytest.fixture(scope="module")
def built_in() -> Equipment:
    """The built-in rules alone."""
    return equip(choice=PluginChoice(use=()))


def test_no_case_file_is_too_strange_for_a_built_in_rule(built_in: Equipment) -> None:
    """What is asked of plugins holds of our own; and half of all rules find something in a few strange case files."""
    codes: Counter[str] = Counter()
    own = settings_for(built_in, campaign())

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(casefiles(), casefiles("10000000002"))
    def look(one: CaseFile, other: CaseFile) -> None:
        outcome = judge(survey(one, other), built_in.rules, campaign(), own)
        assert [(rule.rule.code, rule.error) for rule in outcome.rules if rule.error] == []
        codes.update(finding.code for finding in outcome.findings)

    look()
    assert len(codes) > 25


def drawn(strategy: st.SearchStrategy[Any], examples: int = 300) -> list[Any]:
    """Draw from a strategy, always the same."""
    found = []

    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(strategy)
    def keep(one: Any) -> None:
        found.append(one)

    keep()
    return found


def test_identity_numbers_come_in_every_state() -> None:
    """Whole, of fifteen digits, of a disability card, masked, damaged, wrong, and none."""
    numbers = [to_id_number(cell) for cell in drawn(id_numbers())]
    assert {number.kind for number in numbers if number} == set(IdKind)
    assert None in numbers


def test_cells_and_households_are_of_many_kinds() -> None:
    """Errors of a spreadsheet and NaN; households of several persons, and without a name."""
    strange = {repr(cell) for cell in drawn(cells())}
    assert {"CellError(code='#REF!')", "None", "nan"} <= strange
    people = drawn(households(), 60)
    assert {len(household.members) > 1 for household in people} == {True, False}
    assert {household.head.name is None for household in people} == {True, False}


# ------------------------------------------------------------------------------------------------ files


def test_a_photo_is_read_as_it_was_taken() -> None:
    """Position, clock and phone are found by the package's own reader."""
    taken = datetime(2020, 6, 12, 9, 5, 7)  # noqa: DTZ001 - a camera's clock
    facts = read_photo(photo_file(taken=taken, position=(35.25, 100.875), phone=("Xiaomi", "Mi 9"), software="x"))
    assert facts.position
    assert (facts.gps, facts.position.latitude, facts.position.longitude) == ("ok", 35.25, 100.875)
    assert (facts.taken_at, facts.offset) == (taken, "+08:00")
    assert facts.gps_time == datetime(2020, 6, 12, 1, 5, 7, tzinfo=UTC)
    assert (facts.make, facts.model, facts.software) == ("Xiaomi", "Mi 9", "x")


def test_a_photo_may_lack_what_phones_note() -> None:
    """GPS was off, and the clock was never set."""
    facts = read_photo(photo_file(position=None, taken=None))
    assert (facts.gps, facts.taken_at) == ("absent", None)
    assert read_photo(photo_file(position=(-35.5, -100.5), taken=None)).gps == "ok"


def test_a_workbook_is_what_an_office_program_reads() -> None:
    """Sheets by name, cells by kind."""
    book = openpyxl.load_workbook(BytesIO(xlsx({"名册": [["户编号", "面积"], ["1", 60]]})))
    assert [list(row) for row in book["名册"].iter_rows(values_only=True)] == [["户编号", "面积"], ["1", 60]]


def test_the_county_is_there_to_be_checked(demo_county: Path) -> None:
    """The fixture of the pytest plugin gives a campaign that runs."""
    result = run(load_campaign(demo_county))
    assert len(result.households) == 320
    assert len({finding.code for finding in result.findings}) > 50


# ------------------------------------------------------------------------------------------------ costs nothing


def test_other_peoples_tests_pay_nothing() -> None:
    """Where pytest loads the kit's plugin, that imports two empty faces and nothing more."""
    code = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import housing_guarantee.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    assert done.stdout.split() == [
        "housing_guarantee",
        "housing_guarantee.testing",
        "housing_guarantee.testing.plugin",
    ]


def test_the_kit_needs_neither_pytest_nor_hypothesis_for_its_factories() -> None:
    """Only the strategies and the conformance suite do."""
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['hypothesis'] = None\n"
        "from housing_guarantee.testing import assert_breaches, casefile, photo_file, xlsx\n"
        "casefile(); photo_file()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_the_face_gives_what_it_lists() -> None:
    """Every name, and no other."""
    assert [name for name in testing.__all__ if getattr(testing, name, None) is None] == []
    assert sorted(testing.__all__) == dir(testing)
    with pytest.raises(AttributeError, match="has no attribute 'casefil'"):
        _ = testing.casefil
