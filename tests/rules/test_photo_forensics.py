"""What photos tell of visits that nobody made."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.demo.drawing import LOOKS, draw_front
from housing_guarantee.engine import Outcome, judge
from housing_guarantee.findings import Finding
from housing_guarantee.models import Position
from housing_guarantee.photos.picture import Picture
from housing_guarantee.reviews import Look, Review
from housing_guarantee.rule import Topic
from housing_guarantee.rules import photo_forensics as rules
from housing_guarantee.testing import campaign, casefile, household, photo, verification
from tests.photos.test_picture import looked

SETTINGS = rules.Settings()
HERE = Position(35.5, 100.5)
NORTH_KM = 1 / 111.195  # degrees of latitude to a kilometre
TAKEN = datetime(2020, 6, 11, 10, 30)  # noqa: DTZ001 - a camera's clock


@cache
def seen(scene: int, look: str = "whole") -> Picture:
    """Look at a drawn picture, at what became of it."""
    return looked(LOOKS[look](draw_front(Random(scene), (640, 480)), Random(scene)))


def house(
    number: int,
    *photos: dict[str, Any],
    fronts: Sequence[dict[str, Any]] = (),
    archived: Sequence[dict[str, Any]] = (),
    record: dict[str, Any] | None = None,
    **roster: Any,
) -> CaseFile:
    """Make the case file of a household with photos of the app, of the provincial system, and of its archive."""
    household_id = f"{10_000_000_000 + number}"
    made = verification(household_id=household_id, **(record or {}))
    systems = {"photo": ("app", photos), "provincial": ("provincial", fronts), "archive": ("archive", archived)}
    own = {
        system: tuple(
            photo(made, f"{slot}{at}", system, **{"digest": f"{number}{slot}{at}", "picture": seen(number), **facts})
            for at, facts in enumerate(given, 1)
        )
        for slot, (system, given) in systems.items()
    }
    plain = casefile(made, household(household_id=household_id, **roster), roles=["photos", "archive"])
    return evolve(plain, photos=own["app"], front_photos=own["provincial"], archive_photos=own["archive"])


def judged(*casefiles: CaseFile, settings: rules.Settings = SETTINGS) -> Outcome:
    """Ask the topic's rules."""
    topic: Topic = rules.register_rules()[0]
    given = casefiles[0].given
    return judge(Survey(casefiles, given), topic.build(), campaign(), {"photo-forensics": settings})


def findings(*casefiles: CaseFile, **more: Any) -> list[Finding]:
    """Give what the topic finds."""
    return list(judged(*casefiles, **more).findings)


def said(found: Iterable[Finding], *values: str) -> list[tuple[Any, ...]]:
    """Give the rule, the household's last digits, and some values of each finding."""
    return sorted(
        (f.code.partition(".")[2], int(str(f.household_id)[-3:]), *(f.values.get(name) for name in values))
        for f in found
    )


def numbers(*households: int) -> tuple[str, ...]:
    """Give the numbers of households."""
    return tuple(f"{10_000_000_000 + one}" for one in households)


# ------------------------------------------------------------------------------------------------ one picture for two


def test_one_file_for_two_households_is_said_of_each() -> None:
    """Each names the others, and the finding shows both files; the same picture is not said a second time."""
    same = {"digest": "a" * 64, "picture": seen(1)}
    found = findings(house(1, same), house(2, same), house(3, {}), house(4, same))

    assert said(found, "others") == [
        ("shared-file", 1, numbers(2, 4)),
        ("shared-file", 2, numbers(1, 4)),
        ("shared-file", 4, numbers(1, 2)),
    ]
    assert {f.effect for f in found} == {"contradicted"}
    assert [len(f.cells) for f in found] == [3, 3, 3]


def test_one_file_twice_in_one_household_is_no_breach() -> None:
    """The app and the provincial system may show the same front, and a record may name it twice."""
    same = {"digest": "a" * 64}

    assert findings(house(1, same, same, fronts=[same])) == []


def test_a_file_that_could_not_be_read_whole_is_nobody_s() -> None:
    """Without its bytes nothing is known of it."""
    lost = {"digest": "", "gps": "unreadable", "picture": None}

    assert findings(house(1, lost), house(2, lost)) == []


@pytest.mark.parametrize("problem", ["empty", "not an image"])
def test_what_a_failed_upload_leaves_is_nobody_s_photo(problem: str) -> None:
    """The same words in place of two photos are no photo that two share, nor one out of an archive."""
    failed = {"digest": "a" * 64, "gps": "unreadable", "problem": problem, "picture": None}

    assert findings(house(1, failed, archived=[failed]), house(2, {}, fronts=[failed])) == []


def test_a_file_of_the_provincial_system_is_said_where_it_stands() -> None:
    """Under R3, with its own slot, beside the app's."""
    same = {"digest": "a" * 64, "picture": seen(1)}
    found = findings(house(1, same), house(2, {}, fronts=[same]))

    assert said(found, "system") == [("shared-file", 1, "app"), ("shared-file", 2, "provincial")]
    assert [(f.clause, f.key.split("/")[2].partition("#")[0]) for f in found] == [
        ("V0", "photo1"),
        ("R3", "provincial1"),
    ]


def test_one_picture_for_two_households_is_said_of_each() -> None:
    """However it was cut; those of other pictures are left in peace."""
    found = findings(house(1, {}), house(2, {"picture": seen(1, "cropped")}), house(3, {}))

    assert said(found, "others") == [("near-duplicate", 1, numbers(2)), ("near-duplicate", 2, numbers(1))]


def test_one_cause_is_one_finding() -> None:
    """Files of the same bytes are not near-duplicates too, but a third picture is one of both."""
    same = {"digest": "a" * 64, "picture": seen(1)}
    found = findings(house(1, same), house(2, same), house(3, {"picture": seen(1, "cropped")}))

    assert said(found, "others") == [
        ("near-duplicate", 1, numbers(3)),
        ("near-duplicate", 2, numbers(3)),
        ("near-duplicate", 3, numbers(1, 2)),
        ("shared-file", 1, numbers(2)),
        ("shared-file", 2, numbers(1)),
    ]


def test_the_key_of_a_finding_stays_when_others_join() -> None:
    """A third household with the picture makes no new findings of the first two."""
    two = [house(1, {}), house(2, {"picture": seen(1, "cropped")})]
    before = {f.key for f in findings(*two)}
    after = {f.key for f in findings(*two, house(3, {"picture": seen(1, "cropped"), "digest": "c"}))}

    assert before < after


def test_a_picture_that_was_not_decoded_clears_nobody() -> None:
    """Every rule that must see it could not check the household; a file that cannot be read is said elsewhere."""
    unseen, unreadable = {"picture": None}, {"picture": None, "gps": "unreadable"}
    results = {
        h.household_id: h.unjudged for h in judged(house(1, unseen), house(2, unreadable), house(3, {})).households
    }

    must_see = {"near-duplicate", "copied-from-archive", "looks-rephotographed", "not-whole-front", "blurred"}
    assert {code.partition(".")[2] for code in results[numbers(1)[0]]} == must_see
    assert results[numbers(2)[0]] == results[numbers(3)[0]] == {}


# ------------------------------------------------------------------------------------------------ from the archive


def test_a_front_photo_out_of_the_own_archive_is_said() -> None:
    """The same bytes or the same picture; another household's archive is none of it."""
    found = findings(
        house(1, {"digest": "a"}, archived=[{"digest": "a", "picture": None, "name": "旧照.jpg"}]),
        house(2, {}, archived=[{"picture": seen(2, "cropped")}]),
        house(3, {}, archived=[{"picture": seen(4)}]),
        house(4, {"picture": seen(5)}, fronts=[{"picture": seen(6)}], archived=[{"picture": seen(6, "cropped")}]),
    )

    assert said(found, "system") == [
        ("copied-from-archive", 1, "app"),
        ("copied-from-archive", 2, "app"),
        ("copied-from-archive", 4, "provincial"),
    ]
    assert found[0].values["archive_photo"] == "旧照.jpg"
    assert {(f.clause, f.effect) for f in found} == {("R3", "contradicted")}


# ------------------------------------------------------------------------------------------------ where the phone was


def at(km_north: float = 0.0, minutes: float = 0.0, **more: Any) -> dict[str, Any]:
    """Give the facts of a photo by place and time."""
    position = Position(HERE.latitude + km_north * NORTH_KM, HERE.longitude)
    taken = TAKEN + timedelta(minutes=minutes)
    return {"gps": "ok", "position": position, "taken_at": taken, "make": "HUAWEI", "model": "JEF-AN00", **more}


def test_five_households_from_one_spot_are_said() -> None:
    """Within twenty metres and a quarter of an hour; four are not too many."""
    crowd = [house(n, at(0.004 * n, 3 * n)) for n in range(5)]

    assert said(findings(*crowd), "count", "others") == [
        ("one-spot", n, 5, tuple(o for o in numbers(0, 1, 2, 3, 4) if o != numbers(n)[0])) for n in range(5)
    ]
    assert findings(*crowd[:4]) == []


@pytest.mark.parametrize("facts", [[at(0.03 * n, 3 * n) for n in range(5)], [at(0.001 * n, 16 * n) for n in range(5)]])
def test_a_walk_along_a_row_is_no_spot(facts: list[dict[str, Any]]) -> None:
    """Neither houses thirty metres apart nor visits of a quarter of an hour."""
    assert findings(*(house(n, one) for n, one in enumerate(facts))) == []


def test_a_resettlement_site_is_no_spot() -> None:
    """Households that were moved live side by side, whether the roster says so or the record."""
    moved = [house(n, at(0, n), relocated="是") for n in range(3)]
    route = {"guarantee_type": "改造安全", "programme": "易地扶贫搬迁", "policy_year": "2018"}
    moved += [house(n, at(0, n), record=route) for n in range(3, 7)]

    assert findings(*moved) == []


def test_spots_that_share_a_photo_are_one() -> None:
    """Whoever stands in one place for an hour makes one crowd of all."""
    crowd = [house(n, at(0, 3 * n)) for n in range(12)]

    assert {f.values["count"] for f in findings(*crowd)} == {12}


def test_one_phone_in_two_places_is_said_of_both_photos() -> None:
    """Ten kilometres in two minutes; each names the other."""
    found = findings(house(1, at()), house(2, at(10, 2)), house(3, at(10, 40)))

    assert said(found, "others", "distance_km", "minutes") == [
        ("impossible-travel", 1, numbers(2), 10.0, 2.0),
        ("impossible-travel", 2, numbers(1), 10.0, 2.0),
    ]


def test_one_moment_in_two_places_is_impossible() -> None:
    """No time at all is no division by zero."""
    assert said(findings(house(1, at()), house(2, at(3))), "minutes") == [
        ("impossible-travel", 1, 0.0),
        ("impossible-travel", 2, 0.0),
    ]


@pytest.mark.parametrize(
    "other",
    [
        at(0.9, 0),  # under a kilometre positions and clocks err
        at(10, 6),  # a hundred an hour
        at(10, 2, make="Xiaomi"),  # another phone
        at(10, 2, serial="B"),
        at(10, 2, make=None, model=None),  # no phone at all
        at(1.05, 0, error_m=60.0),  # the phone says that it may be off
        at(10, 2, taken_at=datetime(2000, 1, 1)),  # noqa: DTZ001 - a clock that was set back
        at(10, 2, gps="absent", position=None),
    ],
)
def test_what_may_be_two_phones_or_one_way_is_not_said(other: dict[str, Any]) -> None:
    """Whatever leaves a way out is left in peace."""
    assert findings(house(1, at()), house(2, other)) == []


def test_of_two_clocks_the_kinder_counts() -> None:
    """The satellites' clock shows that the camera's was wrong."""
    utc = datetime(2020, 6, 11, 2, 30, tzinfo=UTC)
    one, other = at(gps_time=utc), at(10, 2, gps_time=utc + timedelta(hours=1))

    assert findings(house(1, one), house(2, other)) == []


def test_another_recorder_has_another_phone() -> None:
    """Two recorders may have phones of one model."""
    assert findings(house(1, at()), house(2, at(10, 2), record={"recorder": "李措毛"})) == []


# ------------------------------------------------------------------------------------------------ what is to be seen


@pytest.mark.parametrize(
    ("look", "code", "reason"),
    [
        ("paper", "looks-rephotographed", "paper-border"),
        ("screen", "looks-rephotographed", "moire"),
        ("small", "not-whole-front", "too-small"),
        ("strip", "not-whole-front", "strip"),
        ("wall", "not-whole-front", "close-up"),
        ("out of focus", "blurred", "blurred"),
        ("dark", "blurred", "dark"),
    ],
)
def test_what_a_picture_looks_like_is_a_warning_with_a_score(look: str, code: str, reason: str) -> None:
    """A suspicion for a person to look at; it changes no verdict."""
    (found,) = findings(house(1, {"picture": seen(7, look)}))

    assert said([found], "reason") == [(code, 1, reason)]
    assert (found.severity, found.effect) == ("WARNING", None)
    assert isinstance(found.values["score"], (int, float))


def test_limits_are_settings() -> None:
    """A county that holds 1,000 pixels for too few says so."""
    settings = rules.Settings(least_side=1000)

    assert said(findings(house(1, {}), settings=settings), "score") == [("not-whole-front", 1, 640)]


@pytest.mark.parametrize("software", ["Adobe Photoshop CC 2019 (Windows)", "GIMP 2.10.8", "美图秀秀", "Meitu 8.7"])
def test_a_program_that_edits_pictures_is_named(software: str) -> None:
    """Whatever its version and case."""
    assert said(findings(house(1, {"software": software})), "software") == [("edited", 1, software)]


@pytest.mark.parametrize("software", [None, "JEF-AN00 10.1.0.160(C00E160R8P3)", "13.4.1", "MIUI V11"])
def test_a_phone_s_firmware_is_no_editing(software: str | None) -> None:
    """Phones name themselves in the same tag."""
    assert findings(house(1, {"software": software})) == []


def test_the_rules_of_pictures_need_photos() -> None:
    """Where no photos were given they are not applicable, and say so."""
    bare = casefile()
    outcome = judge(Survey((bare,), bare.given), rules.register_rules()[0].build(), campaign(), {})

    assert {account.not_applicable for account in outcome.rules} == {"photos"}


# ------------------------------------------------------------------------------------------------ what a person saw


def reviewed(look: Look, scene: str = "whole") -> CaseFile:
    """Make the case file of a household whose one photo a person has looked at."""
    one = house(1, {"picture": seen(1, scene), "digest": "d" * 64})
    review = Review("10000000001", "d" * 64, look, "审看人甲", "2020-06-14T09:00:00.000+08:00")
    return evolve(one, photos=tuple(evolve(evidence, review=review) for evidence in one.photos))


@pytest.mark.parametrize(
    ("look", "code"),
    [(Look.REPHOTOGRAPHED, "looks-rephotographed"), (Look.PART, "not-whole-front"), (Look.UNCLEAR, "blurred")],
)
def test_what_a_person_saw_is_said_with_who_saw_it_and_when(look: Look, code: str) -> None:
    """Whatever the pixels look like."""
    (found,) = findings(reviewed(look))

    assert found.code == f"photo-forensics.{code}"
    assert (found.values["reason"], found.values["reviewer"]) == ("reviewed", "审看人甲")
    assert found.values["score"] == "2020-06-14 09:00"
    assert [cell.value for cell in found.cells if cell.field == "reviewer"] == ["审看人甲"]


@pytest.mark.parametrize("scene", [scene for scene in LOOKS if scene != "whole"])
def test_a_photo_that_a_person_called_whole_is_not_suspected_for_its_looks(scene: str) -> None:
    """A machine's suspicion yields to a person who looked; what rests on facts of the file does not."""
    assert findings(reviewed(Look.WHOLE, scene)) == []
