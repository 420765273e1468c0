"""The changelog says what the rules do to a county's verdicts, and is whole."""

import re
from pathlib import Path

import pytest

from housing_guarantee.findings import Effect
from housing_guarantee.plugins import equip

CHANGELOG = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "effect"),
    [
        ("rules that can contradict a verdict", Effect.CONTRADICTED),
        ("rules that leave a verdict unproven", Effect.UNPROVEN),
        ("rules that advise", None),
    ],
)
def test_every_topic_stands_under_what_it_does_to_a_verdict(heading: str, effect: Effect | None) -> None:
    """A topic with a rule of this effect is named there."""
    section = CHANGELOG.split(f"### Added: {heading}\n")[1].split("\n### ")[0]
    topics = {rule.topic for rule in equip().rules if rule.effect == effect and not rule.owner}

    assert sorted(topics - set(re.findall(r"`([a-z-]+)`", section))) == []
