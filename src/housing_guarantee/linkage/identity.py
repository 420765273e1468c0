"""Whether two identity numbers are one person's: 15 and 18 digits, 20 → 18, masked, damaged.

Only two readable numbers can prove anything. A masked or damaged one can agree or contradict with what is left
of it, and an invalid one says nothing.
"""

from enum import StrEnum

from housing_guarantee.converters import check_digit
from housing_guarantee.models import IdKind, IdNumber

__all__ = ["Agreement", "compare_numbers", "full_core"]


class Agreement(StrEnum):
    """How two identity numbers stand to each other."""

    SAME = "same"  # one person's, in whatever form
    COMPATIBLE = "compatible"  # what can be seen agrees; never proof
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one is missing or cannot be read


def full_core(number: IdNumber | None) -> str | None:
    """Give the 17 digits that name a person, or None where the number cannot prove anything."""
    return number.core if number is not None else None


def compare_numbers(one: IdNumber | None, other: IdNumber | None) -> Agreement:
    """Compare two numbers, in either order."""
    if one is None or other is None or IdKind.INVALID in (one.kind, other.kind):
        return Agreement.UNKNOWN
    if one.core is not None and other.core is not None:
        return Agreement.SAME if one.core == other.core else Agreement.DIFFERENT
    pairs = zip(_visible(one), _visible(other), strict=True)
    seen = [a == b for a, b in pairs if "*" not in (a, b)]
    if not seen:
        return Agreement.UNKNOWN
    return Agreement.COMPATIBLE if all(seen) else Agreement.DIFFERENT


def _visible(number: IdNumber) -> str:
    """Lay a number out in 18 positions, ``*`` where nothing is known."""
    text = number.text
    if number.core is not None:
        return number.core + check_digit(number.core)
    if number.kind is IdKind.DAMAGED:
        return text[:-1].ljust(18, "*")  # the last digit kept may have been rounded up
    if len(text) in (18, 20, 22):
        return text[:18]
    if len(text) == 15:
        return text[:6] + "19" + text[6:] + "*"
    head, tail = text[: text.find("*")][:17], text[text.rfind("*") + 1 :]  # "last four only": the open ends
    return head + ("*" * 18 + tail)[len(head) - 18 :]
