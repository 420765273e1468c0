"""What cells hold once they are read: identity numbers, periods of time, positions, places."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn

from attrs import field, frozen


class Sealed(dict[Any, Any]):
    """A mapping of what was read: compared and pickled like any other, and never changed by who is shown it."""

    __slots__ = ()

    def _refuse(self, *arguments: Any, **named: Any) -> NoReturn:
        raise TypeError("what was read cannot be changed")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return Sealed, (dict(self),)


class IdKind(StrEnum):
    """What a cell that should hold an identity number turned out to hold."""

    RESIDENT = "resident"  # 18 digits, GB 11643-1999
    RESIDENT_15 = "resident15"  # 15 digits, before 1999
    DISABILITY = "disability"  # 20 or 22 digits: a resident number and what the disability card adds
    MASKED = "masked"  # some positions hidden: can agree, can never prove
    DAMAGED = "damaged"  # a spreadsheet rounded it: the tail is wrong, not zero
    INVALID = "invalid"  # none of these, or its date, order code or check digit is wrong


@frozen
class IdNumber:
    """An identity number as it can be trusted.

    :param text: normalised: ASCII digits, X in capitals, ``*`` for a hidden position; of a damaged number only
        what can be trusted (its first 15 digits)
    :param core: the 17 digits that the 15- and 18-digit forms of one person share (century filled in), or None
    :param problem: for INVALID what is wrong: ``length``, ``characters``, ``date``, ``order`` or ``check``
    """

    text: str = field(repr=False)
    kind: IdKind
    core: str | None = field(default=None, repr=False)
    problem: str | None = None


@frozen(order=True)
class Period:
    """A date as exactly as it was written: a day, a month, a year, or a minute (local time, end exclusive)."""

    start: datetime
    end: datetime

    @property
    def year(self) -> int:
        """The year in which it begins."""
        return self.start.year

    @property
    def has_time(self) -> bool:
        """Whether it is exact to the minute."""
        return (self.end - self.start).total_seconds() <= 60

    def after(self, other: "Period") -> bool:
        """Say whether it is certainly later than the other, whatever part of either is meant."""
        return self.start >= other.end

    def __str__(self) -> str:
        days = (self.end - self.start).days
        if days >= 365:
            return f"{self.start:%Y}"
        if days >= 28:
            return f"{self.start:%Y-%m}"
        return f"{self.start:%Y-%m-%d}" if days >= 1 else f"{self.start:%Y-%m-%d %H:%M}"


@frozen
class Position:
    """A point on the earth in degrees; the datum is said where it is kept (a photo's is WGS-84)."""

    latitude: float
    longitude: float


@frozen
class Place:
    """An administrative village (行政村), the plan's unit of work (S1); empty strings where nothing was given."""

    township: str = field(default="", repr=False)  # whoever skips a column puts a person here
    village: str = field(default="", repr=False)
    area_code: str = ""
