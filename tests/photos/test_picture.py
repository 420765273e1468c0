"""What is seen in a picture, whatever its bytes."""

import pickle
import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from housing_guarantee.demo.drawing import LOOKS, draw_front
from housing_guarantee.photos import read_photo
from housing_guarantee.photos.fingerprints import RASTER, WINDOWS
from housing_guarantee.photos.picture import Picture, look_at


def front(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Any:
    """Draw a house."""
    return draw_front(random.Random(seed), size)


def encoded(image: Any, kind: str = "JPEG", **more: Any) -> bytes:
    """Encode an image."""
    file = BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def looked(image: Any, kind: str = "JPEG", **more: Any) -> Picture:
    """Look at an image that can be decoded."""
    picture = look_at(encoded(image, kind, **more))
    assert picture is not None
    return picture


def bits_apart(one: Picture, other: Picture) -> int:
    """Count the bits in which the wholes differ."""
    return (one.fingerprints[0] ^ other.fingerprints[0]).bit_count()


# ---------------------------------------------------------------------------------------------- decoding


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_format_shows_the_same_picture(kind: str) -> None:
    """Whatever the container, size and fingerprints are those of the picture."""
    picture = looked(front(), kind)

    assert (picture.width, picture.height, len(picture.fingerprints)) == (640, 480, len(WINDOWS))
    assert bits_apart(picture, looked(front())) <= 2


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_seen(mode: str) -> None:
    """Palettes, transparency, print colours and deep greys are pictures too."""
    image = front().convert("L").convert(mode) if mode == "I;16" else front().convert(mode)

    assert look_at(encoded(image, "TIFF")) is not None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_seen_upright(orientation: int) -> None:
    """A camera held any way shows the same picture, by its Exif orientation."""
    ways: dict[int, tuple[Image.Transpose, ...]] = {
        1: (),
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }
    stored = front()
    for way in ways[orientation]:
        stored = stored.transpose(way)
    exif = Image.Exif()
    exif[0x0112] = orientation

    picture = looked(stored, exif=exif)

    assert (picture.width, picture.height) == (640, 480)
    assert bits_apart(picture, looked(front())) <= 2


def test_several_jpegs_in_one_file_are_decoded_as_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Phones append a second picture; the first is seen, at a fraction too."""
    monkeypatch.setattr("housing_guarantee.photos.picture.PIXELS_AT_MOST", 1)
    picture = looked(front(), "MPO", save_all=True, append_images=[front(2)])

    assert picture.width == 640
    assert bits_apart(picture, looked(front())) <= 2


def test_a_damaged_orientation_turns_nothing() -> None:
    """What is wrong with Exif data is a fact of its own; the picture is seen all the same."""
    exif = Image.Exif()
    exif[0x0112] = 99

    assert looked(front(), exif=exif).width == 640


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xd9", b"GIF89a", "照片上传失败".encode(), b"\0\0\0\x18ftypheic"])
def test_what_is_no_picture_is_none(data: bytes) -> None:
    """Nothing is raised and nothing is guessed."""
    assert look_at(data) is None


def test_a_picture_cut_short_is_none() -> None:
    """Half of the pixels are not the picture."""
    data = encoded(front())

    assert look_at(data[: len(data) // 2]) is None


def test_heic_without_its_reader_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pillow-heif is not installed, nothing is seen."""
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    assert look_at(b"\0\0\0\x18ftypheic" + bytes(16)) is None


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture of more pixels than are decoded whole is refused by its header; a JPEG of them is decoded smaller."""
    monkeypatch.setattr("housing_guarantee.photos.picture.PIXELS_AT_MOST", 640 * 480 - 1)

    assert look_at(encoded(front(), "PNG")) is None
    assert look_at(encoded(front(), "JPEG")) is not None


def test_a_small_file_of_sixty_million_pixels_is_not_decoded() -> None:
    """Of one colour it weighs a few kilobytes; the library itself would only warn."""
    data = encoded(Image.new("1", (7_800, 7_800)), "PNG")
    assert len(data) < 20_000
    assert look_at(data) is None


def test_a_jpeg_that_says_to_be_vast_is_none() -> None:
    """Four thousand million pixels are not begun."""
    data = bytearray(encoded(front()))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"

    assert look_at(bytes(data)) is None


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_nothing_is_raised_whatever_the_bytes(data: st.DataObject) -> None:
    """Flipped and missing bytes end in a picture or in None."""
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF"]))
    whole = bytearray(encoded(front(size=(64, 48)), kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))

    assert isinstance(look_at(bytes(whole[:cut])), Picture | None)


def test_a_picture_is_small_and_plain() -> None:
    """It is made of numbers only, survives pickling, and takes two kilobytes."""
    picture = looked(front())

    assert pickle.loads(pickle.dumps(picture)) == picture  # noqa: S301 - our own bytes
    assert len(pickle.dumps(picture)) < 2_000
    assert picture.raster < 256 ** (RASTER * RASTER)
    assert all(type(bits) is int and 0 <= bits < 2**63 for bits in picture.fingerprints)


# ---------------------------------------------------------------------------------------------- what is seen


def test_what_shows_nothing_has_no_fingerprint() -> None:
    """A wall, a clear sky and darkness would be like any other's."""
    sky = Image.linear_gradient("L").resize((640, 480))
    plain = [Image.new("L", (640, 480), 200), sky, Image.new("L", (640, 480), 3)]

    assert [looked(image).fingerprints for image in plain] == [(), (), ()]


def test_a_front_in_daylight_is_above_suspicion() -> None:
    """None of the scores is near what is suspected."""
    pictures = [looked(front(seed)) for seed in range(20)]

    assert [p for p in pictures if p.border >= 0.5 or p.pattern >= 0.25 or p.sameness >= 0.8] == []
    assert [p for p in pictures if p.sharpness < 0.2 or p.light < 40] == []


@pytest.mark.parametrize(
    ("look", "score", "least", "most"),
    [
        ("paper", "border", 0.5, 1.0),
        ("screen", "pattern", 0.25, 1.0),
        ("wall", "sameness", 0.8, 1.0),
        ("out of focus", "sharpness", 0.0, 0.2),
        ("dark", "light", 0.0, 40.0),
    ],
)
def test_each_score_sees_its_own_fault(look: str, score: str, least: float, most: float) -> None:
    """Paper has a border, a screen a pattern, a wall sameness; a blur has no edges and the dark no light."""
    scores = [getattr(looked(LOOKS[look](front(seed), random.Random(seed))), score) for seed in range(10)]

    assert [value for value in scores if not least <= value <= most] == []


def test_the_same_bytes_give_the_same_picture() -> None:
    """Nothing depends on when or in what order pictures are looked at."""
    data = [encoded(front(seed)) for seed in (1, 2, 1)]

    assert look_at(data[0]) == look_at(data[2]) != look_at(data[1])


EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 8 8
%%EndComments
{} loop
"""


def test_a_program_of_a_printer_is_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostScript called .jpg would be run by a program outside; it is not even recognised, and nothing is started."""
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *command, **_: started.append(command))
    monkeypatch.setattr(subprocess, "check_call", lambda *command, **_: started.append(command))
    (tmp_path / "gs").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert look_at(EPS) is None
    assert read_photo(EPS).problem == "not an image"
    assert started == []
