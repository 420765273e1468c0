"""The definition of a campaign: its types, programmes, methods, roles and requirements, read from data.

The 2020 campaign is one such file of the built-in pack; nothing in the code knows its words.
"""

from collections.abc import Mapping
from functools import cache

import cattrs
from attrs import field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.errors import CampaignError

__all__ = ["Definition", "Requirement", "Term", "load_definition"]


@frozen
class Term:
    """A word of the plan, and the other words that offices type for it.

    :param ledger: of a programme, whether the plan names a ledger of it (M2a)
    :param renovation_system: of a programme, whether its works are recorded in 危旧房改造信息系统 (G2)
    """

    name: str
    en: str
    words: tuple[str, ...] = ()
    ledger: bool = False
    renovation_system: bool = False


@frozen
class Requirement:
    """What a verdict "proved" must rest on.

    :param types: the guarantee types that need it; empty: every type
    :param needs: the role without which it is not applicable
    :param excused_by: codes of notices that make it not applicable to a household
    """

    name: str
    clause: str
    zh: str
    en: str
    types: tuple[str, ...] = ()
    needs: str | None = None
    indispensable: bool = False
    advice: bool = False
    excused_by: tuple[str, ...] = ()

    def applies_to(self, guarantee_type: str | None) -> bool:
        """Say whether a household of this type needs it."""
        return not self.types or guarantee_type in self.types


@frozen
class Grades:
    """Which grades let a house count as appraised safe (M1)."""

    safe: tuple[str, ...]
    unsafe: tuple[str, ...]


@frozen
class Definition:
    """Everything that a campaign names.

    :param precedence: field → roles, the most trusted first, unless a campaign file says otherwise
    """

    name: str
    types: tuple[Term, ...]
    programmes: tuple[Term, ...]
    methods: tuple[Term, ...]
    recorder_roles: tuple[Term, ...]
    grades: Grades
    requirements: tuple[Requirement, ...]
    precedence: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    english: Mapping[str, str] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        terms = (*self.types, *self.programmes, *self.methods, *self.recorder_roles)
        object.__setattr__(self, "english", {term.name: term.en for term in terms})

    def has_ledger(self, programme: str | None) -> bool:
        """Say whether the plan names a ledger of the programme (M2a)."""
        return any(term.ledger for term in self.programmes if term.name == programme)

    def in_renovation_system(self, programme: str | None) -> bool:
        """Say whether what a ledger holds of the programme must stand in the renovation system; None may be any."""
        return programme is None or any(term.renovation_system for term in self.programmes if term.name == programme)


@cache
def load_definition(name: str = "2020") -> Definition:
    """Read a campaign's definition from the built-in pack.

    :raises CampaignError: there is none of that name
    """
    try:
        raw = read_toml(f"campaign-{name}.toml")
    except FileNotFoundError as error:
        raise CampaignError(f"there is no campaign definition {name!r}") from error
    return cattrs.Converter(forbid_extra_keys=True).structure(raw, Definition)
