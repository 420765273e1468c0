"""Which pictures were made of one another."""

import random
from itertools import combinations
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from housing_guarantee.demo.drawing import draw_front
from housing_guarantee.photos.fingerprints import WINDOWS
from housing_guarantee.photos.likeness import BITS_APART, alike, likeness
from housing_guarantee.photos.picture import Picture
from tests.photos.test_picture import front, looked

SAME = 0.95


def cut(image: Any, left: float, top: float, right: float, bottom: float) -> Any:
    """Cut a part out, in parts of width and height."""
    width, height = image.size
    return image.crop((round(width * left), round(height * top), round(width * right), round(height * bottom)))


def stamped(image: Any) -> Any:
    """Write a date on it."""
    image = image.copy()
    ImageDraw.Draw(image).text(
        (image.width // 2, image.height * 8 // 9), "2020-06-11 10:32", fill="yellow", font_size=24
    )
    return image


CHANGES = {
    "quality 30": lambda image: looked(image, quality=30),
    "quality 90": lambda image: looked(image, quality=90),
    "png": lambda image: looked(image, "PNG"),
    "a quarter": lambda image: looked(image.resize((image.width // 4, image.height // 4))),
    "a tenth off": lambda image: looked(cut(image, 0.05, 0.05, 0.95, 0.95)),
    "a tenth off one side": lambda image: looked(cut(image, 0, 0.1, 1, 1)),
    "a tenth off each side": lambda image: looked(cut(image, 0.1, 0.1, 0.9, 0.9)),
    "brighter": lambda image: looked(ImageEnhance.Brightness(image).enhance(1.3)),
    "stamped": lambda image: looked(stamped(image)),
    "cut, stamped, a quarter": lambda image: looked(cut(stamped(image), 0.1, 0, 1, 0.9).resize((240, 180)), quality=50),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_is_known_again(change: str) -> None:
    """Encoded again, made smaller, cut, brighter or written on, it is still the same, and found without being asked."""
    pictures = [looked(front(seed)) for seed in range(6)]
    copies = [CHANGES[change](front(seed)) for seed in range(6)]

    assert [pair for pair in zip(pictures, copies, strict=True) if likeness(*pair) < SAME] == []
    assert list(alike(pictures + copies, SAME)) == [(seed, seed + 6) for seed in range(6)]


def test_houses_of_one_design_are_not_one_picture() -> None:
    """Equal houses of a row, each under its own sky and with its own things before it, are accused of nothing."""
    row = [looked(draw_front(random.Random(seed), (640, 480), random.Random("row"))) for seed in range(12)]

    assert alike(row, SAME) == {}


def test_what_shows_nothing_is_like_nothing() -> None:
    """Two walls are not one picture, not even a wall and itself."""
    wall = looked(Image.new("L", (640, 480), 180))

    assert likeness(wall, wall) == 0.0
    assert alike([wall, wall], 0.0) == {}


def test_a_chain_is_not_a_pair() -> None:
    """A cut of a cut may be too far from the first; only those that were compared and found alike are named."""
    image = front(3)
    chain = [looked(cut(image, by, by, 1 - by, 1 - by)) for by in (0.0, 0.1, 0.18)]

    assert list(alike(chain, SAME)) == [(0, 1), (1, 2)]


def test_likeness_does_not_depend_on_who_is_first() -> None:
    """The whole may stand before the part or behind it."""
    one, other = looked(front(1)), looked(cut(front(1), 0, 0, 0.9, 0.9))

    assert likeness(one, other) == likeness(other, one) >= SAME


BASE = [looked(front(seed, (160, 120))) for seed in range(3)]


@st.composite
def pictures(draw: st.DrawFn) -> list[Picture]:
    """Draw few pictures, some of whose fingerprints are a few bits from another's."""
    made = []
    for _ in range(draw(st.integers(2, 5))):
        picture = draw(st.sampled_from(BASE))
        flipped = sum(1 << bit for bit in draw(st.sets(st.integers(0, 62), max_size=2)))
        bits = (picture.fingerprints[0] ^ flipped, *picture.fingerprints[1:])
        made.append(evolve(picture, fingerprints=draw(st.sampled_from([bits, ()]))))
    return made


@given(pictures())
@settings(max_examples=30, deadline=None)
def test_the_search_finds_what_comparing_all_pairs_finds(some: list[Picture]) -> None:
    """Within the five bits that its keys vouch for, the search leaves nothing out, and it adds nothing."""
    every = {
        (one, other): score
        for one, other in combinations(range(len(some)), 2)
        if (score := likeness(some[one], some[other])) >= SAME
    }

    assert alike(some, SAME) == every


@given(pictures(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_changes_nothing(some: list[Picture], shuffler: random.Random) -> None:
    """However pictures are ordered or shared out, the same pairs are alike."""
    order = list(range(len(some)))
    shuffler.shuffle(order)

    found = alike([some[place] for place in order], SAME)

    again = {tuple(sorted((order[one], order[other]))): score for (one, other), score in found.items()}
    assert again == alike(some, SAME)


def test_bits_beyond_the_bound_are_no_candidates() -> None:
    """Fingerprints farther apart than any copy's are never compared."""
    picture = BASE[0]
    flipped = (1 << BITS_APART + 1) - 1
    other = evolve(picture, fingerprints=tuple(bits ^ flipped for bits in picture.fingerprints))

    assert likeness(picture, evolve(other, fingerprints=other.fingerprints[:1] * len(WINDOWS))) == 0.0
