"""When two written names may be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.linkage.names import (
    Likeness,
    NameMatch,
    Renderings,
    compare_names,
    match_names,
    normalise_name,
    short_forms,
)

SAME, VARIANT, DIFFERENT, UNKNOWN = Likeness.SAME, Likeness.VARIANT, Likeness.DIFFERENT, Likeness.UNKNOWN


@pytest.mark.parametrize("dot", [*"·•‧・･．.⋅∙●˙", " ", "\u3000", "\u200b", ""])
def test_dots_and_blanks_are_no_part_of_a_name(dot: str) -> None:
    """Whatever an input method puts between the parts of a name, the name is the same."""
    assert normalise_name(f"才让{dot}多杰 ") == "才让多杰"


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("才让多杰", "才让多杰", SAME),
        ("卓瑪", "卓玛", SAME),
        ("王 昇", "王升", SAME),
        ("才让多杰", "次仁多吉", VARIANT),
        ("拉毛", "拉姆", VARIANT),
        ("尕藏卓玛", "格桑卓么", VARIANT),
        ("加羊", "加央", VARIANT),
        ("才让", "才让多杰", VARIANT),
        ("多吉", "才让多杰", VARIANT),
        ("才多", "才让多杰", VARIANT),
        ("让杰", "才让多杰", DIFFERENT),
        ("李?", "李喆", VARIANT),
        ("李？", "李喆", VARIANT),
        ("李*明", "李一明", VARIANT),
        ("李?", "李一明", DIFFERENT),
        ("王建国", "王建军", DIFFERENT),
        ("才让", "扎西", DIFFERENT),
        ("", "扎西", UNKNOWN),
        (None, "扎西", UNKNOWN),
        ("·", " ", UNKNOWN),
    ],
)
def test_names_are_compared_by_their_parts(one: str | None, other: str | None, likeness: Likeness) -> None:
    """Another rendering, a shortened form or an unwritable character is a variant; 2+4 shortens nothing."""
    assert compare_names(one, other) is likeness
    assert compare_names(other, one) is likeness


@given(st.text("才让次仁多杰吉拉毛姆?* ·", max_size=5), st.text("才让次仁多杰吉拉毛姆?* ·", max_size=5))
def test_comparing_is_symmetric(one: str, other: str) -> None:
    """The order of the two names never matters."""
    assert compare_names(one, other) is compare_names(other, one)


@given(st.text("才让瑪昇·.?* 　Ａ˙", max_size=8))
def test_normalising_twice_changes_nothing(name: str) -> None:
    """A normalised name is its own normal form."""
    assert normalise_name(normalise_name(name)) == normalise_name(name)


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("才让多杰", "才让·多杰", NameMatch.SAME),
        ("嘎藏卓瑪", "尕藏卓玛", NameMatch.RENDERING),
        ("才仁多吉", "才让多杰", NameMatch.RENDERING),
        ("才仁", "才让多杰", NameMatch.SHORTENED),
        ("大扎西", "扎西", NameMatch.SHORTENED),
        ("才让多\ue000", "才让多杰", NameMatch.UNWRITTEN),
        ("〇让多杰", "才让多杰", NameMatch.UNWRITTEN),
        ("王建国", "王健国", NameMatch.SOUND),
        ("王建国", "王建军", NameMatch.PART),
        ("索南吉", "索兰吉", NameMatch.PART),
        ("才让", "才旺", NameMatch.PART),
        ("王建国", "王卫东", NameMatch.DIFFERENT),
        ("才", "才让", NameMatch.DIFFERENT),
        ("?", "才", NameMatch.UNKNOWN),
    ],
)
def test_the_way_in_which_names_agree(one: str, other: str, match: NameMatch) -> None:
    """The strongest way is said: a rendering goes before a sound."""
    assert match_names(one, other) is match
    assert match_names(other, one) is match


def test_another_character_of_one_sound_is_no_variant() -> None:
    """It may be a slip of an input method, which a candidate may rest on and a record may not."""
    assert compare_names("王建国", "王健国") is DIFFERENT


def test_a_campaign_adds_renderings() -> None:
    """A group of forms joins the class that it shares one with, and a new group is a class of its own."""
    assert compare_names("拉莫", "拉毛") is DIFFERENT
    own = Renderings.of([["拉莫", "拉毛"], ["东主", "顿珠"]])
    assert compare_names("拉莫", "拉姆", own) is VARIANT
    assert compare_names("才让东主", "才仁顿珠", own) is VARIANT


@pytest.mark.parametrize(
    ("name", "forms"),
    [("才让多杰", ("才让", "多杰", "才多")), ("小卓玛", ("卓玛",)), ("王建国", ()), ("大才", ())],
)
def test_what_a_name_is_shortened_to(name: str, forms: tuple[str, ...]) -> None:
    """Four syllables give 1+2, 3+4 and 1+3; the size of a namesake is left out."""
    assert short_forms(name) == forms
