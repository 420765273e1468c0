"""The definition of a campaign: its types, programmes, methods, target groups, fields and requirements, as data.

The 2020 campaign is one such file of the package (`data/campaign-2020.toml`); another comes with a plugin. The built-in
rules know three kinds of guarantee, and nothing in the code knows a campaign's words for them.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import cattrs
from attrs import field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.errors import CampaignError

__all__ = [
    "ACCOMMODATED",
    "APPRAISED",
    "BUILTIN",
    "RENOVATED",
    "Definition",
    "Field",
    "GuaranteeType",
    "Programme",
    "Requirement",
    "TargetGroup",
    "Term",
    "load_definition",
    "parse_definition",
]

BUILTIN = "2020"
"""The definition of the package itself, which a campaign has that names none."""
APPRAISED, RENOVATED, ACCOMMODATED = "appraised", "renovated", "accommodated"
"""The kinds of guarantee that the built-in rules tell apart: the house is safe, was made safe, or is another's."""
_KINDS = (APPRAISED, RENOVATED, ACCOMMODATED)


@frozen
class Term:
    """A word of the plan, and the other words that offices type for it."""

    name: str
    en: str
    words: tuple[str, ...] = ()


@frozen
class GuaranteeType(Term):
    """A type of guarantee.

    :param kind: which of the three kinds it is, or None for one that no built-in rule knows
    :param documents: papers that an archive of it must hold (R2); a stroke stands between those of which one is enough
    :param proofs: papers that show that a household of it is housed (M3), written alike
    """

    kind: str | None = None
    documents: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()


@frozen
class Programme(Term):
    """A programme of works or of moving.

    :param ledger: whether the plan names a ledger of it (M2a)
    :param renovation_system: whether its works are recorded in 危旧房改造信息系统 (G2)
    :param in_place: whether it leaves a household where it was
    """

    ledger: bool = False
    renovation_system: bool = False
    in_place: bool = False


@frozen
class TargetGroup(Term):
    """A group of households that the campaign is about.

    :param certified_by: departments of which one certifies that a household belongs to it
    """

    certified_by: tuple[str, ...] = ()


@frozen
class Field:
    """A field that records of this campaign have beside the usual ones of their role.

    :param kind: how its cells are read: ``text``, ``code``, ``number``, ``answer`` or ``date``
    :param headers: headers that mean it, best first
    """

    role: str
    name: str
    kind: str = "text"
    headers: tuple[str, ...] = ()


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

    :param target_groups: the groups of households that it is about, where rules ask for them
    :param fields: what its records have beside the usual fields
    :param ignore: rules of the package that it does not ask, because its own ask otherwise
    :param sources: role → language → what its source of that role is called in reports, where not as usual
    :param precedence: field → roles, the most trusted first, unless a campaign file says otherwise
    """

    name: str
    types: tuple[GuaranteeType, ...]
    programmes: tuple[Programme, ...]
    methods: tuple[Term, ...]
    recorder_roles: tuple[Term, ...]
    grades: Grades
    requirements: tuple[Requirement, ...]
    target_groups: tuple[TargetGroup, ...] = ()
    fields: tuple[Field, ...] = ()
    ignore: tuple[str, ...] = ()
    sources: Mapping[str, Mapping[str, str]] = field(factory=dict, hash=False)
    precedence: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    english: Mapping[str, str] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        terms = (*self.types, *self.programmes, *self.methods, *self.recorder_roles, *self.target_groups)
        object.__setattr__(self, "english", {term.name: term.en for term in terms})

    def kind_of(self, guarantee_type: str | None) -> str | None:
        """Give the kind of a type by its word; None for none, and for one that is of no kind."""
        return next((one.kind for one in self.types if one.name == guarantee_type), None)

    def type_of(self, kind: str) -> GuaranteeType | None:
        """Give the first type of a kind."""
        return next((one for one in self.types if one.kind == kind), None)

    def fields_of(self, role: str) -> tuple[Field, ...]:
        """Give the fields that records of a role have beside the usual ones."""
        return tuple(one for one in self.fields if one.role == role)

    def has_ledger(self, programme: str | None) -> bool:
        """Say whether the plan names a ledger of the programme (M2a)."""
        return any(term.ledger for term in self.programmes if term.name == programme)

    def in_renovation_system(self, programme: str | None) -> bool:
        """Say whether what a ledger holds of the programme must stand in the renovation system; None may be any."""
        return programme is None or any(term.renovation_system for term in self.programmes if term.name == programme)

    def moves(self, programme: str | None) -> bool:
        """Say whether a programme moves a household to another place."""
        return any(not term.in_place for term in self.programmes if term.name == programme)


@cache
def load_definition(name: str = BUILTIN) -> Definition:
    """Read a campaign's definition from the package.

    :raises CampaignError: there is none of that name
    """
    try:
        raw = read_toml(f"campaign-{name}.toml")
    except FileNotFoundError as error:
        raise CampaignError(f"there is no campaign definition {name!r}") from error
    return _structured(raw)


def parse_definition(text: str) -> Definition:
    """Read a definition from TOML as a plugin brings it, in the form of the package's own file.

    :raises CampaignError: it is no TOML, or lacks or misspells something
    """
    try:
        return _structured(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CampaignError(f"the definition of a campaign is not valid TOML: {error}") from error
    except cattrs.BaseValidationError as error:
        faults = "; ".join(cattrs.transform_error(error, path="definition"))
        raise CampaignError(f"the definition of a campaign is wrong: {faults}") from error


def _structured(raw: Mapping[str, Any]) -> Definition:
    found = cattrs.Converter(forbid_extra_keys=True).structure(raw, Definition)
    wrong = [one.kind for one in found.types if one.kind not in (None, *_KINDS)]
    if wrong:
        raise CampaignError(f"the definition {found.name!r}: {wrong[0]!r} is none of the kinds {', '.join(_KINDS)}")
    return found
