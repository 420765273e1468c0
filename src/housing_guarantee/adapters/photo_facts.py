"""Facts of photos as rows of a table, so that a province can judge photos that stay in the counties.

The columns are those of `photos --csv`, with what the pixels tell (`Picture`) beside them where it is known.
"""

from collections.abc import Mapping
from typing import Any

from attrs import fields

from housing_guarantee.models import Position
from housing_guarantee.photos.facts import Photo, unreadable
from housing_guarantee.photos.fingerprints import RASTER, WINDOWS
from housing_guarantee.photos.picture import Picture

__all__ = ["NEEDED_FACTS", "facts_of", "photo_of"]

NEEDED_FACTS = frozenset({"photo", "digest", "gps"})
_OUTCOMES = ("ok", "no_exif", "absent", "zeroed", "impossible", "unreadable")
_PLAIN = tuple(one.name for one in fields(Photo) if one.name not in ("name", "position", "picture"))
_SEEN = tuple(one.name for one in fields(Picture) if one.name not in ("width", "height", "raster"))
_RASTER_BYTES = RASTER * RASTER


def facts_of(photo: Photo) -> dict[str, Any]:
    """Give a photo as a row: fields by name, its raster as bytes."""
    position, picture = photo.position, photo.picture
    row = {
        "photo": photo.name,
        **{name: getattr(photo, name) for name in _PLAIN},
        "latitude": position.latitude if position else None,
        "longitude": position.longitude if position else None,
    }
    seen = {name: getattr(picture, name) if picture else None for name in _SEEN}
    return {
        **row,
        **seen,
        "fingerprints": list(picture.fingerprints) if picture else None,
        "picture_width": picture.width if picture else None,
        "picture_height": picture.height if picture else None,
        "raster": picture.raster.to_bytes(_RASTER_BYTES, "big") if picture else None,
    }


def photo_of(row: Mapping[str, Any], name: str) -> Photo:
    """Give the photo of a row; one that contradicts itself is a photo that cannot be read.

    :param name: as it is to be shown
    """
    latitude, longitude = row.get("latitude"), row.get("longitude")
    position = None if latitude is None or longitude is None else Position(float(latitude), float(longitude))
    if row["gps"] not in _OUTCOMES or (row["gps"] == "ok") is (position is None):
        return unreadable(name, "cannot be read", int(row.get("size") or 0), row["digest"] or "")
    known = {field: row[field] for field in _PLAIN if row.get(field) is not None}
    return Photo(**{"size": 0, **known}, name=name, position=position, picture=_picture(row))


def _picture(row: Mapping[str, Any]) -> Picture | None:
    raster, fingerprints = row.get("raster"), tuple(row.get("fingerprints") or ())
    if raster is None or len(raster) != _RASTER_BYTES or len(fingerprints) not in (0, len(WINDOWS)):
        return None
    known = {name: row.get(name) for name in _SEEN} | {
        "width": row.get("picture_width"),
        "height": row.get("picture_height"),
        "raster": int.from_bytes(raster, "big"),
        "fingerprints": fingerprints,
    }
    return None if None in known.values() else Picture(**known)
