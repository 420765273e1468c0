"""Where the photos of a household and its record say that the house is, in WGS-84, and how far from the county."""

from collections.abc import Iterable

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, PhotoEvidence
from housing_guarantee.datums import put_right
from housing_guarantee.geo import DATUMS, to_wgs84
from housing_guarantee.models import Position

__all__ = ["beyond_county", "located", "recorded", "stated"]


def located(casefile: CaseFile, photos: Iterable[PhotoEvidence]) -> list[tuple[PhotoEvidence, Position]]:
    """Give those of a household's photos that carry a position; the app's are put right where known to be shifted."""
    known = casefile.given.datums_of(casefile.record) if casefile.verifications else None
    shifted = known.photos if known else "wgs84"
    return [
        (evidence, to_wgs84(evidence.photo.position, shifted if evidence.system == "app" else "wgs84"))
        for evidence in photos
        if evidence.photo and evidence.photo.position
    ]


def stated(casefile: CaseFile) -> Position | None:
    """Give the coordinates that the app recorded, as they stand."""
    return casefile.record.position if casefile.verifications else None


def recorded(casefile: CaseFile, *, any_datum: bool = False) -> list[Position]:
    """Give what the app's coordinates may mean: in their source's datum where it is known, else in each.

    Nothing where they are no place. Where their numbers are certainly exchanged, they are put right: that is said of
    the source once, and must not accuse every household.
    """
    position = stated(casefile)
    meant = put_right(position) if position else None
    if meant is None:
        return []
    known = None if any_datum else casefile.given.datums_of(casefile.record)
    return [to_wgs84(meant, datum) for datum in ((known.recorded,) if known else DATUMS)]


def beyond_county(position: Position, campaign: Campaign) -> float:
    """Measure how far outside the county a position lies, in kilometres; 0.0 where no area of it was given."""
    area = campaign.area(campaign.county_code)
    return area.distance_km(position) if area else 0.0
