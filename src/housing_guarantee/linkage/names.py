"""When two written names may be one person's: the same, a known variant, or different.

A name alone never proves a person. Edit distance is not used: on two to four characters it is not evidence.
"""

import re
from enum import StrEnum
from functools import cache

from housing_guarantee.converters import clean
from housing_guarantee.data import read_toml

__all__ = ["Likeness", "compare_names", "normalise_name"]

_DOTS = re.compile(r"[\s·•‧・.⋅∙●\u0307]")  # NFKC makes ˙ a blank and a combining dot, U+0307
_UNKNOWN = "*"


class Likeness(StrEnum):
    """How two names stand to each other."""

    SAME = "same"
    VARIANT = "variant"  # another rendering, a shortened form, or a character that could not be written
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one is missing


@cache
def normalise_name(name: str) -> str:
    """Fold width, dots, blanks and variant characters; ``?`` becomes ``*``, one unknown character."""
    text = clean(name).replace("?", _UNKNOWN)
    text = _DOTS.sub("", text)
    variants = read_toml("name-variants.toml")["characters"]
    return "".join(variants.get(c, c) for c in text)


def compare_names(one: str | None, other: str | None) -> Likeness:
    """Compare two names, in either order."""
    if not one or not other:
        return Likeness.UNKNOWN
    a, b = normalise_name(one), normalise_name(other)
    if not a or not b:
        return Likeness.UNKNOWN
    if a == b:
        return Likeness.SAME
    if _matches(a, b) or _syllables(a) == _syllables(b) or _shortens(a, b) or _shortens(b, a):
        return Likeness.VARIANT
    return Likeness.DIFFERENT


def _matches(a: str, b: str) -> bool:
    """Compare with ``*`` standing for one unknown character."""
    if len(a) != len(b) or (_UNKNOWN not in a and _UNKNOWN not in b):
        return False
    return all(x == y or _UNKNOWN in (x, y) for x, y in zip(a, b, strict=True))


@cache
def _forms() -> tuple[tuple[str, int], ...]:
    forms = [
        (form, number) for number, written in enumerate(read_toml("name-variants.toml")["classes"]) for form in written
    ]
    return tuple(sorted(forms, key=lambda pair: -len(pair[0])))


@cache
def _syllables(name: str) -> tuple[str, ...]:
    """Cut a name into the classes of its parts, longest first; a part of no class stays as it is."""
    parts: list[str] = []
    at = 0
    while at < len(name):
        form, number = next(((form, number) for form, number in _forms() if name.startswith(form, at)), (name[at], -1))
        parts.append(f"#{number}" if number >= 0 else form)
        at += len(form)
    return tuple(parts)


def _shortens(short: str, full: str) -> bool:
    """Say whether a two-syllable name shortens one of four: syllables 1+2, 3+4 or 1+3, never 2+4."""
    if len(full) != 4 or len(short) != 2:
        return False
    forms = {full[:2], full[2:], full[0] + full[2]}
    return short in forms or _syllables(short) in {_syllables(form) for form in forms}
