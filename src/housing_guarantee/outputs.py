"""The shapes of a finding and of a household's verdict as data: a line of ``findings.jsonl``, of ``households.jsonl``.

What each key is stands in ``data/reference.toml``, from which the reference page and the JSON Schema are made.
"""

from typing import Any, NotRequired, TypedDict

from housing_guarantee.findings import Effect, Severity, State, Status, Verdict

__all__ = ["FindingData", "HouseholdData", "OriginData", "ProofData", "RowKey"]


class RowKey(TypedDict, total=False):
    """What names a row that has no number."""

    row_key: str


class OriginData(TypedDict):
    """A cell to open."""

    source: str
    sheet: str | None
    row: int | None
    row_key: NotRequired[str]
    column: str | None
    header: str | None
    value: Any


class FindingData(TypedDict):
    """One finding, masked for its reader."""

    key: str
    code: str
    severity: Severity
    verdict: Effect | None
    status: Status
    household_id: str | None
    area_code: str | None
    township: str | None
    village: str | None
    clause: str
    message: str
    fix: str
    by: str
    values: dict[str, Any]
    origins: list[OriginData]


class ProofData(TypedDict):
    """A requirement that is met, and the cells that show it."""

    requirement: str
    clause: str
    origins: list[OriginData]


class HouseholdData(TypedDict):
    """One household of the roster: its verdict, its proofs and what stands against it."""

    household_id: str
    area_code: str | None
    township: str | None
    village: str | None
    guarantee_type: str | None
    verdict: Verdict
    waived: bool
    codes: list[str]
    proofs: list[ProofData]
    requirements: dict[str, State]
    could_not_check: dict[str, str]
