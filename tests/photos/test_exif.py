"""The first reader on what was picked, against the same reader on the whole block, and against the second one."""

import struct
from fractions import Fraction
from io import BytesIO
from typing import Any

import exifread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_guarantee.photos.exif import FIELDS, read_with_exifread, read_with_pillow
from housing_guarantee.photos.tiff_budget import pick
from housing_guarantee.testing.exif import (
    CLOCK,
    DATE,
    DIRECTION,
    ERROR,
    GUINAN,
    LATITUDE,
    LONGITUDE,
    MAKE,
    MODEL,
    ORIENTATION,
    SERIAL,
    SOFTWARE,
    TAKEN,
    jpeg,
    tiff,
)

RATIONALS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 2**32 - 1))
TRIPLES = st.tuples(RATIONALS, RATIONALS, RATIONALS)
TEXTS = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=40)


def first(block: bytes) -> dict[str, Any]:
    """Read a block as photos are read."""
    (part,) = pick(block).parts
    return dict(read_with_exifread(part.texts, part.numbers) or {})


def plain(block: bytes) -> dict[str, Any]:
    """Read a block with the first reader as it comes."""
    names = {tag: name for tags in FIELDS.values() for tag, name in tags.items()}
    found = exifread.process_file(BytesIO(block), details=False, extract_thumbnail=False)
    return {
        names[tag.tag]: tag.values.strip()
        if isinstance(tag.values, str)
        else tuple((number.numerator, number.denominator) for number in tag.values)
        for tag in found.values()
        if tag.tag in names
    }


@given(st.sampled_from("<>"), TEXTS, TEXTS, TEXTS, st.integers(0, 9), TRIPLES, TRIPLES, TRIPLES, RATIONALS)
def test_a_picked_block_reads_like_the_whole_one(
    order: str, make: str, model: str, taken: str, orientation: int, north: Any, east: Any, clock: Any, number: Any
) -> None:
    """Whatever texts and numbers stand in it, nothing is lost or changed by handing the reader less."""
    block = tiff(
        {MAKE: make, MODEL: model, ORIENTATION: orientation, SOFTWARE: model + make},
        {TAKEN: taken, SERIAL: make},
        {**GUINAN, LATITUDE: north, LONGITUDE: east, CLOCK: clock, DATE: taken, DIRECTION: (number,), ERROR: (number,)},
        order,
    )
    assert first(block) == plain(block)
    assert len(first(block)) == 14


@given(st.sampled_from("<>"), TRIPLES, TRIPLES)
def test_both_readers_read_the_same_numbers(order: str, north: Any, east: Any) -> None:
    """They know nothing of each other."""
    block = tiff(gps={**GUINAN, LATITUDE: north, LONGITUDE: east}, order=order)
    opinion = read_with_pillow(jpeg(block, size=(8, 8)))
    assert opinion is not None
    for name in ("GPSLatitude", "GPSLongitude"):  # one of them reduces, the other does not
        assert [Fraction(*number) for number in first(block)[name]] == [Fraction(*n) for n in opinion.tags[name]]
    assert opinion.tags["GPSLatitudeRef"] == first(block)["GPSLatitudeRef"] == "N"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((2, 9, b"HUAWEI\0\xff\xff"), "HUAWEI"),
        ((2, 6, "华为".encode()), "华为"),
        ((2, 4, "华为".encode("gbk")), "华为"),
        ((2, 4, b" \0\0\0"), ""),
        ((2, 2, b"x\0"), "x"),
    ],
)
def test_texts_are_decoded(value: tuple[int, int, bytes], expected: str) -> None:
    """Up to their first zero, in UTF-8 or GB 18030, without blanks around them."""
    assert first(tiff({MAKE: value}))["Make"] == expected


def test_numbers_beyond_the_end_are_an_error() -> None:
    """The reader gives up on a directory that is cut off, instead of making zeros up."""
    (part,) = pick(tiff(gps=GUINAN)).parts
    assert read_with_exifread({}, part.numbers[:-1]) is None
    assert read_with_exifread({}, b"II*\0\x08\0\0\0" + struct.pack("<H", 1)) is None
