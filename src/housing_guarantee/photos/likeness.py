"""Find the pictures that were made of one another: encoded again, made smaller, cut by a tenth, written upon.

Two steps. Fingerprints propose: a cut picture as a whole looks like a part of the other, so its whole is looked up
among the others' windows, by keys, without comparing all pairs. Then the rasters decide, part against part. Whether
two pictures are alike depends on these two alone, so that however they are shared out the same pairs are found.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations, product, repeat
from operator import and_, itemgetter, mul
from typing import Any

from housing_guarantee.photos.fingerprints import PIECES, RASTER, WINDOWS, Window
from housing_guarantee.photos.picture import Picture

__all__ = ["PARTS", "alike", "alike_in", "likeness"]

BITS_APART = 8
"""Of 63: how far the fingerprint of a whole may be from that of the window that it was cut from."""

_PIECE = 63 // PIECES
_MASKS = tuple(sum((1 << _PIECE) - 1 << _PIECE * piece for piece in table) for table in combinations(range(PIECES), 2))
"""Of the pieces that make a key."""
PARTS = len(_MASKS)
"""Tables of keys in which pairs are looked for."""
_CELLS, _PARTS = 24, 4  # the view that is compared, and the parts it is cut into, across and down
_STEPS = (1 / 40, 1 / 40, 1 / 80, 1 / 160, 1 / 160)
_HOPEFUL = 0.5  # correlation with the window as it stands, below which hardly a copy starts
_FLAT = 3.0  # variance of the cells below which a part shows nothing to compare
_FEWEST = 6


def alike(pictures: Sequence[Picture], least: float) -> dict[tuple[int, int], float]:
    """Find every pair of pictures whose `likeness` is at least so high, by their places in the sequence.

    Two pictures are compared where a whole and a window agree in two of the seven pieces of their fingerprints, which
    they do if they are at most five bits apart, and mostly do at six to eight.
    """
    return _compared(pictures, _candidates(pictures, _MASKS), least)


def alike_in(pictures: Sequence[Picture], part: int, least: float) -> dict[tuple[int, int], float]:
    """Find those of the pairs that one of `PARTS` tables of keys leads to; all parts together find what `alike` finds.

    :param part: from 0
    """
    return _compared(pictures, _candidates(pictures, _MASKS[part : part + 1]), least)


def _compared(
    pictures: Sequence[Picture], pairs: Iterable[tuple[int, int]], least: float
) -> dict[tuple[int, int], float]:
    found = {pair: likeness(pictures[pair[0]], pictures[pair[1]]) for pair in sorted(pairs)}
    return {pair: score for pair, score in found.items() if score >= least}


def _candidates(pictures: Sequence[Picture], masks: Sequence[int]) -> set[tuple[int, int]]:
    """Propose pairs, one table of keys after another, so that only one is in memory.

    Every window is looked up in every table, and hardly any finds a copy: that loop is what the search costs.
    """
    places: dict[int, list[int]] = defaultdict(list)
    for place, picture in enumerate(pictures):
        if picture.fingerprints:
            places[picture.fingerprints[0]].append(place)
    pairs = {pair for same in places.values() for pair in combinations(same, 2)}
    windows = [window for picture in pictures for window in picture.fingerprints]
    owners = [place for place, picture in enumerate(pictures) for _ in picture.fingerprints]
    for mask in masks:
        table: dict[int, list[int]] = defaultdict(list)
        for whole in places:
            table[whole & mask].append(whole)
        found = map(table.get, map(and_, windows, repeat(mask)))
        for window, place, wholes in zip(windows, owners, found, strict=True):
            for whole in wholes or ():
                if (window ^ whole).bit_count() <= BITS_APART and whole != pictures[place].fingerprints[0]:
                    pairs.update((min(place, other), max(place, other)) for other in places[whole])
    return pairs


def likeness(one: Picture, other: Picture) -> float:
    """Say how alike two pictures are, 0 to 1, where one may be cut from the other; from 0.95 on they are the same.

    It is 0 where one of them is too plain to be recognised.
    """
    return round(max(_within(one, other), _within(other, one)), 3)


def _within(whole: Picture, part: Picture) -> float:
    """Find the window of one picture that the other was cut from, and compare the two."""
    if not whole.fingerprints or not part.fingerprints:
        return 0.0
    near = [
        window
        for window, bits in zip(WINDOWS, whole.fingerprints, strict=True)
        if (bits ^ part.fingerprints[0]).bit_count() <= BITS_APART
    ]
    if not near:
        return 0.0
    seen = _view(_image(part), WINDOWS[0])
    return _agreement(_fitted(_image(whole), near, seen), seen)


def _fitted(image: Any, windows: Sequence[Window], seen: Sequence[int]) -> Sequence[int]:
    """Take the window that looks most like what is seen, and move its edges until it looks still more so.

    What looks like nothing of the kind is given as it is: it is a stranger's, and strangers are many.
    """
    views = [_view(image, window) for window in windows]
    score, best, window = max(
        ((_correlation(view, seen), view, window) for view, window in zip(views, windows, strict=True)),
        key=itemgetter(0),
    )
    for step in _STEPS if score >= _HOPEFUL else ():
        for edge, by in product(range(4), (-step, step)):
            moved = _moved(window, edge, by)
            view = _view(image, moved)
            if (found := _correlation(view, seen)) > score:
                best, score, window = view, found, moved
    return best


def _moved(window: Window, edge: int, by: float) -> Window:
    """Move one edge of a window outwards or inwards, within the picture."""
    edges = [*window]
    edges[edge] = min(1.0, max(0.0, edges[edge] + by))
    return edges[0], edges[1], edges[2], edges[3]


def _image(picture: Picture) -> Any:
    from PIL import Image

    return Image.frombytes("L", (RASTER, RASTER), picture.raster.to_bytes(RASTER * RASTER, "big"))


def _view(image: Any, window: Window) -> list[int]:
    """Give what a window shows, each cell's difference from its surroundings: light and shade fall out."""
    from PIL import Image, ImageFilter

    box = tuple(RASTER * edge for edge in window)
    view = image.resize((_CELLS, _CELLS), Image.Resampling.BILINEAR, box=box)
    return [a - b for a, b in zip(view.tobytes(), view.filter(ImageFilter.BoxBlur(3)).tobytes(), strict=True)]


def _correlation(one: Sequence[int], other: Sequence[int]) -> float:
    size = sum(map(mul, one, one)) * sum(map(mul, other, other))
    return float(sum(map(mul, one, other)) / size**0.5) if size else 0.0


def _agreement(one: Sequence[int], other: Sequence[int]) -> float:
    """Average how well the parts agree, without the worst quarter, on which something may have been written.

    Houses of one design agree in their walls and roofs, but not in what lies around them.
    """
    scores = []
    for part in _PARTS_OF_VIEW:
        a, b = [one[cell] for cell in part], [other[cell] for cell in part]
        if max(sum(map(mul, a, a)), sum(map(mul, b, b))) >= _FLAT * len(part):
            scores.append(_correlation(a, b))
    kept = sorted(scores)[len(scores) // 4 :]
    return max(0.0, sum(kept) / len(kept)) if len(scores) >= _FEWEST else 0.0


def _parts() -> Iterable[tuple[int, ...]]:
    side = _CELLS // _PARTS
    for top in range(0, _CELLS, side):
        for left in range(0, _CELLS, side):
            yield tuple(y * _CELLS + x for y in range(top, top + side) for x in range(left, left + side))


_PARTS_OF_VIEW = tuple(_parts())
