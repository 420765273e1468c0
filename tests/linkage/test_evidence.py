"""How each field of a row agrees with a person, and what that weighs."""

from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.linkage.evidence import AGREEING, DIFFERING, Evidence, LinkOptions, Named, Weights
from housing_guarantee.linkage.register import Index, likely, ranked
from housing_guarantee.models import Household
from housing_guarantee.testing import entry, household, id_number

ROSTER = [
    household({"member_name": "卓玛", "member_id_number": id_number(2), "relation": "配偶"}, area_code=None),
    household(household_id="2", member_name="扎西", member_id_number=id_number(3), village="达玉村", area_code=None),
    household(household_id="3", member_name="扎西", member_id_number=id_number(4), village="塔哇村", area_code=None),
    household(household_id="4", member_name="扎西", member_id_number=None, township="森多镇", village="塔哇村",
              area_code=None),
]  # fmt: skip


def weighed(households: list[Household] = ROSTER, **cells: Any) -> tuple[tuple[str, ...], float]:
    """Compare a row of a ledger with the head of the first household."""
    row = entry(**{"area_code": None, **cells})
    options = LinkOptions()
    people = [
        Named.of(None, None, home.place, options, home.household_id).member(person)
        for home in households
        for person in home.members
    ]
    weights = Weights.of([one.name for one in people], [one.place for one in people], options)
    return weights.compare(Named.of(row.head_name, row.id_number, row.place, options), people[0])


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({}, "number"),
        ({"id_number": id_number()[:9] + "6" + id_number()[10:]}, "number-slip"),
        ({"id_number": float(id_number())}, "visible-digits"),
        ({"id_number": "632525********" + id_number()[14:]}, "visible-digits"),
        ({"id_number": id_number(9)}, "number-differs"),
        ({"id_number": None}, "no-number"),
        ({"id_number": "不详"}, "number-unclear"),
        ({"head_name": "才让·多杰"}, "name"),
        ({"head_name": "次仁多吉"}, "name-rendering"),
        ({"head_name": "才让"}, "name-shortened"),
        ({"head_name": "才让多?"}, "name-unwritten"),
        ({"head_name": "才让多节"}, "name-sound"),
        ({"head_name": "王建国"}, "name-differs"),
        ({"head_name": None}, "no-name"),
        ({"village": "茫曲镇加土乎村委会"}, "village"),
        ({"township": None}, "village-only"),
        ({"village": None}, "township"),
        ({"village": "东风大队"}, "township"),
        ({"township": None, "village": None}, "no-place"),
        ({"village": "达玉村"}, "other-village"),
        ({"village": "塔哇村"}, "other-village"),
        ({"township": "森多镇"}, "other-township"),
        ({"township": "森多镇", "village": "塔哇村"}, "elsewhere"),
        ({"township": None, "village": "达玉村"}, "elsewhere"),
    ],
)
def test_every_agreement_has_its_word(cells: dict[str, Any], word: str) -> None:
    """Number, name, place and person, a word each."""
    words, _ = weighed(**cells)
    assert word in words
    assert len(words) == 4
    assert words[3] == "head"


def test_a_village_of_a_like_name_is_told_from_any_other() -> None:
    """达玉 may have been typed for 上达玉, and is another village all the same."""
    home = [household(village="上达玉村", area_code=None), *ROSTER[1:]]
    assert weighed(home, village="达玉村")[0][2] == "near-village"
    assert weighed(home, village="达玉村")[1] < weighed(home, village="上达玉村")[1]


def test_what_agrees_less_weighs_less() -> None:
    """Down every ladder: of numbers, of names, of places."""
    numbers: list[dict[str, Any]] = [{}, {"id_number": id_number()[:9] + "6" + id_number()[10:]}, {"id_number": None},
               {"id_number": id_number(9)}]  # fmt: skip
    names: list[dict[str, Any]] = [{}, {"head_name": "次仁多吉"}, {"head_name": "王建国"}]
    places: list[dict[str, Any]] = [
        {},
        {"village": "东风大队"},
        {"village": "塔哇村"},
        {"township": "森多镇", "village": "塔哇村"},
    ]
    for ladder in (numbers, names, places):
        bits = [weighed(**cells)[1] for cells in ladder]
        assert bits == sorted(bits, reverse=True)
        assert len(set(bits)) == len(bits)


def test_a_word_agrees_differs_or_says_that_nothing_is_known() -> None:
    """No word speaks both for and against."""
    assert AGREEING.isdisjoint(DIFFERING)
    evidence = Evidence("1", ("no-number", "name", "other-village", "head"), 1.0)
    assert evidence.reasons == ("name", "head")
    assert (evidence.by_number, evidence.by_name, evidence.elsewhere) == (False, True, True)


def test_probabilities_share_out_what_nobody_has() -> None:
    """The households and nobody add up to one, the likeliest stands first, and equals by household number."""
    one, other, far = Evidence("2", (), 3.0), Evidence("1", (), 3.0), Evidence("3", (), -40.0)
    found = likely([far, one, other])
    assert [evidence.household_id for evidence in found] == ["1", "2"]
    assert found[0].probability == found[1].probability
    assert 0.4 < found[0].probability < 0.5
    assert ranked([one, other]) == (other, one)


def test_two_readable_numbers_that_differ_are_never_weighed() -> None:
    """A namesake of the village with a number of his own is another person."""
    options = LinkOptions()
    index = Index.of(ROSTER, options)
    row = entry(head_name="扎西", id_number=id_number(99), village="达玉村", area_code=None)
    named = Named.of(row.head_name, row.id_number, row.place, options)
    assert [evidence.household_id for evidence in index.rank(named)] == []
    assert index.rank(evolve(named, digits=None))[0].household_id == "2"


def test_a_county_is_told_by_its_code() -> None:
    """Villages of one name in two counties are two; a row that names no county may be of either."""
    own, other = "632525100201", "632623100201"
    homes = [household(area_code=own), household(household_id="2", member_id_number=None, area_code=other)]
    options = LinkOptions()
    index = Index.of(homes, options)

    def found(code: str | None) -> list[tuple[str, str]]:
        row = entry(id_number=None, area_code=code)
        ranked = index.rank(Named.of(row.head_name, row.id_number, row.place, options))
        return sorted((one.household_id, one.agreement[2]) for one in ranked)

    assert found("632525") == [(homes[0].household_id, "village")]
    assert found(other) == [("2", "village")]
    assert found(None) == [(homes[0].household_id, "village"), ("2", "village")]
    weights = index.weights
    here, there = (Named.of("扎西", None, home.place, options) for home in homes)
    assert weights.compare(here, there)[0][2] == "elsewhere"
