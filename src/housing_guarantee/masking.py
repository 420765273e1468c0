"""What may be shown of a person, by the kind of field it stands in.

Of an identity number only the last four digits stand, whatever its form: a mask that leaves six and four digits
leaves 3,320 numbers to try, and 33 beside an age. What is of no known kind is treated as free text.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from functools import cache
from typing import Any
from unicodedata import category

from attrs import field, frozen

from housing_guarantee.data import read_toml

__all__ = ["BLIND", "HOLDER", "OPEN", "Kind", "Masking", "is_identity", "kind_of"]


class Kind(StrEnum):
    """What a field holds, as far as masking cares."""

    CODE = "code"  # numbers of households, files and places, which may be long and name no person by themselves
    PLAIN = "plain"  # words and amounts; a number in the wrong column is still a number
    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    TEXT = "text"  # free text and file names, which may hold any of them
    SECRET = "secret"  # noqa: S105 - accounts and passwords, which nobody ever needs to see


_BETWEEN = r"[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]{0,3}"  # blanks and invisible characters hide no number
_LONG_NUMBER = re.compile(
    rf"[0-9０-９](?:{_BETWEEN}[0-9０-９XxＸｘ*＊]){{13,}}(?:[A-Z][0-9])?"  # a card issued again ends in B1
    r"|[0-9０-９][.．][0-9０-９]+[EeＥｅ][+＋]?[0-9０-９]{2}"
)
_PHONE = re.compile(r"(?<![0-9０-９.])[1１][3-9３-９][0-9０-９]{9}(?![0-9０-９])")
_LONGEST_NAME = 12
_SECRET = 6  # not even its length is told
_SHORT_NAME = 2  # characters; villages are called so too: within a word it is nobody's
_WORDS = re.compile(r"[^\W0-9A-Za-z_]{2,}")
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_IDENTITY = re.compile(
    rf"[1-9][0-9]{{5}}(?:(?:18|19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9Xx](?:[0-9]{{2}}(?:[A-Z][0-9])?)?|[0-9]{{2}}{_DAY}[0-9]{{3}})"
)
"""Place, birth and order of a person, whatever the check digit."""


@cache
def _kinds() -> dict[str, Kind]:
    return {name: Kind(kind) for kind, names in read_toml("kinds.toml").items() for name in names}


def kind_of(name: str) -> Kind:
    """Say what a field or a value of this name holds."""
    return _kinds().get(name, Kind.TEXT)


@frozen
class Masking:
    """Who will read: whether names, and whether identity numbers, may stand.

    :param known: every full name of the county, to be found in free text; None where nobody knows them: of each word
        in free text only the first character stands then
    """

    names: bool = False
    numbers: bool = False
    known: Collection[str] | None = field(default=frozenset(), repr=False)

    def show(self, name: str, text: str) -> str:
        """Give the text of a field as this reader may see it."""
        kind = kind_of(name)
        if kind is Kind.SECRET:
            return "*" * _SECRET if text else ""
        if kind is Kind.CODE:
            return text if self.numbers or not is_identity(text) else mask_number(text)
        if kind is Kind.NUMBER:
            return text if self.numbers else mask_number(text)
        if not self.names and kind is Kind.NAME:
            return mask_name(text)
        if not self.names and kind is Kind.PHONE:
            return mask_number(text)
        if kind is Kind.PLAIN and not self.names:
            return self._plain(text)
        return self._text(text) if kind is Kind.TEXT else self._without_numbers(text)

    def value(self, name: str, value: Any) -> Any:
        """Mask a value that goes into JSON: text by its kind, and a number only where it names a person."""
        if isinstance(value, str) or kind_of(name) is Kind.NUMBER:
            return self.show(name, str(value)) if value is not None else None
        return value

    def _without_numbers(self, text: str) -> str:
        return text if self.numbers else _LONG_NUMBER.sub(lambda found: mask_number(found[0]), text)

    def _plain(self, text: str) -> str:
        """Mask what slid in where a column was skipped: a name where a grade should stand, or behind a year."""
        known = self.known or ()
        return mask_name(text) if text in known else _without_names(self._without_phones(text), known, _SHORT_NAME + 1)

    def _text(self, text: str) -> str:
        if self.names:
            return self._without_numbers(text)
        text = self._without_phones(text)
        if self.known is None:
            return _WORDS.sub(lambda found: mask_name(found[0]), text)
        return _without_names(text, self.known)

    def _without_phones(self, text: str) -> str:
        return _PHONE.sub(lambda found: mask_number(found[0]), self._without_numbers(text))


HOLDER = Masking(names=True)
"""For those who hold the names already and must find the house; numbers stay masked."""
OPEN = Masking(names=True, numbers=True)
BLIND = Masking(known=None)
"""For a command that reads no source, and so cannot know whose names stand in a text or in the name of a file."""


def mask_number(text: str) -> str:
    """Leave the last four characters, but none of a name that stands where a number should."""
    tail = "".join("*" if category(c) == "Lo" else c for c in text[-4:])
    return "*" * (len(text) - 4) + tail if len(text) > 4 else "*" * len(text)


def is_identity(text: str) -> bool:
    """Say whether a code is in truth a person's number, typed into the wrong column."""
    return _IDENTITY.fullmatch(text) is not None


def mask_name(text: str) -> str:
    """Leave the first character of several."""
    return text[:1] + "*" * (len(text) - 1) if len(text) > 1 else "*" * len(text)


def _without_names(text: str, known: Collection[str], shortest: int = _SHORT_NAME) -> str:
    """Mask every known name that stands in the text, the longest first."""
    if not known:
        return text
    at, parts = 0, []
    while at < len(text):
        name = next(
            (
                text[at:end]
                for end in range(min(len(text), at + _LONGEST_NAME), at + shortest - 1, -1)
                if text[at:end] in known
            ),
            None,
        )
        parts.append(mask_name(name) if name else text[at])
        at += len(name) if name else 1
    return "".join(parts)
