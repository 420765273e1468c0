"""How another office's hand or spreadsheet damages a number, a name or a place, while the person stays the same."""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from housing_guarantee.data import read_csv, read_toml

__all__ = ["NAMES", "NUMBERS", "PLACES", "Damage"]

Damage = Callable[[str, Random], Any]
"""Gives what a cell holds instead of the right value, or None where this value cannot be damaged so."""


# ------------------------------------------------------------------------------------------------ numbers


def _as_float(number: str, random: Random) -> Any:
    """Hold all eighteen digits as a number: the tail is wrong, not zero. One that ends in X stays text."""
    return None if number.endswith("X") else float(number)


def _cut(number: str, random: Random) -> Any:
    """Type the number into a cell of numbers, which keeps fifteen digits."""
    return None if number.endswith("X") else float(number[:15] + "000")


def _wrong_digit(number: str, random: Random) -> str:
    at = random.randrange(6, 17)
    return number[:at] + random.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def _exchanged(number: str, random: Random) -> str:
    pairs = [at for at in range(6, 16) if number[at] != number[at + 1]]
    at = random.choice(pairs)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _dropped(number: str, random: Random) -> str:
    at = random.randrange(6, 18)
    return number[:at] + number[at + 1 :]


def _of_fifteen(number: str, random: Random) -> str | None:
    """Give the old form; who was born in this century never had one."""
    return number[:6] + number[8:17] if number[6:8] == "19" else None


def _masked(number: str, random: Random) -> str:
    return random.choice(
        (number[:6] + "*" * 8 + number[14:], number[:4] + "*" * 11 + number[15:], "*" * 14 + number[14:])
    )


def _written(number: str, random: Random) -> str:
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    forms = (f" {number} ", f"{number[:6]} {number[6:14]} {number[14:]}", number.lower() + "\u200b", f"'{number}", wide)
    return random.choice(forms)


NUMBERS: Mapping[str, Damage] = {
    "exact": lambda number, random: number,
    "written": _written,
    "missing": lambda number, random: "",
    "float": _as_float,
    "cut": _cut,
    "shown": lambda number, random: f"{number[0]}.{number[1:6]}E+17",
    "wrong-digit": _wrong_digit,
    "exchanged": _exchanged,
    "dropped": _dropped,
    "fifteen": _of_fifteen,
    "masked": _masked,
    "twenty": lambda number, random: number + random.choice(("41", "13", "22", "34B1")),
}
"""Kind of damage → what becomes of the eighteen digits."""


# ------------------------------------------------------------------------------------------------ names

_UNLISTED = {
    "拉毛": "拉莫", "卓玛": "卓嘛", "仁青": "仁庆", "旦增": "旦曾", "才让": "才旺", "多杰": "多结", "桑杰": "桑家",
    "贡保": "贡宝", "加羊": "嘉洋", "尼玛": "尼马", "扎西": "扎细", "索南": "索兰",
}  # fmt: skip
"""Renderings that the package's list of variants does not have, as no list has them all."""


def _rendered(name: str, random: Random) -> str | None:
    """Render one part of the name in other characters; one time in five as no list has it."""
    groups = [group for group in read_toml("name-variants.toml")["classes"] if any(form in name for form in group)]
    unlisted = [part for part in _UNLISTED if part in name]
    if unlisted and random.random() < 0.2:
        part = random.choice(unlisted)
        return name.replace(part, _UNLISTED[part], 1)
    if not groups:
        return None
    group = random.choice(groups)
    form = random.choice([form for form in group if form in name])
    return name.replace(form, random.choice([other for other in group if other != form]), 1)


def _sounded(name: str, random: Random) -> str | None:
    """Type another character of the same sound."""
    at = random.randrange(len(name))
    others = [c for c in _homophones().get(name[at], "") if c != name[at]]
    return name[:at] + random.choice(others[:8]) + name[at + 1 :] if others else None


@cache
def _homophones() -> Mapping[str, str]:
    return {c: row["characters"] for row in read_csv("homophones.csv") for c in row["characters"]}


def _shortened(name: str, random: Random) -> str | None:
    return random.choice((name[:2], name[2:], name[0] + name[2])) if len(name) == 4 else None


def _restyled(name: str, random: Random) -> str | None:
    """Write it with a dot, blanks, an invisible character, or a traditional character."""
    forms = {row["character"]: row["forms"][0] for row in read_csv("characters.csv")}
    styles = [f"{name[:2]}·{name[2:]}", " ".join(name), f"{name}\u200b"]
    traditional = "".join(forms.get(c, c) for c in name)
    return random.choice([*styles, traditional] if traditional != name else styles)


def _unwritten(name: str, random: Random) -> str | None:
    at = random.randrange(len(name))
    return name[:at] + random.choice("?？*〇\ue000") + name[at + 1 :]


NAMES: Mapping[str, Damage] = {
    "exact": lambda name, random: name,
    "rendering": _rendered,
    "sound": _sounded,
    "shortened": _shortened,
    "restyled": _restyled,
    "unwritten": _unwritten,
}
"""Kind of damage → what becomes of a name."""


# ------------------------------------------------------------------------------------------------ places

_OLD_FIRST, _OLD_SECOND = ("新", "红", "东", "前", "胜", "团"), ("建", "旗", "风", "进", "利", "结")


def _styled(village: str, random: Random) -> str:
    bare = village.removesuffix("村")
    return random.choice((village, village, bare, f"{bare}村委会", f"{bare}村民委员会", f" {village}"))


def _former(village: str, random: Random) -> str:
    """Give a name that the village had before, and that no table of today knows."""
    return f"{random.choice(_OLD_FIRST)}{random.choice(_OLD_SECOND)}大队"


PLACES: Mapping[str, Damage] = {
    "exact": _styled,
    "missing": lambda village, random: "",
    "former": _former,
}
"""Kind of damage → what becomes of the village's name."""
