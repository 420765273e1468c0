"""Whether two identity numbers are one person's: 15 and 18 digits, 20 → 18, masked, damaged.

Only two readable numbers can prove anything. A masked or damaged one can agree or contradict with what is left
of it, and an invalid one says nothing.
"""

from enum import StrEnum

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
    if one.kind is IdKind.DAMAGED or other.kind is IdKind.DAMAGED:
        return _compare_heads(one, other)
    return _compare_visible(one, other)


def _compare_heads(one: IdNumber, other: IdNumber) -> Agreement:
    length = min(15, len(one.text), len(other.text))
    if IdKind.RESIDENT_15 in (one.kind, other.kind):
        return Agreement.UNKNOWN
    pairs = zip(one.text[:length], other.text[:length], strict=True)
    return Agreement.COMPATIBLE if all(a == b or "*" in (a, b) for a, b in pairs) else Agreement.DIFFERENT


def _compare_visible(one: IdNumber, other: IdNumber) -> Agreement:
    masked, open_ = (one, other) if one.kind is IdKind.MASKED else (other, one)
    text = open_.text[:18] if open_.kind is IdKind.DISABILITY else open_.text
    shown = masked.text.strip("*")
    if len(masked.text) != len(text):  # "last four only", or a mask of another length: compare the open ends
        head, tail = masked.text[: masked.text.find("*")], masked.text[masked.text.rfind("*") + 1 :]
        agree = text.startswith(head) and text.endswith(tail) and bool(shown)
    else:
        agree = all(a == b or "*" in (a, b) for a, b in zip(masked.text, text, strict=True))
    return Agreement.COMPATIBLE if agree else Agreement.DIFFERENT
