"""The fixed words of the page, in both languages."""

from collections.abc import Mapping

from housing_guarantee.data import read_toml
from housing_guarantee.render import Renderer

__all__ = ["reason_of", "words"]

_IN_PART = ("could not be read in full", "不能完整读入")
_NOT_GIVEN = ("no source of role ", "未提供")


def words() -> Mapping[str, tuple[str, str]]:
    """Give every word of the page by its name, in Chinese and in English."""
    return {name: (word["zh"], word["en"]) for name, word in read_toml("page.toml").items()}


def reason_of(why: str, tongues: tuple[Renderer, Renderer]) -> tuple[str, str]:
    """Say in Chinese and in English why something could not be judged, which outputs for programs say in English."""
    zh, en = tongues
    role, _, rest = why.partition(" ")
    if rest.endswith(_IN_PART[0]):
        role = role.rstrip(":")
        return zh.term(role) + _IN_PART[1], f"{en.term(role)} {_IN_PART[0]}"
    if why.startswith(_NOT_GIVEN[0]):
        role = why[len(_NOT_GIVEN[0]) :]
        return _NOT_GIVEN[1] + zh.term(role), f"no {en.term(role)} was given"
    return zh.term(why), en.term(why)
