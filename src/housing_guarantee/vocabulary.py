"""Words that a county, a province or a tool has beside the package's own, as a plugin brings them.

They are handed on with the campaign and its sources to whoever reads by them; nothing global is filled.
"""

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from housing_guarantee.cells import EXTRA_KINDS
from housing_guarantee.definition import Definition
from housing_guarantee.errors import PluginError
from housing_guarantee.geo import Area
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.toml_table import nearest

__all__ = ["Vocabulary", "check_fields"]


def _known(instance: object, attribute: object, headers: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Refuse a role or field that there is not: its headers would never be looked for, and nobody would hear of it."""
    for role, by_field in headers.items():
        if role not in ROLES:
            raise PluginError(f"a vocabulary has headers of {role!r}, which is no role with rows{nearest(role, ROLES)}")
        own = fields_of(role)
        for name in by_field:
            if name not in own:
                problem = f"a vocabulary has headers of {name!r}, which is no field of {role}{nearest(name, own)}"
                raise PluginError(problem)


@frozen
class Vocabulary:
    """What a plugin adds to the words and places that are known.

    :param headers: role → field → headers that mean it, best first; the package's own go before them
    :param renderings: written forms of one name part each
    :param former_villages: what villages were called before → what they are called now
    :param divisions: code (9 digits a township, 12 a village) → name, which give a village its code
    :param areas: areas on the map, for a campaign that names no file of them
    """

    headers: Mapping[str, Mapping[str, tuple[str, ...]]] = field(factory=dict, validator=_known)
    renderings: tuple[tuple[str, ...], ...] = ()
    former_villages: Mapping[str, str] = field(factory=dict)
    divisions: Mapping[str, str] = field(factory=dict)
    areas: tuple[Area, ...] = field(default=(), repr=False)

    @classmethod
    def joined(cls, parts: Iterable["Vocabulary"]) -> "Vocabulary":
        """Join several; where two say different things of one village or code, the first is right."""
        parts = tuple(parts)
        roles = dict.fromkeys(role for part in parts for role in part.headers)
        areas = {area.code: area for part in reversed(parts) for area in part.areas}
        return cls(
            headers={role: _headers(parts, role) for role in roles},
            renderings=tuple(dict.fromkeys(group for part in parts for group in part.renderings)),
            former_villages={old: new for part in reversed(parts) for old, new in part.former_villages.items()},
            divisions={code: name for part in reversed(parts) for code, name in part.divisions.items()},
            areas=tuple(area for _, area in sorted(areas.items())),
        )


def _headers(parts: Iterable[Vocabulary], role: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for part in parts:
        for name, headers in part.headers.get(role, {}).items():
            found.setdefault(name, {}).update(dict.fromkeys(headers))
    return {name: tuple(headers) for name, headers in found.items()}


def check_fields(definitions: Iterable[Definition]) -> None:
    """Refuse fields of definitions that no record could hold.

    :raises PluginError: a field is of no role or kind that there is, or its role has one of that name
    """
    for owner, one in ((definition.name, one) for definition in definitions for one in definition.fields):
        where = f"definition {owner!r}: the field {one.name!r}"
        if one.role not in ROLES:
            raise PluginError(f"{where} is of the role {one.role!r}, which has no rows{nearest(one.role, ROLES)}")
        if one.kind not in EXTRA_KINDS:
            raise PluginError(f"{where} is of the kind {one.kind!r}, which is none of {', '.join(EXTRA_KINDS)}")
        if one.name in fields_of(one.role):
            raise PluginError(f"{where} is one that every {one.role} record has")
