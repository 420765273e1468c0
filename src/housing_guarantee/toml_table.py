"""A table of the campaign file, whose every mistake is said by its key, with what would be right.

A key that nobody knows comes before one that is missing for it: of ``nmae`` and ``name`` the first is the mistake.
"""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from housing_guarantee.errors import CampaignError

__all__ = ["Table", "as_typed", "check_keys", "nearest", "nearest_zh"]

_KINDS: Mapping[type, tuple[str, str]] = {
    str: ("text in quotes", "应为带引号的文字"),
    int: ("a whole number", "应为整数"),
    date: ("a date such as 2020-06-10, without quotes", "应为日期，如 2020-06-10，不加引号"),
    datetime: ("a moment such as 2020-06-13T20:00:00+08:00", "应为时刻，如 2020-06-13T20:00:00+08:00"),
    bool: ("true or false", "应为 true 或 false"),
    list: ("a list in square brackets", "应为方括号括起的列表"),
    dict: ("a table in braces", "应为花括号括起的表"),
}


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word is nearest, as the end of a sentence; empty where none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def nearest_zh(word: str, known: Iterable[str]) -> str:
    """Say the same in Chinese."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"，是否应为“{close[0]}”？" if close else ""


def check_keys(file: str, table: Mapping[str, Any], known: Iterable[str], where: str = "") -> None:
    """Refuse keys that are not known.

    :raises CampaignError: naming the key and the nearest known one
    """
    for key in table:
        if key not in known:
            raise CampaignError(
                f"{file}: {where}{key!r} is not a key of the campaign file{nearest(key, known)}",
                zh=f"{file}：{where}不认识“{key}”{nearest_zh(key, known)}",
            )


class Table:
    """One table of the file: a key that nobody knows is a mistake, and said before any that is missing for it."""

    def __init__(self, file: str, where: str, raw: Any, known: Iterable[str] = ()) -> None:
        if not isinstance(raw, dict):
            raise CampaignError(f"{file}: [{where}] must be a table", zh=f"{file}：[{where}] 应为一个表")
        self._file, self._where, self._raw = file, where, raw
        for key in raw:
            if known and key not in known:
                raise self.wrong(key, f"is not known here{nearest(key, known)}", f"不认识{nearest_zh(key, known)}")

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Take a value of this kind.

        :raises CampaignError: it is missing and has no default, or it is of another kind
        """
        value = self._raw.get(key, default)
        if value is None or value == "":
            raise self.wrong(key, "is missing", "未填写")
        exact = type(value) is kind or (kind is not date and kind is not int and isinstance(value, kind))
        if not exact:
            found = "" if key.startswith("url") else f", not {as_typed(value)}"  # an address may hold a password
            raise self.wrong(key, f"must be {_KINDS[kind][0]}{found}", _KINDS[kind][1])
        if kind is str and "\0" in value:  # no path may, and an operating system says so with an error of its own
            raise self.wrong(key, "holds the character NUL", "含有空字符")
        return value

    def maybe(self, key: str, kind: type) -> Any:
        """Take a value that may be missing."""
        return self.take(key, kind) if key in self._raw else None

    def pair(self, key: str, kind: type) -> Any:
        """Take two values in order."""
        values = self.take(key, list)
        if len(values) != 2 or any(type(v) is not kind for v in values) or values[0] > values[1]:
            words, zh = {date: ("dates", "日期"), int: ("whole numbers", "整数")}[kind]
            raise self.wrong(
                key, f"must be two {words}, the earlier first, not {as_typed(values)}", f"应为两个{zh}，先早后晚"
            )
        return tuple(values)

    def one_of(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        """Take one of a few words."""
        value = self.take(key, str, default)
        if value not in known:
            problem = f"must be one of {', '.join(known)}{nearest(value, known)}"
            raise self.wrong(key, problem, f"应为 {'、'.join(known)} 之一{nearest_zh(value, known)}")
        return str(value)

    def words(self, key: str, known: Iterable[str] = ()) -> tuple[str, ...]:
        """Take a list of words, each of which must be known where some are."""
        words = self.maybe(key, list) or []
        for word in words:
            if not isinstance(word, str) or "\0" in word or (known and word not in known):
                problem = f"must be a list of words, not of {as_typed(word)}{nearest(str(word), known)}"
                raise self.wrong(key, problem, f"中“{word}”不可用{nearest_zh(str(word), known)}")
        return tuple(words)

    def wrong(self, key: str, why: str, zh: str) -> CampaignError:
        """Make the error for a key."""
        return CampaignError(
            f"{self._file}: [{self._where}] {key!r} {why}", zh=f"{self._file}：[{self._where}] 的“{key}”{zh}"
        )


def as_typed(value: Any) -> str:
    """Show a value as the file has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_typed, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)  # a datetime is a date too
