"""豁免: which findings an office answers for, and what became of every waiver: used, unused, ending soon, ended."""

from enum import StrEnum
from typing import Protocol

from attrs import evolve, field, frozen

from housing_guarantee.campaign import Campaign, Waiver
from housing_guarantee.findings import Finding, Status
from housing_guarantee.models import Place

__all__ = ["Standing", "WaiverUse", "Waivers"]

ENDING_SOON = 7
"""Days before its end from which a waiver is said to end soon."""


class Standing(StrEnum):
    """How a waiver stands on the day of the run."""

    USED = "used"
    ENDING = "ending"  # used, and within a week of its last day
    UNUSED = "unused"  # in force, and nothing is there that it could waive
    ENDED = "ended"  # its last day is past: it waives nothing any more


@frozen
class WaiverUse:
    """What became of one waiver.

    :param days_left: days to its last day, which is still one of its own; negative when it is past
    :param keys: the findings that it took out of the verdict
    """

    waiver: Waiver
    days_left: int
    keys: tuple[str, ...] = field(default=(), repr=False)

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self.days_left < 0:
            return Standing.ENDED
        if not self.keys:
            return Standing.UNUSED
        return Standing.ENDING if self.days_left <= ENDING_SOON else Standing.USED


class Waivable(Protocol):
    """A finding, or what is remembered of one."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def code(self) -> str:
        """The rule's code."""

    @property
    def household_id(self) -> str | None:
        """Whom it concerns."""

    @property
    def place(self) -> Place:
        """Where it lies."""


class Waivers:
    """A campaign's waivers while its findings pass by."""

    def __init__(self, campaign: Campaign) -> None:
        today = campaign.now.date()
        self._uses = [WaiverUse(waiver, (waiver.expires - today).days) for waiver in campaign.waivers]

    def applied(self, finding: Finding) -> Finding:
        """Give the finding, waived where a waiver in force names it."""
        return evolve(finding, status=Status.WAIVED) if self.cover(finding) else finding

    def cover(self, subject: Waivable) -> bool:
        """Say whether a waiver in force names it, and count it to the first that does."""
        for index, use in enumerate(self._uses):
            if use.days_left >= 0 and _names(use.waiver, subject):
                self._uses[index] = evolve(use, keys=(*use.keys, subject.key))
                return True
        return False

    @property
    def uses(self) -> tuple[WaiverUse, ...]:
        """What became of each, in the order of the campaign file."""
        return tuple(evolve(use, keys=tuple(sorted(use.keys))) for use in self._uses)


def _names(waiver: Waiver, subject: Waivable) -> bool:
    in_area = subject.place.area_code.startswith(waiver.area_code or "")
    return waiver.code == subject.code and in_area and waiver.household_id in (None, subject.household_id)
