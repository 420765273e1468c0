"""A plan of write-back: which row of which source gets which values, what stood there, and why.

A saved plan holds people's numbers, so its file is its owner's alone. It is sealed with the key of the workspace: one
that somebody changed, or that is another campaign's, is refused.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
from attrs import asdict, frozen

from housing_guarantee.adapters.provincial import table_of
from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import PlanError
from housing_guarantee.report import replace_text
from housing_guarantee.source import Source
from housing_guarantee.workspace import workspace_key

__all__ = [
    "DATABASES",
    "FILES",
    "Change",
    "LeftOut",
    "Part",
    "Plan",
    "Row",
    "Scalar",
    "load_plan",
    "same",
    "save_plan",
    "scalar",
    "sources_of",
]

Scalar = str | int | float | None
"""A value as a plan can hold it."""
DATABASES, FILES = ("provincial",), ("excel", "app_export")
"""The adapters whose sources can be written to, and those for whose sources a correction file is made."""
_SCHEMA = 1


def scalar(value: Any) -> Scalar:
    """Give a cell or a column's value as a plan holds it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool)):
        return value
    return str(value)


def same(one: Scalar, other: Scalar) -> bool:
    """Say whether two values are one; what a column of fixed width pads, or keeps as another type, is the same."""
    if one is None or other is None:
        return one is other
    return str(one).rstrip(" ") == str(other).rstrip(" ")


@frozen
class Part:
    """A column of a row and what it holds: a part of the row's key, or its version."""

    field: str
    column: str
    value: Scalar = attrs.field(repr=False)


@frozen
class Change:
    """One value to write.

    :param column: of a database its name, of a file its header
    :param old: what stood there when the plan was made
    :param code, clause, finding: of the finding behind it; its key
    :param right: the role or system that is held right
    """

    field: str
    column: str
    old: Scalar = attrs.field(repr=False)
    new: Scalar = attrs.field(repr=False)
    code: str
    clause: str
    right: str
    finding: str


@frozen
class Row:
    """One row to be changed, whole or not at all.

    :param role, source: of the source, as the campaign names it
    :param file: the file in that source as origins show it; of a database the source again
    :param table: the table's real name, or the sheet
    :param number: the row of a file, counted from 1; None in a database
    :param key: what names the row; of a file, what must stand in that row for it to be the same one
    :param version: what changes whenever somebody writes the row, where the table has it
    """

    role: str
    source: str
    file: str = attrs.field(repr=False)
    table: str | None
    number: int | None
    household_id: str | None
    key: tuple[Part, ...]
    version: Part | None
    changes: tuple[Change, ...]


@frozen
class LeftOut:
    """What is held wrong and cannot be planned, and why."""

    household_id: str | None
    source: str
    field: str
    code: str
    reason: str


@frozen
class Plan:
    """Rows to be changed, in order.

    :param undoes: the digest of the plan that this one takes back
    :param digest: the seal; empty until the plan is saved
    """

    campaign: str
    county_code: str
    rows: tuple[Row, ...]
    left_out: tuple[LeftOut, ...] = ()
    undoes: str | None = None
    digest: str = ""


def sources_of(sources: Iterable[Source], role: str, file: str, table: str | None) -> list[int]:
    """Give the places of the sources that can be written to and that hold this table or sheet: of a sound campaign one.

    Several tables of a database bear one name, as do several sheets of a workbook.
    """
    return [
        at
        for at, source in enumerate(sources)
        if source.role == role
        and (
            (source.adapter in DATABASES and source.name == file and table_of(source) == table)
            or (source.adapter in FILES and f"{file}/".startswith(f"{source.name}/") and source.sheet in (None, table))
        )
    ]


# ------------------------------------------------------------------------------------------------ the file


def save_plan(plan: Plan, path: Path, campaign: Campaign) -> Plan:
    """Seal a plan and write it, readable by its owner alone; the same plan gives the same bytes.

    :returns: the plan with its digest
    :raises OutputError: it cannot be written
    """
    data = {"schema": _SCHEMA, **asdict(plan)}
    data["digest"] = _seal(data, campaign)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    replace_text(path, text)
    return _plan(data)


def load_plan(path: Path, campaign: Campaign) -> Plan:
    """Read a plan that was saved for this campaign.

    :raises PlanError: there is none, it is no plan, another campaign's, or not as it was saved
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlanError(f"{path}: there is no plan; make one by push", zh=f"{path}：没有计划，请先运行 push") from None
    except (OSError, ValueError) as error:
        kind = type(error).__name__
        raise PlanError(f"{path}: it cannot be read ({kind})", zh=f"{path}：无法读取（{kind}）") from None
    if not isinstance(data, dict) or data.get("schema") != _SCHEMA:
        raise PlanError(f"{path}: it is no plan of push", zh=f"{path}：不是 push 的计划文件")
    if (data.get("campaign"), data.get("county_code")) != (campaign.name, campaign.county_code):
        raise PlanError(f"{path}: it is another campaign's plan", zh=f"{path}：是另一个项目的计划")
    if not hmac.compare_digest(str(data.get("digest")), _seal(data, campaign)):
        problem = "it was changed since it was saved, or was made in another workspace; make one anew by push"
        raise PlanError(f"{path}: {problem}", zh=f"{path}：计划保存后被改动过，或出自另一个工作区，请重新运行 push")
    return _plan(data)


def _seal(data: dict[str, Any], campaign: Campaign) -> str:
    """Digest everything but the seal itself, with the key of the workspace."""
    bare = {name: value for name, value in data.items() if name != "digest"}
    text = json.dumps(bare, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hmac.new(workspace_key(campaign.folder / campaign.workspace), text.encode(), hashlib.sha256).hexdigest()


def _plan(data: dict[str, Any]) -> Plan:
    """Build a plan of what its seal has vouched for."""
    bare = {name: value for name, value in data.items() if name not in ("schema", "rows", "left_out")}
    return Plan(**bare, rows=tuple(map(_row, data["rows"])), left_out=tuple(LeftOut(**one) for one in data["left_out"]))


def _row(data: dict[str, Any]) -> Row:
    nested = {
        "key": tuple(Part(**part) for part in data["key"]),
        "version": Part(**data["version"]) if data["version"] else None,
        "changes": tuple(Change(**change) for change in data["changes"]),
    }
    return Row(**{**data, **nested})
