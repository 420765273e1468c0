"""What a township or the county checks of a household's photos, and a village does not see: coordinates (V3a).

The village photographs and uploads; whether a photo shows latitude and longitude, and those of the house, is looked at
above it.
"""

from collections.abc import Iterable

from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.geo import distance_km
from housing_guarantee.models import Position
from housing_guarantee.render import Renderer
from housing_guarantee.whereabouts import located, recorded, stated

__all__ = ["coordinates", "photo_checks"]

_SHOWN = 3


def coordinates(casefile: CaseFile | None) -> str:
    """Give latitude and longitude as the app recorded them."""
    position = stated(casefile) if casefile else None
    return _degrees(position) if position else ""


def photo_checks(casefile: CaseFile | None, renderer: Renderer) -> str:
    """Say of the first photos of either system what their GPS tells, and how far that is from the record's."""
    if casefile is None:
        return ""
    photos = casefile.photos + casefile.front_photos
    places = {id(evidence): position for evidence, position in located(casefile, photos)}
    lines = [_check(one, places.get(id(one)), recorded(casefile), renderer) for one in photos[:_SHOWN]]
    return "\n".join([*lines, *(["…"] if len(photos) > _SHOWN else [])])


def _check(evidence: PhotoEvidence, place: Position | None, homes: Iterable[Position], renderer: Renderer) -> str:
    said = [f"gps {evidence.photo.gps}" if evidence.photo else "no file"]
    parts = [renderer.file(evidence.name), *map(renderer.term, said)]
    if place:
        parts.append(_degrees(place))
        away = [distance_km(place, home) for home in homes]
        parts += [f"{renderer.term('from record')} {min(away):.2f} km"] if away else []
    return " ".join(parts)


def _degrees(position: Position) -> str:
    return f"{position.latitude:.6f}, {position.longitude:.6f}"
