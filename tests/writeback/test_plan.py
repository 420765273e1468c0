"""A plan's file: its owner's alone, sealed, and of one campaign."""

import json
from pathlib import Path

import pytest

import housing_guarantee as hg
from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import PlanError
from housing_guarantee.writeback.plan import Change, LeftOut, Part, Plan, Row, load_plan, same, save_plan

from .province import county

CHANGE = Change(
    "grade", "JDDJ", None, "A级", "provincial.field-differs", "G2", "verifications", "provincial.field-differs/1"
)
KEY = (Part("household_id", "HBH", "1"),)
ROW = Row("provincial", "provincial/retrieval", "provincial/retrieval", "T", None, "1", KEY, None, (CHANGE,))
PLAN = Plan("小县", "632525", (ROW,), (LeftOut("2", "index.csv", "grade", "archive.field-differs", "no-column"),))


@pytest.fixture
def campaign(tmp_path: Path) -> Campaign:
    """A county's campaign."""
    return hg.load_campaign(county(tmp_path, 1))


def refused(path: Path, campaign: Campaign) -> str:
    """Give the words with which a plan is refused."""
    with pytest.raises(PlanError) as error:
        load_plan(path, campaign)
    assert error.value.zh
    return str(error.value).removeprefix(f"{path}: ")


def test_a_plan_comes_back_as_it_was_saved(tmp_path: Path, campaign: Campaign) -> None:
    """With its seal, in a file that nobody else can read."""
    path = tmp_path / "a" / "plan.json"
    saved = save_plan(PLAN, path, campaign)
    assert load_plan(path, campaign) == saved
    assert (saved.rows, saved.left_out, len(saved.digest)) == (PLAN.rows, PLAN.left_out, 64)
    assert path.stat().st_mode & 0o777 == 0o600


def test_there_is_no_plan(tmp_path: Path, campaign: Campaign) -> None:
    """It is said how one is made; a file that is something else is no plan either."""
    path = tmp_path / "plan.json"
    assert refused(path, campaign) == "there is no plan; make one by push"
    path.write_text("[]")
    assert refused(path, campaign) == "it is no plan of push"
    path.write_text("{")
    assert refused(path, campaign) == "it cannot be read (JSONDecodeError)"


@pytest.mark.parametrize("edit", [("A级", "B级"), ('"T"', '"U"'), ('"1"', '"2"'), ("archive.", "photo.")])
def test_a_plan_that_was_edited_is_refused(edit: tuple[str, str], tmp_path: Path, campaign: Campaign) -> None:
    """Wherever it was, and also where its seal was made anew without the key."""
    path = tmp_path / "plan.json"
    save_plan(PLAN, path, campaign)
    path.write_text(path.read_text(encoding="utf-8").replace(*edit), encoding="utf-8")
    assert refused(path, campaign).startswith("it was changed since it was saved")


def test_a_plan_of_another_campaign_is_refused(tmp_path: Path, campaign: Campaign) -> None:
    """By its name, and by the key of its workspace where the name is the same."""
    path = tmp_path / "plan.json"
    save_plan(PLAN, path, campaign)
    (tmp_path / "other").mkdir()
    same_name = hg.load_campaign(county(tmp_path / "other", 1))
    assert refused(path, same_name).startswith("it was changed since it was saved, or was made in another workspace")
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "campaign": "大县"}), encoding="utf-8")
    assert refused(path, campaign) == "it is another campaign's plan"


def test_a_value_is_the_same_whatever_its_column_makes_of_it() -> None:
    """A number kept as text, a text padded to the column's width; a blank is nothing but a blank."""
    assert same(2017, "2017")
    assert same("A级  ", "A级")
    assert same(None, None)
    assert not same(None, "")
    assert not same("A级", "a级")


def test_nobody_stands_in_a_plans_words() -> None:
    """What is logged by accident holds no value."""
    assert "A级" not in repr(PLAN)
