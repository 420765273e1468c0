"""What people saw who looked at photos: five answers, each with who gave it and when.

A word is about one picture (its bytes) as one household's photo: the same picture may be right for one house and wrong
for another. The latest word holds; the earlier ones stay in the workspace.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import field, frozen

from housing_guarantee.models import Cell

__all__ = ["Look", "Review", "Reviews", "standing"]


class Look(StrEnum):
    """What a photo shows, in the order of the reviewer's keys."""

    WHOLE = "whole-front"
    PART = "not-whole"
    REPHOTOGRAPHED = "rephotographed"
    OTHER_HOUSE = "other-house"
    UNCLEAR = "unclear"


@frozen
class Review:
    """One person's word on one photo.

    :param photo: SHA-256 of its bytes
    :param at: the moment, ISO in UTC+8 to the millisecond, so that texts sort as moments do
    """

    household_id: str
    photo: str
    look: Look
    reviewer: str = field(repr=False)
    at: str

    def cells(self, name: str) -> tuple[Cell, ...]:
        """Point at the photo of this name, with who said what of it and when."""
        said = {"reviewer": self.reviewer, "reviewed": f"{self.look} {self.when}"}
        return tuple(Cell(name, None, None, None, None, key, value) for key, value in said.items())

    @property
    def when(self) -> str:
        """The moment to the minute, as a person reads it."""
        return self.at[:16].replace("T", " ")


Reviews = Mapping[tuple[str, str], Review]
"""The word that holds, by household and photo."""


def standing(reviews: Iterable[Review]) -> Reviews:
    """Give the latest word on each photo; of two of one moment the one that came in later."""
    latest: dict[tuple[str, str], Review] = {}
    for one in reviews:
        before = latest.get((one.household_id, one.photo))
        if before is None or before.at <= one.at:
            latest[one.household_id, one.photo] = one
    return latest
