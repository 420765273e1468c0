"""JSON Schemas (2020-12) of what goes in and what comes out, made from the types that the code itself uses.

A campaign file is described as data: TOML's dates are texts such as ``2020-06-10``. A case file is described as
`casefile_of` takes it: its cells may hold anything a person types, for what cannot be understood there is a finding.
"""

import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

import attrs

from housing_guarantee.campaign import KEYS, RESERVED, Campaign, PluginChoice, RuleChoice, Waiver
from housing_guarantee.cells import LISTS
from housing_guarantee.data import read_toml
from housing_guarantee.definition import load_definition
from housing_guarantee.findings import Status
from housing_guarantee.linkage.match import Link, LinkOptions
from housing_guarantee.local_table import BY, CODE
from housing_guarantee.local_table import KEYS as LOCAL_KEYS
from housing_guarantee.models import IdNumber, Period
from housing_guarantee.outputs import FindingData, HouseholdData, OriginData, ProofData
from housing_guarantee.plugins import Equipment
from housing_guarantee.records import ROLES, fields_of, header_of
from housing_guarantee.source_table import ALL_ROLES, SYSTEMS, TABLES
from housing_guarantee.source_table import KEYS as SOURCE_KEYS

__all__ = ["SCHEMAS", "Schema", "campaign_schema", "casefile_schema", "finding_schema", "household_schema"]

Schema = dict[str, Any]
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$"
_PLAIN: Mapping[Any, Schema] = {
    Any: {},
    None: {"type": "null"},
    type(None): {"type": "null"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    date: {"type": "string", "pattern": _DATE},
    datetime: {"type": "string", "pattern": _MOMENT},
}
_SHAPES: Mapping[type, str] = {
    FindingData: "finding",
    OriginData: "origin",
    HouseholdData: "household",
    ProofData: "proof",
}
"""Shape of an output → its table in ``reference.toml``."""


def finding_schema(equipment: Equipment) -> Schema:
    """Describe one line of ``findings.jsonl``."""
    shape = _shape(FindingData)
    shape["properties"]["status"]["enum"].remove(Status.CLOSED)  # said of earlier runs' findings, never of a run's own
    return _document("finding", shape, {"origin": _shape(OriginData)})


def household_schema(equipment: Equipment) -> Schema:
    """Describe one line of ``households.jsonl``."""
    shapes = {"origin": _shape(OriginData), "proof": _shape(ProofData)}
    return _document("household", _shape(HouseholdData), shapes)


def casefile_schema(equipment: Equipment) -> Schema:
    """Describe what `casefile_of` takes: a list of rows for each role."""
    tables: dict[str, Schema] = {role: {"type": "array", "items": {"$ref": f"#/$defs/{role}"}} for role in ROLES}
    tables["roster"]["minItems"] = 1
    rows = {role: _object({name: _cell(role, name) for name in fields_of(role)}) for role in ROLES}
    rows["roster"]["required"] = ["household_id"]
    rows["provincial"]["properties"]["system"] = {"enum": [*SYSTEMS, None]}
    return _document("casefile", _object(tables, ["roster"]), rows)


def campaign_schema(equipment: Equipment) -> Schema:
    """Describe a campaign file as data, with the topics and adapters that are loaded."""
    listed = {
        "sources": {
            **_list(_sources(equipment)),
            "minItems": 1,
            "contains": {"properties": {"role": {"const": "roster"}}, "required": ["role"]},
        },
        "links": _list(_table("links", _attributes(Link), _any_of("file_no", "row"))),
        "waivers": _list(_table("waivers", _attributes(Waiver), _any_of("household_id", "area_code"))),
    }
    tables = {
        "schema": {"const": 1},
        "campaign": _campaign(),
        "rules": _rules(equipment),
        "plugins": _table("plugins", {**_attributes(PluginChoice), "seconds": {"type": "integer", "minimum": 1}}),
        "limits": _table("limits", {key: {"type": "integer", "minimum": 1} for key in KEYS["limits"]}),
        "precedence": _precedence(),
        "workspace": _table("workspace", _texts(KEYS["workspace"]), {"not": {"required": list(KEYS["workspace"])}}),
        "linkage": _table("linkage", _attributes(LinkOptions)),
    }
    return _document("campaign", _object({**tables, **listed}, ["schema", "campaign", "sources"]))


SCHEMAS: Mapping[str, Callable[[Equipment], Schema]] = {
    "campaign": campaign_schema,
    "casefile": casefile_schema,
    "finding": finding_schema,
    "household": household_schema,
}


# ------------------------------------------------------------------------------------------------ the campaign file


def _campaign() -> Schema:
    own = {name: kind for name, kind in _attributes(Campaign).items() if name in KEYS["campaign"]}
    more: dict[str, Schema] = {
        "county_code": {"type": "string", "pattern": "^[0-9]{6}$"},
        "planned_households": {"type": "integer", "minimum": 1},
        "language": {"enum": ["zh", "en"]},
        "area": {"type": "string"},
        "area_datum": {"enum": ["wgs84", "gcj02", "bd09"]},
    }
    return _table("campaign", {**own, **more})


def _sources(equipment: Equipment) -> Schema:
    """Describe a source: the keys of every source, and the fields of its role as facts that hold for all of it."""
    own = {
        **_texts(SOURCE_KEYS),
        "role": {"enum": list(ALL_ROLES)},
        "adapter": {"enum": sorted(equipment.adapters)},
        "columns": {"type": "object", "additionalProperties": {"type": "string"}},
        "values": {"type": "object", "additionalProperties": {"type": "object"}},
        "tables": _object(dict.fromkeys(TABLES, _PLAIN[str])),
        "system": {"enum": list(SYSTEMS)},
    }
    facts: dict[str, Schema] = {name: {} for role in ROLES for name in fields_of(role) if name not in own}
    keys = {role: [*SOURCE_KEYS, *(fields_of(role) if role in ROLES else ())] for role in ALL_ROLES}
    by_role = [
        {"if": {"properties": {"role": {"const": role}}}, "then": {"propertyNames": {"enum": sorted({*names})}}}
        for role, names in keys.items()
    ]
    described = _table("sources", own, _any_of("path", "url", "url_env"))
    return {**described, "properties": {**described["properties"], **facts}, "allOf": by_role}


def _rules(equipment: Equipment) -> Schema:
    chosen = {name: kind for name, kind in _attributes(RuleChoice).items() if name in RESERVED and name != "local"}
    topics = {
        name: _object(_attributes(topic.settings) if topic.settings else {}) for name, topic in equipment.topics.items()
    }
    described = _table("rules", {**chosen, "local": _list(_local())})
    return {**described, "properties": {**described["properties"], **topics}}


def _local() -> Schema:
    definition = load_definition()
    own = {
        **_texts(LOCAL_KEYS),
        "code": {"type": "string", "pattern": f"^{CODE.pattern}$"},
        "severity": {"enum": ["error", "warning", "info"]},
        "verdict": {"enum": ["contradicted", "unproven"]},
        "guarantee": {"enum": [one.name for one in definition.types]},
        "requirement": {"enum": [one.name for one in definition.requirements]},
        "by": {"enum": list(BY)},
    }
    return _table("rules.local", own, {**_any_of("when", "proof"), "dependentRequired": {"proof": ["requirement"]}})


def _precedence() -> Schema:
    names = sorted({name for role in ROLES for name in fields_of(role)})
    roles = _list({"enum": list(ALL_ROLES)})
    return {"type": "object", "propertyNames": {"enum": names}, "additionalProperties": roles}


# ------------------------------------------------------------------------------------------------ parts


def _document(name: str, body: Schema, parts: Mapping[str, Schema] | None = None) -> Schema:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:housing-guarantee:{name}:1"}
    return {**head, **body, **({"$defs": dict(parts)} if parts else {})}


def _table(name: str, properties: Mapping[str, Schema], more: Mapping[str, Any] | None = None) -> Schema:
    """Describe a table of the campaign file in the words of its reference."""
    words = read_toml("reference.toml")[name]
    described = {key: {**properties[key], "description": _text(words[key]["text"])} for key in words}
    needed = [key for key in words if words[key]["default"] == "needed"]
    return {**_object(described, needed), **(more or {})}


def _shape(shape: type) -> Schema:
    """Describe an output in the words of its reference; another shape within it is referred to."""
    words = read_toml("reference.toml")[_SHAPES[shape]]
    hints = get_type_hints(shape)
    described = {key: {**_of(hints[key]), "description": _text(words[key]["text"])} for key in words}
    needed: frozenset[str] = getattr(shape, "__required_keys__")  # noqa: B009 - of a TypedDict, which mypy takes for a type
    return _object(described, [key for key in words if key in needed])


def _cell(role: str, name: str) -> Schema:
    """Describe a cell: anything that is typed, and for what it is read."""
    kinds = {attribute.name: str(_KINDS.get(_inner(attribute.type), "")) for attribute in attrs.fields(ROLES[role])}
    words = [header_of(role, name), kinds.get(name, "")]
    plain: Schema = {"type": ["string", "number", "boolean", "null"]}
    if name in LISTS:
        plain = {"anyOf": [{"type": ["string", "null"]}, _list(_PLAIN[str])]}
        words[1] = "file names, in one text or a list"
    return {**plain, **({"description": "; ".join(filter(None, words))} if any(words) else {})}


_KINDS: Mapping[Any, str] = {
    Period: "a date as exactly as it is known",
    IdNumber: "an identity number",
    bool: "yes or no",
    int: "a whole number",
    float: "a number",
}


def _inner(kind: Any) -> Any:
    """Give what a field holds where it is not blank."""
    return next((one for one in get_args(kind) if one is not type(None)), kind)


def _attributes(cls: type) -> dict[str, Schema]:
    """Describe the fields that are given to an attrs class."""
    own: Iterable[Any] = attrs.fields(cls)
    return {one.name: _of(one.type) for one in own if one.init}


def _of(kind: Any) -> Schema:
    """Describe a type."""
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [one.value for one in kind]}
    if is_typeddict(kind):
        return {"$ref": f"#/$defs/{_SHAPES[kind]}"}
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_of(part) for part in parts]}
    if origin is tuple and parts[1:] != (...,):
        return {"type": "array", "prefixItems": [_of(part) for part in parts], "items": False, "minItems": len(parts)}
    if origin in (tuple, list):
        return _list(_of(parts[0]))
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _of(parts[1])}
    return {}  # an object of the program, which no file holds


def _object(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, "additionalProperties": False}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _texts(names: Sequence[str]) -> dict[str, Schema]:
    return {name: dict(_PLAIN[str]) for name in names}


def _any_of(*names: str) -> Schema:
    return {"anyOf": [{"required": [name]} for name in names]}


def _text(words: str) -> str:
    """Leave out what only a page can follow."""
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", words)
