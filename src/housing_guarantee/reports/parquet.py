"""Findings and households as Parquet beside JSONL (the extra ``parquet``), for programs that read columns.

The same lines as those of `jsonl.py`, masked alike. What differs from finding to finding in its shape (``values``, the
value of a cell) stands as JSON text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from housing_guarantee.errors import OutputError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.report import Report, Result, replace_file
from housing_guarantee.reports.jsonl import finding_data, household_data

__all__ = ["ParquetLines"]

_GROUP = 50_000
"""Rows of a row group."""


class ParquetLines:
    """Writes findings and households as Parquet, where that is asked for."""

    name = "parquet"
    on_request = True

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the two files.

        :raises OutputError: the extra is not installed
        """
        public, (findings, households) = result.public, _schemas()
        rows = (_finding(finding_data(finding, public)) for finding in result.outcome.findings)
        homes = (_household(household_data(household, public)) for household in result.outcome.households)
        return [
            replace_file(folder / "findings.parquet", lambda part: _put(part, findings, rows)),
            replace_file(folder / "households.parquet", lambda part: _put(part, households, homes)),
        ]


def _schemas() -> tuple[Any, Any]:
    """Give the columns of findings and of households."""
    try:
        import pyarrow as pa
    except ImportError:
        how = "pip install 'housing-guarantee[parquet]'"
        raise OutputError(f"写出 Parquet 需要安装 · Parquet needs an extra: {how}") from None
    text = pa.string()
    names = ("source", "sheet", "row_key", "column", "header", "value")
    origins = pa.list_(pa.struct([(name, text) for name in names] + [("row", pa.int64())]))
    unit = [(name, text) for name in ("household_id", "area_code", "township", "village")]
    said = ("key", "code", "severity", "verdict", "status", "clause", "message", "fix", "by", "values")
    proofs = pa.list_(pa.struct([("requirement", text), ("clause", text), ("origins", origins)]))
    states = [("requirements", pa.map_(text, text)), ("could_not_check", pa.map_(text, text))]
    concluded = [("guarantee_type", text), ("verdict", text), ("waived", pa.bool_()), ("codes", pa.list_(text))]
    return (
        pa.schema([*unit, *((name, text) for name in said), ("origins", origins)]),
        pa.schema([*unit, *concluded, ("proofs", proofs), *states]),
    )


def _finding(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "values": _json(line["values"]), "origins": [_origin(one) for one in line["origins"]]}


def _household(line: Mapping[str, Any]) -> dict[str, Any]:
    proofs = [{**proof, "origins": [_origin(one) for one in proof["origins"]]} for proof in line["proofs"]]
    maps = {name: list(line[name].items()) for name in ("requirements", "could_not_check")}
    return {**line, "proofs": proofs, **maps}


def _origin(origin: Mapping[str, Any]) -> dict[str, Any]:
    value = origin["value"]
    return {**origin, "value": None if value is None else _json(value)}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _put(part: Path, schema: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(part, schema) as writer:
        for group in _groups(rows):
            writer.write_table(Table.from_pylist(group, schema))


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    each = iter(rows)
    while group := list(islice(each, _GROUP)):
        yield group


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [ParquetLines()]
