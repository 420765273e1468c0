"""The map of the page: areas and the positions of photos, in WGS-84, drawn without anybody's map behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

from housing_guarantee.geo import Area, Point
from housing_guarantee.report import Result

__all__ = ["chart_of"]

_MOST_POINTS = 300  # of a border: what a screen can show
_OUTLIERS = ("photo-gps.outside-county", "photo-gps.outside-township", "photo-gps.position-impossible")
_CLUSTERS = ("photo-forensics.one-spot", "photo-forensics.shared-file")


def chart_of(result: Result, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Give the borders, and a dot for every photo of the app that has a position.

    A dot is ``[household, longitude, latitude, kind]``: 0 plain, 1 where the household has a finding that its photo is
    out of place, 2 where several households share a spot or a file.
    """
    outliers = _concerned(result, _OUTLIERS)
    clusters = _concerned(result, _CLUSTERS)
    dots = [
        [
            numbers[casefile.household_id],
            round(photo.photo.position.longitude, 5),
            round(photo.photo.position.latitude, 5),
            1 if casefile.household_id in outliers else 2 if casefile.household_id in clusters else 0,
        ]
        for casefile in result.survey.casefiles
        if casefile.household_id in numbers
        for photo in casefile.photos
        if photo.photo and photo.photo.position
    ]
    return {"areas": [_area(area) for area in sorted(result.campaign.areas, key=lambda area: area.code)], "dots": dots}


def _concerned(result: Result, codes: Sequence[str]) -> set[str | None]:
    return {finding.household_id for finding in result.findings if finding.code in codes}


def _area(area: Area) -> list[Any]:
    return [area.code, area.name, [_thinned(ring) for polygon in area.polygons for ring in polygon.rings]]


def _thinned(ring: Sequence[Point]) -> list[list[float]]:
    """Leave every n-th point of a border, and the last, which is the first."""
    step = max(1, len(ring) // _MOST_POINTS)
    kept = [*ring[:-1:step], ring[-1]]
    return [[round(longitude, 4), round(latitude, 4)] for longitude, latitude in kept]
