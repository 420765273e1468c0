"""One ``[[sources]]`` table of the campaign file, checked: a file or folder, or a database by its address."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from housing_guarantee.database import has_password
from housing_guarantee.definition import Definition
from housing_guarantee.errors import CampaignError
from housing_guarantee.records import ROLES, Reader, fields_of
from housing_guarantee.source import Source
from housing_guarantee.toml_table import Table, as_typed, check_keys, nearest, nearest_zh

__all__ = ["ALL_ROLES", "KEYS", "SYSTEMS", "TABLES", "source_of"]

ALL_ROLES = ("roster", "verifications", "ledger", "appraisals", "archive", "photos", "provincial")
_OPTIONS = ("url", "url_env", "tables", "photos")
KEYS = ("role", "adapter", "path", "sheet", "columns", "values", *_OPTIONS)
SYSTEMS = ("retrieval", "renovation")
TABLES = ("household_archive", *(role for role in ROLES if role != "provincial"))


def source_of(path: Path, raw: Any, definition: Definition) -> Source:
    """Read one table.

    :param path: the campaign file, beside which relative paths are looked for
    :raises CampaignError: a key or value of it is wrong
    """
    if not isinstance(raw, dict):
        problem = f"{path.name}: sources must be tables, [[sources]]"
        raise CampaignError(problem, zh=f"{path.name}：sources 应为 [[sources]] 表")
    fields = (*_fields_of(raw.get("role")), *(one.name for one in definition.fields_of(str(raw.get("role")))))
    check_keys(path.name, raw, (*KEYS, *fields), "[[sources]] ")
    table = Table(path.name, "sources", raw)
    role = table.one_of("role", ALL_ROLES)
    file, constants = table.maybe("path", str), {key: value for key, value in raw.items() if key in fields}
    if file and ("url" in raw or "url_env" in raw):
        raise table.wrong("path", "and a database cannot both be one source", "与数据库地址只能填一项")
    if role == "provincial":
        constants["system"] = table.one_of("system", SYSTEMS, SYSTEMS[0])
    return Source(
        role=role,
        adapter=table.take("adapter", str),
        name=file or _database_name(path.name, table, role, constants),
        path=path.parent / (file or ""),
        sheet=table.maybe("sheet", str),
        columns=_by_field(path.name, "columns", raw, role, fields, str),
        values=_codings(path.name, _by_field(path.name, "values", raw, role, fields, dict), definition),
        constants=_constants(path.name, constants, definition),
        options=_options(table, [key for key in _OPTIONS if key in raw and key not in fields]),
    )


def _database_name(file: str, table: Table, role: str, constants: Mapping[str, Any]) -> str:
    """Name a database by what it is: its address may hold what nobody else should see."""
    if not (table.maybe("url_env", str) or table.maybe("url", str)):
        problem = f"{file}: [[sources]] of role {role!r} has no path"
        raise CampaignError(problem, zh=f"{file}：role 为“{role}”的 [[sources]] 没有写 path")
    return "/".join(filter(None, (role, constants.get("system"))))


def _options(table: Table, given: Iterable[str]) -> Mapping[str, Any]:
    """Take what only some adapters understand; what may be a secret is never repeated."""
    options = {key: table.take(key, dict if key == "tables" else str) for key in given}
    if not options.get("url_env", "A").isidentifier():
        raise table.wrong("url_env", "must be the name of an environment variable", "应为环境变量的名称")
    try:
        secret = has_password(options.get("url", ""))
    except ValueError:
        raise table.wrong("url", "is no address of a database", "不是数据库地址") from None
    if secret:
        problem = "is allowed only without a password: name a variable that holds it under url_env"
        raise table.wrong("url", problem, "不得含口令：请把地址放进环境变量，用 url_env 写变量名")
    for name, given_name in options.get("tables", {}).items():
        if name not in TABLES:
            problem = f"knows no table {name!r}{nearest(name, TABLES)}"
            raise table.wrong("tables", problem, f"中没有“{name}”表{nearest_zh(name, TABLES)}")
        if not isinstance(given_name, str):
            raise table.wrong("tables", f"must give the name of {name!r} in quotes", f"中“{name}”应为带引号的表名")
    return options


def _fields_of(role: Any) -> tuple[str, ...]:
    """Give the fields of a role; a role that is missing or misspelt may have any."""
    if role in ALL_ROLES:
        return fields_of(role) if role in ROLES else ()
    return tuple(name for known in ROLES for name in fields_of(known))


def _codings(
    file: str, given: Mapping[str, Mapping[str, Any]], definition: Definition
) -> Mapping[str, Mapping[str, Any]]:
    """Refuse a coding into what the field cannot hold: every row would be unreadable for it."""
    reader = Reader(definition)
    for name, coding in given.items():
        for typed, value in coding.items():
            if fault := reader.refuses(name, value):
                en, zh = fault.expected["en"], fault.expected["zh"]
                raise CampaignError(
                    f"{file}: [sources.values] {name!r}: {typed!r} is to be {en}, not {as_typed(value)}",
                    zh=f"{file}：[sources.values] 的“{name}”中“{typed}”{zh}",
                )
    return given


def _by_field(
    file: str, key: str, raw: Mapping[str, Any], role: str, fields: Sequence[str], kind: type
) -> Mapping[str, Any]:
    table = Table(file, f"sources.{key}", raw.get(key, {}))
    for name in raw.get(key, {}):
        if name not in fields:
            problem = f"is no field of {role}{nearest(name, fields)}"
            raise table.wrong(name, problem, f"不是 {role} 的字段{nearest_zh(name, fields)}")
    return {name: table.take(name, kind) for name in raw.get(key, {})}


def _constants(file: str, given: Mapping[str, Any], definition: Definition) -> Mapping[str, Any]:
    programmes = [term.name for term in definition.programmes]
    programme = given.get("programme")
    if programme is not None and programme not in programmes:
        raise CampaignError(
            f"{file}: [[sources]] 'programme': {programme!r} is none of {', '.join(programmes)}"
            f"{nearest(str(programme), programmes)}",
            zh=f"{file}：[[sources]] 的 programme 应为 {'、'.join(programmes)} 之一"
            f"{nearest_zh(str(programme), programmes)}",
        )
    return given
