"""Each decision is taken, or refused for a reason that is said."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from housing_guarantee.campaign import LOCAL
from housing_guarantee.errors import SourceError
from housing_guarantee.review.decisions import KIND, Decisions, is_decisions, read_decisions, seal_of
from housing_guarantee.review.taking import Why, decide
from housing_guarantee.reviews import Look, Review

CAMPAIGN = "0123456789abcdef"
PHOTO, OTHER = "a" * 64, "b" * 64
PHOTOS = {"10000000001": frozenset({PHOTO, OTHER}), "10000000002": frozenset({PHOTO})}
NOW = datetime(2020, 6, 14, 12, tzinfo=LOCAL)
AT = "2020-06-14T09:00:00.000+08:00"
Row = tuple[str, str, str, str, str]


def row(household: str = "10000000001", photo: str = PHOTO, look: str = "whole-front", at: str = AT) -> Row:
    """Give a decision as the page writes it."""
    return household, photo, look, at, "审看人甲"


def content(*rows: Row, campaign: str = CAMPAIGN, **changed: Any) -> dict[str, Any]:
    """Give the content of a file as the page saves it."""
    names = ("household_id", "photo", "decision", "at", "reviewer")
    decisions = [dict(zip(names, one, strict=True)) for one in rows]
    seal = seal_of(campaign, rows)
    return {"kind": KIND, "schema": 1, "campaign": campaign, "seal": seal, "decisions": decisions, **changed}


def saved(folder: Path, data: object, name: str = "decisions.json") -> Decisions:
    """Save a file and read it."""
    (folder / name).write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return read_decisions(folder / name)


def outcomes(*files: Decisions, earlier: tuple[Review, ...] = ()) -> list[Why]:
    """Say what becomes of each decision."""
    return [one.why for one in decide(files, PHOTOS, earlier, campaign=CAMPAIGN, now=NOW)]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (row(), Why.TAKEN),
        (row("10000000009"), Why.UNKNOWN_HOUSEHOLD),
        (row("10000000002", OTHER), Why.UNKNOWN_PHOTO),
        (row(look="fine"), Why.UNKNOWN_WORD),
        ((*row()[:4], " \u200b "), Why.NO_REVIEWER),
        (row(at="yesterday"), Why.BAD_TIME),
        (row(at="2020-06-14T09:00:00"), Why.BAD_TIME),
        (row(at=(NOW + timedelta(days=2)).isoformat()), Why.BAD_TIME),
    ],
    ids=["good", "household", "photo", "word", "reviewer", "no moment", "no zone", "ahead"],
)
def test_a_decision_that_cannot_be_taken_says_why(tmp_path: Path, one: Row, why: Why) -> None:
    """One that is refused keeps no other from being taken."""
    assert outcomes(saved(tmp_path, content(one, row(photo=OTHER)))) == [why, Why.TAKEN]


def test_a_file_that_was_altered_or_is_another_campaign_s_is_refused_whole(tmp_path: Path) -> None:
    """A word changed by hand, a row taken out, and the file of a neighbour county."""
    good = content(row(), row(photo=OTHER))
    changed = {**good, "decisions": [{**good["decisions"][0], "decision": "unclear"}, good["decisions"][1]]}
    cut = {**good, "decisions": good["decisions"][:1]}

    assert outcomes(saved(tmp_path, changed)) == [Why.ALTERED, Why.ALTERED]
    assert outcomes(saved(tmp_path, cut)) == [Why.ALTERED]
    assert outcomes(saved(tmp_path, content(row(), campaign="f" * 16))) == [Why.OTHER_CAMPAIGN]


def test_a_decision_is_taken_once_however_often_it_is_fed(tmp_path: Path) -> None:
    """The same file again, or twice in one command, changes nothing."""
    file = saved(tmp_path, content(row()))
    (first,) = decide([file], PHOTOS, (), campaign=CAMPAIGN, now=NOW)
    assert first.review

    assert outcomes(file, file) == [Why.TAKEN, Why.UNCHANGED]
    assert outcomes(file, earlier=(first.review,)) == [Why.UNCHANGED]


def test_of_two_decisions_on_one_photo_the_later_holds(tmp_path: Path) -> None:
    """Whichever file is fed first; and two that differ at one moment are a conflict that a person must settle."""
    early = saved(tmp_path, content(row()), "early.json")
    late = saved(tmp_path, content(row(look="not-whole", at="2020-06-14T10:00:00.000+08:00")), "late.json")
    same = saved(tmp_path, content(row(look="unclear")), "same.json")

    assert outcomes(early, late) == [Why.EARLIER, Why.TAKEN]
    assert outcomes(late, early) == [Why.TAKEN, Why.EARLIER]
    assert outcomes(early, same) == [Why.TAKEN, Why.CONFLICT]


def test_a_moment_is_kept_in_local_time(tmp_path: Path) -> None:
    """Texts then sort as moments do, whatever zone the reviewer's computer is in."""
    (one,) = decide(
        [saved(tmp_path, content(row(at="2020-06-14T01:00:00.000+00:00")))], PHOTOS, (), campaign=CAMPAIGN, now=NOW
    )

    assert one.review == Review("10000000001", PHOTO, Look.WHOLE, "审看人甲", AT)


@pytest.mark.parametrize(
    "data",
    [[], {}, {"kind": KIND}, {"kind": "other", "decisions": []}, content(row(), schema=2)],
    ids=["list", "empty", "no decisions", "other kind", "later schema"],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, data: object) -> None:
    """It was typed beside the lists by mistake."""
    with pytest.raises(SourceError, match=r"decisions\.json"):
        saved(tmp_path, data)


@pytest.mark.parametrize("text", ["{", '{"a": ' * 90_000, "\ufeff{}", '{"kind": 1e999}'])
def test_damaged_files_are_refused_and_told_from_workbooks(tmp_path: Path, text: str) -> None:
    """Whatever stands behind the first brace, the reader ends with a reason."""
    path = tmp_path / "decisions.json"
    path.write_text(text, encoding="utf-8")

    assert is_decisions(path)
    with pytest.raises(SourceError):
        read_decisions(path)


@pytest.mark.parametrize("bad", [None, 3, "x", {}, {"household_id": 1}, {**content(row())["decisions"][0], "more": ""}])
def test_a_row_that_is_no_decision_breaks_the_seal(tmp_path: Path, bad: object) -> None:
    """The page writes no such row, so the file is not as it saved it."""
    data = content(row())
    assert outcomes(saved(tmp_path, {**data, "decisions": [*data["decisions"], bad]})) == [Why.ALTERED, Why.ALTERED]
