"""The monitoring of housing safety after 2020 (住房安全动态监测): its definition, its words and its rules."""

from collections.abc import Mapping
from importlib import resources

from housing_guarantee import Topic, hookimpl
from housing_guarantee.definition import Definition, parse_definition
from housing_guarantee.vocabulary import Vocabulary
from housing_guarantee_monitoring.rules import topics

HOOKS_VERSION = 1

_HEADERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "roster": {"poverty_type": ("对象类别", "监测对象类别", "重点对象类别", "认定类别")},
    "verifications": {"verified_on": ("排查日期", "排查时间", "监测时间"), "recorder": ("排查人", "排查人员")},
}
"""How lists and records of the monitoring head their columns: common practice, but for 监测对象类别 of a register."""


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the rules of the monitoring."""
    return [*topics()]


@hookimpl
def register_campaigns() -> list[Definition]:
    """Bring the definition, which a campaign file names ``monitoring``."""
    text = resources.files(__package__).joinpath("data", "campaign.toml").read_text(encoding="utf-8")
    return [parse_definition(text)]


@hookimpl
def register_vocabularies() -> list[Vocabulary]:
    """Bring the headers of its lists and records."""
    return [Vocabulary(headers=_HEADERS)]
