"""Which datum an export's coordinates are in, told by the photos that were taken at the same houses.

An app asks the phone for a place and gets it in WGS-84, or shifted as Chinese maps are (GCJ-02, BD-09), and its export
does not say which. Exif data are WGS-84. Over a whole table the way from photo to record is then no chance: it has the
length and the direction of one shift. What is not clear is not guessed, and leaves every datum possible.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from attrs import frozen

from housing_guarantee.geo import DATUMS, distance_km, from_wgs84
from housing_guarantee.models import Position, Table
from housing_guarantee.photos.position import CHINA_LATITUDES, CHINA_LONGITUDES

__all__ = ["Datums", "Exchanged", "Pair", "detect", "find_exchanged", "is_swapped", "put_right"]

PLACES = 20  # places that must speak before anything is said: fewer may agree by chance
PLACE_DECIMALS = 3  # of a degree, about 100 m: what lies closer is one place, so that no single site speaks for all
EXCHANGED_VALUES, EXCHANGED_SHARE = 20, 90  # positions of a table, and percent of them, for its columns to be wrong
CLEAR = 2.0  # how many times nearer the photos must be than under any other reading

READINGS = tuple((own, theirs) for own in DATUMS for theirs in DATUMS if own != theirs or own == "wgs84")
"""Datum of the record, datum of the photo; where both are shifted alike nothing shows, and WGS-84 stands for it."""

Pair = tuple[Position, Position]
"""What the record says, put right, and what the photo says, of one household."""


@frozen
class Datums:
    """How the coordinates of one table, and of the photos beside its records, are to be read.

    :param recorded, photos: ``wgs84``, ``gcj02`` or ``bd09``
    :param share: percent of the households whose record and photo are nearest under this reading
    """

    table: Table
    recorded: str
    photos: str
    share: int


@frozen
class Exchanged:
    """A table whose two columns of coordinates are exchanged throughout.

    :param share: percent of its positions that are
    """

    table: Table
    share: int


def find_exchanged(table: Table, positions: Sequence[Position]) -> Exchanged | None:
    """Tell whether it is the table that is wrong and not some of its rows."""
    share = 100 * sum(map(is_swapped, positions)) // max(1, len(positions))
    is_table = len(positions) >= EXCHANGED_VALUES and share >= EXCHANGED_SHARE
    return Exchanged(table, share) if is_table else None


def is_swapped(position: Position) -> bool:
    """Say whether latitude and longitude are exchanged, which in China is certain: the ranges lie apart."""
    (south, north), (west, east) = CHINA_LATITUDES, CHINA_LONGITUDES
    return west <= position.latitude <= east and south <= position.longitude <= north


def put_right(position: Position) -> Position | None:
    """Give a recorded position as it was meant: exchanged where it is swapped, None where it is no place at all."""
    if is_swapped(position):
        return Position(position.longitude, position.latitude)
    is_place = abs(position.latitude) <= 90 and abs(position.longitude) <= 180  # false for what is no number
    return position if is_place else None


def detect(table: Table, pairs: Iterable[Pair]) -> Datums | None:
    """Tell the datums of a table and its photos, or None where too few places speak or they do not speak clearly.

    Each place has one voice, the median of its households, and the median of the places decides: photos of other
    houses change nothing while they are fewer than the right ones.
    """
    places: dict[tuple[float, float], list[tuple[float, ...]]] = defaultdict(list)
    for recorded, seen in pairs:
        place = round(recorded.latitude, PLACE_DECIMALS), round(recorded.longitude, PLACE_DECIMALS)
        places[place].append(tuple(_apart(recorded, seen, *reading) for reading in READINGS))
    if len(places) < PLACES:
        return None
    apart = _medians([_medians(rows) for rows in places.values()])
    best = apart.index(min(apart))
    if min(apart[:best] + apart[best + 1 :]) <= CLEAR * apart[best]:
        return None
    rows = [row for rows in places.values() for row in rows]
    nearest = sum(min(row) == row[best] for row in rows)
    return Datums(table, *READINGS[best], share=100 * nearest // len(rows))


def _apart(recorded: Position, seen: Position, own: str, theirs: str) -> float:
    """Measure how far record and photo are apart if each is of this datum, in kilometres.

    Each is shifted by the other's datum instead of back by its own: shifts hardly change over a few kilometres, and
    only the way forward has a closed form.
    """
    return distance_km(from_wgs84(recorded, theirs), from_wgs84(seen, own))


def _medians(rows: Sequence[Sequence[float]]) -> list[float]:
    return [median(column) for column in zip(*rows, strict=True)]
