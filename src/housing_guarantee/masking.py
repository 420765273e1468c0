"""What may be shown of a person, by the kind of field it stands in.

Of an identity number only the last four digits stand, whatever its form: a mask that leaves six and four digits
leaves 3,320 numbers to try, and 33 beside an age. What is of no known kind is treated as free text.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from attrs import field, frozen

__all__ = ["HOLDER", "OPEN", "Kind", "Masking", "kind_of"]


class Kind(StrEnum):
    """What a field holds, as far as masking cares."""

    PLAIN = "plain"
    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    TEXT = "text"  # free text and file names, which may hold any of them


_NUMBERS = ("id_number", "head_id_number", "member_id_number", "number", "roster_number")
_NAMES = ("head_name", "member_name", "name", "name_found", "roster_name", "recorder", "appraiser")
_PLAIN = [
    "accepted_on",
    "appraised_on",
    "area_code",
    "became_dangerous",
    "column",
    "completed_on",
    "count",
    "date",
    "dangerous",
    "distance_km",
    "dwelling_area",
    "expected",
    "file_no",
    "found",
    "gps",
    "grade",
    "grade_before",
    "guarantee_detail",
    "guarantee_type",
    "hours",
    "household_id",
    "household_size",
    "is_current_dwelling",
    "is_safe",
    "latitude",
    "lease_until",
    "ledger_programme",
    "ledger_year",
    "limit_km",
    "listed_grade",
    "longitude",
    "coordinates",
    "method",
    "minutes",
    "mode",
    "moved_in_on",
    "other_date",
    "others",
    "per_hour",
    "person_id",
    "planned",
    "policy_year",
    "position",
    "poverty_type",
    "programme",
    "progress",
    "question",
    "reason",
    "record_count",
    "recorded_on",
    "recorder_role",
    "rectified_on",
    "rectify_status",
    "relation",
    "relocated",
    "report_no",
    "role",
    "roster_size",
    "roster_village",
    "row",
    "share",
    "sheet",
    "size",
    "source",
    "started_on",
    "status",
    "subsidy",
    "subsidised",
    "swapped",
    "taken_at",
    "target_group",
    "township",
    "type_changed",
    "verified_on",
    "village",
    "village_found",
    "visited",
    "when",
    "window",
    "year",
    "group",
    "what",
]
_KINDS = {
    **dict.fromkeys(_PLAIN, Kind.PLAIN),
    **dict.fromkeys(_NUMBERS, Kind.NUMBER),
    **dict.fromkeys(_NAMES, Kind.NAME),
    "phone": Kind.PHONE,
}

_LONG_NUMBER = re.compile(r"[0-9][0-9Xx*]{13,}")
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_LONGEST_NAME = 12


def kind_of(name: str) -> Kind:
    """Say what a field or a value of this name holds."""
    return _KINDS.get(name, Kind.TEXT)


@frozen
class Masking:
    """Who will read: whether names, and whether identity numbers, may stand.

    :param known: every full name of the county, to be found in free text
    """

    names: bool = False
    numbers: bool = False
    known: Collection[str] = field(default=frozenset(), repr=False)

    def show(self, name: str, text: str) -> str:
        """Give the text of a field as this reader may see it."""
        kind = kind_of(name)
        if kind is Kind.NAME:
            return text if self.names else mask_name(text)
        if kind is Kind.NUMBER:
            return text if self.numbers else mask_number(text)
        if kind is Kind.PHONE:
            return text if self.names else mask_number(text)
        return self._text(text) if kind is Kind.TEXT else text

    def value(self, name: str, value: Any) -> Any:
        """Mask a value that goes into JSON: text by its kind, and a number only where it names a person."""
        if isinstance(value, str) or kind_of(name) is Kind.NUMBER:
            return self.show(name, str(value)) if value is not None else None
        return value

    def _text(self, text: str) -> str:
        if not self.numbers:
            text = _LONG_NUMBER.sub(lambda found: mask_number(found[0]), text)
        if self.names:
            return text
        return _without_names(_PHONE.sub(lambda found: mask_number(found[0]), text), self.known)


HOLDER = Masking(names=True)
"""For those who hold the names already and must find the house; numbers stay masked."""
OPEN = Masking(names=True, numbers=True)


def mask_number(text: str) -> str:
    """Leave the last four characters."""
    return "*" * (len(text) - 4) + text[-4:] if len(text) > 4 else "*" * len(text)


def mask_name(text: str) -> str:
    """Leave the first character."""
    return text[:1] + "*" * (len(text) - 1)


def _without_names(text: str, known: Collection[str]) -> str:
    """Mask every known name that stands in the text, the longest first."""
    if not known:
        return text
    at, parts = 0, []
    while at < len(text):
        name = next(
            (text[at:end] for end in range(min(len(text), at + _LONGEST_NAME), at + 1, -1) if text[at:end] in known),
            None,
        )
        parts.append(mask_name(name) if name else text[at])
        at += len(name) if name else 1
    return "".join(parts)
