"""Where each household's row stands in each kind of file, so that the truth can point at what was planted."""

from collections.abc import Mapping

from attrs import define, field

__all__ = ["Placed", "Places"]

Placed = tuple[str, str | None, int, Mapping[str, int]]
"""File, sheet, row (from 1), and field → column (from 0)."""


@define
class Places:
    """Where each household's row stands in each kind of file."""

    by_kind: dict[tuple[str, str], Placed] = field(factory=dict)

    def note(self, kind: str, household_id: str, placed: Placed) -> None:
        """Remember the last row of a household in a kind of file."""
        self.by_kind[kind, household_id] = placed
