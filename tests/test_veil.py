"""What a rule that is not built in is shown of persons."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from housing_guarantee.engine import judge
from housing_guarantee.models import IdKind
from housing_guarantee.opening import load_campaign
from housing_guarantee.photos.places import Place as PhotoPlace
from housing_guarantee.photos.places import Stamp
from housing_guarantee.plugins import equipped
from housing_guarantee.reviews import Look, Review
from housing_guarantee.rule import WARNING, Breach, Fix, Topic, Words, rule
from housing_guarantee.runner import Silent, lay
from housing_guarantee.testing import answers_of, campaign, casefile, id_number, judged, survey
from housing_guarantee.testing.strategies import casefiles
from housing_guarantee.veil import Veil, names_in

NAME, NUMBER = "才让多杰", id_number(1)
KEY = b"of a workspace"
HOUSE = casefile(
    {"head_name": NAME, "id_number": NUMBER, "recorder": "王小明", "problems": f"{NAME}家屋顶漏水,电话13912345678"},
    {"head_name": NAME, "head_id_number": NUMBER, "phone": "13912345678"},
    photos=[{"name": f"{NAME}.jpg"}],
)
WHOLE = survey(HOUSE)
NAMES = ("head_name", "member_name", "recorder", "phone")
WORDS = Words("错{found}", "wrong {found}")
FIX = Fix("改", "correct")


def view(*sees: str, key: bytes = KEY) -> Any:
    """Show the house to a rule that sees these fields."""
    return Veil(sees, key, names_in(WHOLE)).over(HOUSE).view


def test_what_is_not_declared_is_a_token() -> None:
    """Name, number, telephone number and recorder cannot be read; in free text and file names they are masked."""
    row, record = view().household.rows[0], view().record
    shown = [
        row.head_name,
        record.head_name,
        row.phone,
        record.recorder,
        row.head_id_number.text,
        record.id_number.text,
    ]
    assert all("*" in text for text in shown)
    assert not any(secret in repr(shown) for secret in (NAME, NUMBER, "13912345678", "王小明"))
    assert record.problems == "才***家屋顶漏水,电话*******5678"
    assert view().photos[0].name == "才***.jpg"
    assert view().household.head.name == row.head_name


def test_what_is_declared_is_shown_in_every_record_and_cell() -> None:
    """A field's name stands for that field wherever it is; the others stay hidden."""
    seen = view("id_number", "head_name", "member_name")
    assert (seen.record.id_number.text, seen.record.head_name, seen.household.head.name) == (NUMBER, NAME, NAME)
    assert [cell.value for cell in seen.record.at("id_number", "head_name")] == [NUMBER, NAME]
    assert NUMBER not in seen.household.rows[0].head_id_number.text


def test_equal_texts_are_equal_tokens_under_one_key_and_blanks_stay_blank() -> None:
    """Who stands twice can be told; who it is cannot, and nothing can be tried out without the workspace's key."""
    one, other = view(), view()
    assert one == other
    assert one.record.head_name == one.household.rows[0].head_name
    assert one.record.id_number.core == one.household.rows[0].head_id_number.core
    assert one.record.id_number.kind is IdKind.RESIDENT
    assert view(key=b"another").record.head_name != one.record.head_name
    blank = Veil((), KEY, ()).over(casefile({"head_name": "", "id_number": ""})).view.record
    assert (blank.head_name, blank.id_number) == (None, None)


def test_what_is_no_persons_stays_as_it_is() -> None:
    """Household, place, grade and dates are what rules are about."""
    seen, true = view(), HOUSE
    assert (seen.household_id, seen.place, seen.record.grade) == (true.household_id, true.place, true.record.grade)
    assert (seen.record.verified_on, seen.record.appraised_on) == (true.record.verified_on, true.record.appraised_on)
    assert seen.given is true.given


def test_cells_of_answers_are_the_true_ones_again() -> None:
    """Of records, of photos and of what stands beside them; what a rule makes up itself stays as it is."""
    covered = Veil((), KEY, names_in(WHOLE)).over(HOUSE)
    seen, fields = covered.view, ("head_name", "id_number", "problems", "grade", "photos")
    assert covered.true(seen.record.at(*fields)) == HOUSE.record.at(*fields)
    assert covered.true(seen.household.head.at_number()) == HOUSE.household.head.at_number()
    assert covered.true(seen.photos[0].at("taken_at")) == HOUSE.photos[0].at("taken_at")


def test_who_looked_at_a_photo_is_hidden_and_so_is_where_its_bytes_lie() -> None:
    """What was seen stays, the cell is the true one again, and no rule is told of a file that it could open."""
    review = Review(HOUSE.household_id, "0" * 64, Look.PART, "李大山", "2020-06-12T10:00:00.000+08:00")
    lies = PhotoPlace("/照片", NAME, Stamp(1, 1, True))
    photo = evolve(HOUSE.photos[0], review=review, lies=lies)
    covered = Veil((), KEY, names_in(WHOLE)).over(evolve(HOUSE, photos=(photo,)))
    (seen,) = covered.view.photos
    assert (seen.look, seen.lies) == (Look.PART, None)
    assert "李大山".encode() not in covered.parcel.data
    assert covered.true(seen.reviewed()) == photo.reviewed()


def test_no_class_that_a_survey_is_made_of_passes_the_veil_unseen(demo_county: Path) -> None:
    """Of a whole county with photos, archives and systems: no number of anybody, and no name of three characters."""
    made = load_campaign(demo_county)
    survey, _ = lay(made, equipped(made), Silent())
    data = Veil((), KEY, names_in(survey)).over(evolve(survey, accounts=())).parcel.data
    people = [person for one in survey.casefiles for person in one.household.members]
    numbers = {person.id_number.text for person in people if person.id_number and person.id_number.core}
    names = {name for name in names_in(survey) if len(name) > 2}
    assert (len(numbers) > 500, len(names) > 100) == (True, True)
    assert [text for text in numbers | names if text.encode() in data] == []


@settings(max_examples=60, deadline=None)
@given(casefiles(), st.sampled_from([(), ("head_name",), ("recorder", "member_name")]))
def test_no_name_or_number_passes_the_veil_and_every_cell_comes_back(one: Any, sees: tuple[str, ...]) -> None:
    """Whatever offices type: no full name and no readable number is in what travels, and each cell is found again."""
    whole = survey(one)
    covered = Veil(sees, KEY, names_in(whole)).over(one)
    records = [*covered.view.household.rows, *covered.view.verifications]
    named = [getattr(record, field, None) for record in records for field in {*NAMES} - {*sees}]
    assert all(name.startswith("*") for name in named if name)
    numbers = [person.id_number for person in one.household.members if "member_id_number" not in sees]
    data = covered.parcel.data
    assert not [number.core for number in numbers if number and number.core and number.core.encode() in data]
    for true, seen in zip(one.verifications, covered.view.verifications, strict=True):
        names = tuple(true.origin.table.columns)
        assert repr(covered.true(seen.at(*names))) == repr(true.at(*names))


def hidden(casefile: Any) -> Breach:
    """Show a number that it does not say it needs."""
    return Breach(casefile.record.at("id_number"), {"found": casefile.record.id_number.text})


def shown(casefile: Any) -> Breach:
    """Show a number that it says it needs."""
    return Breach(casefile.record.at("id_number"), {"found": casefile.record.id_number.text})


MARKS: dict[str, Any] = {"clause": "X1", "severity": WARNING, "message": WORDS, "fix": FIX}
rule(**MARKS)(hidden)
rule(**MARKS, sees=("id_number",))(shown)


@pytest.mark.parametrize(("function", "is_shown"), [(hidden, False), (shown, True)])
def test_a_finding_points_at_the_true_cell_whatever_the_rule_saw(function: Any, is_shown: bool) -> None:
    """The rule's own words hold what it was shown, the cell is the clerk's; the kit shows what a run shows."""
    (finding,) = judged(Topic("own", (function,)), HOUSE).findings
    (breach,) = answers_of(function, HOUSE)
    assert [cell.value for cell in finding.cells] == [cell.value for cell in breach.cells] == [NUMBER]
    assert (finding.values["found"] == NUMBER, breach.values["found"] == NUMBER) == (is_shown, is_shown)


def test_a_built_in_rule_is_shown_everything() -> None:
    """The veil costs nothing where nobody is a stranger."""
    (finding,) = judge(WHOLE, Topic("own", (hidden,)).build(), campaign(), {}).findings
    assert finding.values["found"] == NUMBER
