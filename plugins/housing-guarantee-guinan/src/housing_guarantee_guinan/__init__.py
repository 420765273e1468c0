"""Guinan County (贵南县) for housing-guarantee: its facts with their sources, its villages, its land, its rules."""

from housing_guarantee import Topic, hookimpl
from housing_guarantee.vocabulary import Vocabulary
from housing_guarantee_guinan.facts import areas, villages
from housing_guarantee_guinan.rules import topics

HOOKS_VERSION = 1


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the county's rules."""
    return topics()


@hookimpl
def register_vocabularies() -> list[Vocabulary]:
    """Bring the county's divisions, and the boxes around both its parts."""
    divisions = {one.code[:9]: one.township for one in villages().all}
    return [Vocabulary(divisions=divisions | {one.code: one.name for one in villages().all}, areas=areas())]
