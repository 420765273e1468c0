"""When two written names may be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.linkage.names import Likeness, compare_names, normalise_name

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
