"""Whether two identity numbers are one person's: 15 and 18 digits, 20 → 18, masked, damaged, mistyped.

Only two readable numbers can prove anything. A masked or damaged one can agree or contradict with what is left
of it. One that is none proves nothing either; where it is one slip of the hand away from another number, and only one
of the two fails its check digit, that is evidence.
"""

from collections.abc import Iterator
from enum import StrEnum

from attrs import frozen

from housing_guarantee.converters import check_digit
from housing_guarantee.models import IdKind, IdNumber

__all__ = ["Agreement", "Digits", "NumberMatch", "compare_numbers", "full_core", "match_numbers"]

_LENGTH = 18
_KEPT = 15  # digits that a spreadsheet keeps
_DIGITS = "0123456789"


class Agreement(StrEnum):
    """How two identity numbers stand to each other."""

    SAME = "same"  # one person's, in whatever form
    COMPATIBLE = "compatible"  # what can be seen agrees; never proof
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one is missing or cannot be read


class NumberMatch(StrEnum):
    """In which way two identity numbers agree, the strongest first."""

    SAME = "same"  # one person's, in whatever form
    SLIP = "slip"  # a digit wrong, dropped or doubled, or two neighbours exchanged; never proof
    VISIBLE = "visible"  # what a mask or a spreadsheet left agrees; never proof
    UNKNOWN = "unknown"  # one is missing, or cannot be read
    FAR = "far"  # one is none, and no single slip makes it the other
    DIFFERENT = "different"  # another person's


def full_core(number: IdNumber | None) -> str | None:
    """Give the 17 digits that name a person, or None where the number cannot prove anything."""
    return number.core if number is not None else None


_AGREEMENT = {
    NumberMatch.SAME: Agreement.SAME,
    NumberMatch.VISIBLE: Agreement.COMPATIBLE,
    NumberMatch.DIFFERENT: Agreement.DIFFERENT,
    NumberMatch.UNKNOWN: Agreement.UNKNOWN,
}


def compare_numbers(one: IdNumber | None, other: IdNumber | None) -> Agreement:
    """Compare two numbers, in either order; one that is none says nothing here."""
    if one is None or other is None or IdKind.INVALID in (one.kind, other.kind):
        return Agreement.UNKNOWN
    if one.core is not None and other.core is not None:  # as nearly all are: nothing need be laid out
        return Agreement.SAME if one.core == other.core else Agreement.DIFFERENT
    return _AGREEMENT[match_numbers(Digits.of(one), Digits.of(other))]


@frozen(eq=False)
class Digits:
    """An identity number laid out for comparing many.

    :param text: its 18 positions, ``*`` where nothing is known; of an invalid one what was typed
    :param kind: of the number
    :param core: the 17 digits that name a person, where it can prove anything
    :param kept: of a damaged number the digits that a spreadsheet kept; the last one may be rounded
    """

    text: str
    kind: IdKind
    core: str | None
    kept: str = ""

    @classmethod
    def of(cls, number: IdNumber) -> "Digits":
        """Lay out a number; a disability card's is that of its holder."""
        if number.kind is not IdKind.INVALID:
            kept = number.text if number.kind is IdKind.DAMAGED else ""
            return cls(_visible(number), number.kind, number.core, kept)
        text = number.text[:_LENGTH] if len(number.text) in (20, 22) else number.text
        return cls(text, number.kind, None)

    @property
    def pieces(self) -> tuple[str, ...]:
        """Give the pieces of which one stands in another number that is a slip away or agrees in what it shows.

        Whichever digit is wrong, dropped or doubled, and whichever neighbours are exchanged, one piece is whole.
        """
        text = self.text
        if self.kept or not _LENGTH - 1 <= len(text) <= _LENGTH + 1 or not text.isascii():
            return self.beginnings
        pieces = (f"a{text[:14]}", f"b{text[:10]}{text[-4:-1]}", f"c{text[-7:]}", f"d{text[:13]}{text[15:17]}")
        return tuple(piece for piece in pieces if "*" not in piece) if "*" in text else pieces

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Give the fourteen digits with which a number begins; what a spreadsheet kept may be one too much or little.

        Empty where these are not all shown.
        """
        if len(self.kept) == _KEPT:
            return tuple(dict.fromkeys(f"a{int(self.kept) + step}"[:_KEPT] for step in (-1, 0, 1)))
        text = self.text
        return (f"a{text[:14]}",) if len(text) == _LENGTH and text.isascii() and "*" not in text[:14] else ()

    @property
    def slips(self) -> Iterator[str]:
        """Give the first 17 digits of every number from which one slip of the hand leads to what was typed.

        Only where it is no number, and as long as one that a digit was dropped from or doubled in.
        """
        text, begun = self.text, _LENGTH - 1
        if self.kind is not IdKind.INVALID or "*" in text or abs(len(text) - _LENGTH) > 1:
            return
        if len(text) > _LENGTH:
            yield from (text[:at] + text[at + 1 : _LENGTH] for at in range(begun))
            yield text[:begun]
            return
        whole = len(text) == _LENGTH
        yield text[:begun]
        for at in range(begun):
            before, after = text[:at], text[at + whole : begun - 1 + whole]
            yield from (before + digit + after for digit in _DIGITS)
        if whole:
            yield from (text[:at] + text[at + 1] + text[at] + text[at + 2 : begun] for at in range(begun - 1))
            yield text[: begun - 1] + text[begun]


def match_numbers(one: Digits | None, other: Digits | None) -> NumberMatch:
    """Say in which way two numbers agree, in either order."""
    if one is None or other is None:
        return NumberMatch.UNKNOWN
    if one.core is not None and other.core is not None:
        return NumberMatch.SAME if one.core == other.core else NumberMatch.DIFFERENT
    if IdKind.INVALID in (one.kind, other.kind):
        return _match_invalid(one, other)
    if one.kept or other.kept:
        return _match_damaged(one, other)
    return _match_visible(one, other)


def _match_visible(one: Digits, other: Digits) -> NumberMatch:
    seen = [a == b for a, b in zip(one.text, other.text, strict=True) if "*" not in (a, b)]
    if not seen:
        return NumberMatch.UNKNOWN
    return NumberMatch.VISIBLE if all(seen) else NumberMatch.DIFFERENT


def _match_damaged(one: Digits, other: Digits) -> NumberMatch:
    """Compare what a spreadsheet kept as one number: rounding it down may borrow from every digit before."""
    length = min(len(digits.kept) or _LENGTH for digits in (one, other))
    a, b = ((digits.kept or digits.text)[:length] for digits in (one, other))
    if "*" in a + b:
        return _match_visible(one, other)
    return NumberMatch.VISIBLE if abs(int(a) - int(b)) <= 1 else NumberMatch.DIFFERENT


def _match_invalid(one: Digits, other: Digits) -> NumberMatch:
    """Compare where one is no number: a short or hidden one says nothing, a whole one may be a slip away."""
    if min(len(one.text), len(other.text)) < _LENGTH - 1 or "*" in one.text + other.text:
        return NumberMatch.UNKNOWN
    if IdKind.RESIDENT_15 in (one.kind, other.kind):  # it has no check digit to tell a slip from a neighbour
        return NumberMatch.UNKNOWN
    return NumberMatch.SLIP if _is_slip(one.text, other.text) else NumberMatch.FAR


def _is_slip(a: str, b: str) -> bool:
    """Say whether one slip of the hand, or none, makes one text of the other."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    exchanged = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
    return a[at + 1 :] == b[at + 1 :] or exchanged


def _visible(number: IdNumber) -> str:
    """Lay a number out in 18 positions, ``*`` where nothing is known."""
    text = number.text
    if number.kind in (IdKind.RESIDENT, IdKind.DISABILITY):
        return text[:_LENGTH]
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
