"""When two written names may be one person's: the same, another rendering, a shorter form, another character.

A name alone never proves a person. Edit distance is not used: on two to four characters it is not evidence.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from attrs import field, frozen

from housing_guarantee.converters import clean
from housing_guarantee.data import read_csv, read_toml

__all__ = [
    "UNKNOWN_CHARACTER",
    "Likeness",
    "NameMatch",
    "Renderings",
    "builtin",
    "compare_names",
    "match_names",
    "normalise_name",
    "short_forms",
]

UNKNOWN_CHARACTER = "*"
_DOTS = re.compile(r"[\s·•‧・.⋅∙●\u0307]")  # NFKC makes ˙ a blank and a combining dot, U+0307
_PLACEHOLDERS = frozenset("?〇○□■\ufffd")  # what an export leaves of a character that its encoding lacks
_SIZES = ("大", "中", "小")  # villagers of one name are told apart as the big and the small one


class NameMatch(StrEnum):
    """How two names stand to each other, the strongest first."""

    SAME = "same"
    RENDERING = "rendering"  # the same parts in other characters: 才让多杰, 次仁多吉
    SHORTENED = "shortened"  # 才让 for 才让多杰, or 大扎西 for 扎西
    UNWRITTEN = "unwritten"  # agrees but for a character that could not be written
    SOUND = "sound"  # other characters of the same sound, as an input method offers them
    PART = "part"  # half of it: one of the two parts, or as many sounds: hardly evidence, and never enough
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one is missing


class Likeness(StrEnum):
    """How two names stand to each other, as far as a rule may rest on it."""

    SAME = "same"
    VARIANT = "variant"  # another rendering, a shortened form, or a character that could not be written
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # one is missing


_LIKENESS = {
    NameMatch.SAME: Likeness.SAME,
    NameMatch.RENDERING: Likeness.VARIANT,
    NameMatch.SHORTENED: Likeness.VARIANT,
    NameMatch.UNWRITTEN: Likeness.VARIANT,
    NameMatch.SOUND: Likeness.DIFFERENT,  # a clerk's slip, which a candidate may rest on and a record may not
    NameMatch.PART: Likeness.DIFFERENT,
    NameMatch.DIFFERENT: Likeness.DIFFERENT,
    NameMatch.UNKNOWN: Likeness.UNKNOWN,
}


@cache
def normalise_name(name: str) -> str:
    """Fold width, dots, blanks, traditional and variant characters; ``*`` is one unknown character."""
    text = _DOTS.sub("", clean(name))
    if text.isascii():
        return text.replace("?", UNKNOWN_CHARACTER)
    return "".join(map(_character, text))


@cache
def _character(c: str) -> str:
    if c in _PLACEHOLDERS or unicodedata.category(c) == "Co":  # private use: an unwritable character's stand-in
        return UNKNOWN_CHARACTER
    return _characters().get(c, c)


@cache
def _characters() -> Mapping[str, str]:
    return {form: row["character"] for row in read_csv("characters.csv") for form in row["forms"]}


@cache
def _sounds() -> Mapping[str, str]:
    return {character: row["sound"] for row in read_csv("homophones.csv") for character in row["characters"]}


_Parts = tuple[str, ...]
_Forms = Mapping[str, Sequence[tuple[_Parts, str]]]
"""First part → the forms that begin with it, the longest first, each with the mark of its class."""


@frozen(eq=False)
class Renderings:
    """Which written parts of a name are one: those of the package, and what a campaign adds.

    :param written: by characters
    :param spoken: the same by their sounds
    """

    written: _Forms
    spoken: _Forms
    _keys: dict[str, str] = field(factory=dict, init=False, repr=False)  # names repeat, and cutting one is slow
    _sound_keys: dict[str, str] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, groups: Iterable[Iterable[str]] = ()) -> "Renderings":
        """Take the package's classes with a campaign's own; a group joins each class that it shares a form with."""
        classes: list[set[str]] = []
        for group in (*read_toml("name-variants.toml")["classes"], *groups):
            own = {normalise_name(form) for form in group}
            joined = [one for one in classes if one & own]
            classes = [one for one in classes if not one & own] + [own.union(*joined)]
        marked = [(form, f"#{number}") for number, forms in enumerate(classes) for form in sorted(forms)]
        written = _by_first((tuple(form), mark) for form, mark in marked)
        return cls(written, _by_first((_spoken(form), mark) for form, mark in marked))

    def key(self, name: str) -> str:
        """Cut a normalised name into the classes of its parts; a part of no class stays as it is."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = _cut(tuple(name), self.written)
        return key

    def sound_key(self, name: str) -> str:
        """Cut a normalised name by its sounds; names of one `key` have one sound key too, as a rule."""
        key = self._sound_keys.get(name)
        if key is None:
            key = self._sound_keys[name] = _cut(_spoken(name), self.spoken)
        return key


@cache
def builtin() -> Renderings:
    """Give the package's own classes."""
    return Renderings.of()


@cache
def _spoken(name: str) -> _Parts:
    sounds = _sounds()
    return tuple(sounds.get(c, c) for c in name)


def _by_first(forms: Iterable[tuple[_Parts, str]]) -> _Forms:
    found: dict[str, list[tuple[_Parts, str]]] = {}
    for parts, mark in sorted(dict(forms).items(), key=lambda pair: (-len(pair[0]), pair)):
        found.setdefault(parts[0], []).append((parts, mark))
    return found


def _cut(parts: _Parts, forms: _Forms) -> str:
    cut: list[str] = []
    at = 0
    while at < len(parts):
        for form, mark in forms.get(parts[at], ()):
            if parts[at : at + len(form)] == form:
                cut.append(mark)
                at += len(form)
                break
        else:
            cut.append(parts[at])
            at += 1
    return " ".join(cut)


def short_forms(name: str) -> tuple[str, ...]:
    """Give what a name is shortened to: of four syllables 1+2, 3+4 or 1+3, never 2+4; of the big 扎西 just 扎西."""
    if name[:1] in _SIZES and len(name) > 2:
        return (name[1:],)
    return (name[:2], name[2:], name[0] + name[2]) if len(name) == 4 else ()


def compare_names(one: str | None, other: str | None, renderings: Renderings | None = None) -> Likeness:
    """Compare two names, in either order."""
    return _LIKENESS[match_names(one, other, renderings)]


def match_names(one: str | None, other: str | None, renderings: Renderings | None = None) -> NameMatch:
    """Say in which way two names agree, in either order.

    :param renderings: the package's own, unless a campaign has more
    """
    if not one or not other:
        return NameMatch.UNKNOWN
    a, b = normalise_name(one), normalise_name(other)
    if not a or not b:
        return NameMatch.UNKNOWN
    if UNKNOWN_CHARACTER in a or UNKNOWN_CHARACTER in b:
        return _unwritten(a, b)
    return NameMatch.SAME if a == b else _variant(a, b, renderings or builtin())


def _unwritten(a: str, b: str) -> NameMatch:
    """Compare with ``*`` standing for one unknown character; where nothing else is left, nothing is known."""
    known = [(x, y) for x, y in zip(a, b, strict=False) if UNKNOWN_CHARACTER not in (x, y)]
    if len(a) != len(b) or any(x != y for x, y in known):
        return NameMatch.DIFFERENT
    return NameMatch.UNWRITTEN if known else NameMatch.UNKNOWN


def _variant(a: str, b: str, renderings: Renderings) -> NameMatch:
    if renderings.key(a) == renderings.key(b):
        return NameMatch.RENDERING
    short, full = (a, b) if len(a) < len(b) else (b, a)
    if len(short) < len(full) and _shortens(short, full, renderings):
        return NameMatch.SHORTENED
    if renderings.sound_key(a) == renderings.sound_key(b):
        return NameMatch.SOUND
    return NameMatch.PART if _share_half(a, b, renderings) else NameMatch.DIFFERENT


def _share_half(a: str, b: str, renderings: Renderings) -> bool:
    """Say whether one of the two parts of a four-syllable name agrees, or half of the sounds from either end."""
    key = renderings.key
    if len(a) == len(b) == 4 and (key(a[:2]) == key(b[:2]) or key(a[2:]) == key(b[2:])):
        return True
    x, y = _spoken(a), _spoken(b)
    if (x[0] != y[0] and x[-1] != y[-1]) or min(len(x), len(y)) == 1:
        return False
    return 2 * (_begin_alike(x, y) + _begin_alike(x[::-1], y[::-1])) >= max(len(x), len(y))


def _begin_alike(a: _Parts, b: _Parts) -> int:
    """Count the sounds with which both begin."""
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _shortens(short: str, full: str, renderings: Renderings) -> bool:
    return any(renderings.key(short) == renderings.key(form) for form in short_forms(full))
