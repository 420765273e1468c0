"""How a cell becomes a date, a grade, a yes, an identity number, and the words when it does not.

A converter takes what stood in the cell (text, number, date, or None) and returns the value, None for a blank cell,
or raises `Misread`, which says what would have been right. It never guesses.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, date, datetime, time, timedelta, timezone
from itertools import groupby
from math import isfinite
from typing import Any

from attrs import frozen

from housing_guarantee.models import IdKind, IdNumber, Period

__all__ = [
    "Misread",
    "WordList",
    "clean",
    "to_code",
    "to_count",
    "to_degree_pair",
    "to_degrees",
    "to_id_number",
    "to_measure",
    "to_names",
    "to_period",
    "to_text",
]


class Misread(ValueError):  # noqa: N818 - it is a fault of the cell, not an error of the program
    """A cell that cannot be understood; ``expected`` says what would be right, by language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.expected: Mapping[str, str] = {"zh": zh, "en": en}


# ------------------------------------------------------------------------------------------------ text


def clean(value: Any) -> str:
    """Give the cell's text: NFKC, no invisible characters (Cf, which ``strip`` leaves), blanks trimmed.

    Numbers that are no plain digits (²,①,½) stay as they are: folded, 4² would read 42.
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    # what is printable has no Cf, and a part of what is normalised is normalised: most cells need no more than this
    if not (text.isascii() or (text.isprintable() and unicodedata.is_normalized("NFKC", text))):
        runs = groupby(text, lambda c: unicodedata.category(c) == "No")
        text = "".join("".join(run) if odd else unicodedata.normalize("NFKC", "".join(run)) for odd, run in runs)
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return text.strip()


def to_text(value: Any) -> str | None:
    """Give the cell's text, or None."""
    return clean(value) or None


def to_code(value: Any) -> str | None:
    """Give a code such as 户编号 without blanks; a whole number loses its ``.0``."""
    return "".join(clean(value).strip("'\"`").split()) or None


def to_names(value: Any) -> tuple[str, ...]:
    """Split a cell that lists file names."""
    return tuple(part.strip() for part in re.split(r"[;；,，、\r\n]+", clean(value)) if part.strip())


# ------------------------------------------------------------------------------------------------ numbers


def to_count(value: Any) -> int | None:
    """Read a number of persons (``4``, ``4人``)."""
    text = "".join(clean(value).split())
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,4})(?:\.0+)?(?:人|口|口人)?", text)
    if not found:
        raise Misread("应为整数（人）", "a whole number of persons")
    return int(found[1])


def to_measure(value: Any) -> float | None:
    """Read an area in square metres (``80``, ``80.5平方米``, ``1,200``)."""
    text = "".join(clean(value).replace(",", "").split())
    if not text:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?:m[2²]|平方米|平米|平)?", text)
    if not found:
        raise Misread("应为数字（平方米）", "a number of square metres")
    return float(found[1])


# ------------------------------------------------------------------------------------------------ words


@frozen
class WordList:
    """Words that offices type, each meaning one of a few values.

    The longest words found in a text count, so that 不安全 is not 安全 and 避险搬迁 is not 搬迁.
    """

    words: Mapping[str, Any]

    @classmethod
    def of(cls, meanings: Mapping[Any, Iterable[str]]) -> "WordList":
        """Build one from meaning → words; the meaning itself, where it is text, is one of its words."""
        words: dict[str, Any] = {}
        for meaning, synonyms in meanings.items():
            own = [meaning] if isinstance(meaning, str) else []
            for word in (*own, *synonyms):
                words.setdefault(_key(word), meaning)
        return cls(words)

    def exactly(self, text: str) -> Any | None:
        """Give the meaning of a cell that holds just one of the words."""
        return self.words.get(_key(text))

    def within(self, text: str) -> set[Any]:
        """Give every meaning whose word stands in the text and in no longer word found there."""
        key = _key(text)
        if key in self.words:
            return {self.words[key]}
        found = [word for word in self.words if word in key]
        return {self.words[w] for w in found if not any(w != longer and w in longer for longer in found)}

    def only(self, text: str) -> Any | None:
        """Give the one meaning within the text, or None where it has none or several."""
        meanings = self.within(text)
        return meanings.pop() if len(meanings) == 1 else None


def _key(text: str) -> str:
    return "".join(clean(text).upper().split())


# ------------------------------------------------------------------------------------------------ dates

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = r"(?P<y>(?:19|20)[0-9]{2})"
_CLOCK = r"(?:[T ]*(?P<h>[0-9]{1,2})[:时](?P<min>[0-9]{1,2})(?:[:分](?P<s>[0-9]{1,2})(?:\.[0-9]+)?秒?|分)?)?"
_DATE_FORMS = [
    re.compile(form)
    for form in (
        _YEAR + r"[-./年](?P<m>[0-9]{1,2})[-./月](?P<d>[0-9]{1,2})[日号]?" + _CLOCK,
        _YEAR + r"(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _CLOCK,
        _YEAR + r"(?:[-./年](?P<m>[0-9]{1,2})(?:月份?)?|(?P<m2>[0-9]{2}))",
        _YEAR + r"(?:年度?|年底|年初|年(?:1[0-2]|0?[1-9])月底?以?前)?",  # by October 2017: some time of that year
        _YEAR + r"年?[-—~至到]" + _YEAR.replace("<y>", "<y2>") + r"年?",
        r"(?P<yy>[0-9]{2})年度?",
    )
]
_SERIAL_DAYS = range(20000, 60000)  # 1954 … 2064, what a date column may hold as a bare number
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - local dates have no zone


_LOCAL = timezone(timedelta(hours=8))
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})")
"""A moment with its zone, as programs write it (ISO 8601)."""


def to_period(value: Any) -> Period | None:
    """Read a date as exactly as it was written: day, month or year, with or without a time; in local time, UTC+8.

    A number such as 2017.1 has lost what tells January from October: it is the year.
    """
    if isinstance(value, datetime):
        return _day(value) if value.time() == time() else _minute(value)
    if isinstance(value, date):
        return _day(datetime(value.year, value.month, value.day))  # noqa: DTZ001
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _period_of_number(float(value))
    text = re.sub(r"(?<=[年月日])\s+|\s+(?=[年月日])", "", clean(value))
    if not text:
        return None
    if _MOMENT.fullmatch(text):
        return _period_of_moment(text)
    text = _arabic(text)
    for form in _DATE_FORMS:
        found = form.fullmatch(text)
        if found:
            return _period_of_parts({k: v for k, v in found.groupdict().items() if v})
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return _period_of_number(float(text))
    raise _bad_date()


def _period_of_moment(text: str) -> Period:
    try:
        return _minute(datetime.fromisoformat(text).astimezone(_LOCAL).replace(tzinfo=None))
    except ValueError as error:
        raise _bad_date() from error


def _bad_date() -> Misread:
    return Misread("应为日期，如 2017-08-15、2017年8月 或 2017", "a date such as 2017-08-15, 2017-08 or 2017")


def _arabic(text: str) -> str:
    text = re.sub(r"(?<=[年月])十(?=[月日])", "10", text)
    text = re.sub(r"(?<=[年月])十(?=[^月日])", "1", text)
    text = re.sub(r"(?<=[二三])十(?=日)", "0", text)
    text = re.sub(r"(?<=[二三])十(?=[^月日])", "", text)
    return text.translate(_DIGITS)


def _period_of_number(number: float) -> Period:
    if not isfinite(number):
        raise _bad_date()
    if int(number) in _SERIAL_DAYS:
        moment = _EPOCH + timedelta(seconds=round(number * 86400))
        return _day(moment) if number.is_integer() else _minute(moment)
    if 1950 <= number < 2100:
        return _year(int(number))
    written = f"{number:.0f}" if number.is_integer() else ""
    period = to_period(written) if len(written) in (4, 6, 8) else None
    if period is None:
        raise _bad_date()
    return period


def _period_of_parts(parts: Mapping[str, str]) -> Period:
    try:
        if "yy" in parts:
            return _year(int(parts["yy"]) + (2000 if parts["yy"] < "50" else 1900))
        year, month = int(parts["y"]), parts.get("m") or parts.get("m2")
        if "y2" in parts:
            return _years(year, int(parts["y2"]))
        if month is None:
            return _year(year)
        if "d" not in parts:
            return _month(year, int(month))
        day = datetime(year, int(month), int(parts["d"]))  # noqa: DTZ001
        moment = day.replace(
            hour=int(parts.get("h", 0)), minute=int(parts.get("min", 0)), second=int(parts.get("s", 0))
        )
        return _day(day) if moment == day else _minute(moment)  # as with a date cell, midnight is no time of day
    except ValueError as error:
        raise _bad_date() from error


def _minute(moment: datetime) -> Period:
    start = moment.replace(second=0, microsecond=0, tzinfo=None)
    return Period(start, start + timedelta(minutes=1))


def _day(moment: datetime) -> Period:
    start = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    if start.year == MAXYEAR:  # 9999-12-31 stands for "for ever" and has no day after it
        raise _bad_date()
    return Period(start, start + timedelta(days=1))


def _month(year: int, month: int) -> Period:
    return Period(datetime(year, month, 1), datetime(year + month // 12, month % 12 + 1, 1))  # noqa: DTZ001


def _year(year: int) -> Period:
    return _years(year, year)


def _years(first: int, last: int) -> Period:
    if last < first:
        raise ValueError("the later year stands first")
    return Period(datetime(first, 1, 1), datetime(last + 1, 1, 1))  # noqa: DTZ001


# ------------------------------------------------------------------------------------------------ identity numbers

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EXACT_DIGITS = 15  # what a spreadsheet keeps of a number


def to_id_number(value: Any) -> IdNumber | None:
    """Read an identity number: 18, 15, 20 or 22 digits, masked, or damaged by a spreadsheet (GB 11643)."""
    if isinstance(value, (int, float)) and 10**_EXACT_DIGITS <= value < float("inf"):
        return IdNumber(_exact_digits(value), IdKind.DAMAGED)
    text = "".join(clean(value).upper().strip("'\"`‘’“”").split())
    if not text:
        return None
    if found := re.fullmatch(r"([0-9])\.([0-9]+)E\+?(?:1[5-9]|2[01])", text):
        return IdNumber((found[1] + found[2])[:_EXACT_DIGITS], IdKind.DAMAGED)
    masked = re.sub(r"X{2,}", lambda run: "*" * len(run[0]), text)
    if re.fullmatch(r"[0-9*]*\*[0-9*]*X?", masked):
        return IdNumber(masked, IdKind.MASKED)
    if not re.fullmatch(r"[0-9]+|[0-9]{17}X(?:[0-9]{2}){0,2}|[0-9]{17}[0-9X][0-9]{2}[A-Z][0-9]", text):
        return IdNumber(text, IdKind.INVALID, problem="characters")
    if len(text) == 15:
        return _id_number(text, text[:6] + "19" + text[6:], IdKind.RESIDENT_15)
    if len(text) not in (18, 20, 22):
        return IdNumber(text, IdKind.INVALID, problem="length")
    if check_digit(text[:17]) != text[17]:
        return IdNumber(text, IdKind.INVALID, problem="check")
    return _id_number(text, text[:17], IdKind.RESIDENT if len(text) == 18 else IdKind.DISABILITY)


def _exact_digits(value: float) -> str:
    """Give the digits that a spreadsheet kept: it cut the typed number, and a float may lie just below the cut."""
    shown = f"{float(value):.{_EXACT_DIGITS - 1}e}"
    cut = shown.partition("e")[0].replace(".", "")
    return cut if float(shown) == value else f"{value:.0f}"[:_EXACT_DIGITS]


def check_digit(core: str) -> str:
    """Compute the check digit of 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, core, strict=True)) % 11]


def _id_number(text: str, core: str, kind: IdKind) -> IdNumber:
    try:
        birth = date(int(core[6:10]), int(core[10:12]), int(core[12:14]))
    except ValueError:
        birth = date.min
    if birth.year < 1895:
        return IdNumber(text, IdKind.INVALID, problem="date")
    if core[14:17] == "000":
        return IdNumber(text, IdKind.INVALID, problem="order")
    return IdNumber(text, kind, core)


# ------------------------------------------------------------------------------------------------ coordinates

_DEGREES = re.compile(
    r"[NSEWnsew北南东西纬经:]*\s*(?P<d>-?[0-9]{1,3}(?:\.[0-9]+)?)\s*(?:[°度](?:(?P<m>[0-9]{1,2}(?:\.[0-9]+)?)['′’分]"
    r"(?:(?P<s>[0-9]{1,2}(?:\.[0-9]+)?)(?:\"|″|''|′′|”|秒)?)?)?)?\s*[NSEWnsew北南东西]?"
)


def to_degrees(value: Any) -> float | None:
    """Read a coordinate in degrees (``100.7512``, ``100°45'0"``, ``E100.75``); what is none of these is NaN.

    A coordinate that cannot be read is evidence about the position, not a fault of the row, so it never raises.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    text = clean(value)
    if not text:
        return None
    found = _DEGREES.fullmatch(text)
    if not found:
        return float("nan")
    return float(found["d"]) + float(found["m"] or 0) / 60 + float(found["s"] or 0) / 3600


def to_degree_pair(value: Any) -> tuple[float, float] | None:
    """Read a cell that holds both coordinates as (latitude, longitude); in China the larger is the longitude."""
    text = clean(value)
    if not text:
        return None
    parts = re.split(r"[,，;；\s]+", text.strip(",，;；"))
    numbers = [number for part in parts if (number := to_degrees(part)) is not None]
    if len(numbers) != 2 or not all(map(isfinite, numbers)):
        return (float("nan"), float("nan"))
    return (min(numbers), max(numbers))
