"""One source of the campaign file that is proposed."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from housing_guarantee.onboarding.units import Unit
from housing_guarantee.rule import Words

__all__ = ["Proposed"]


@frozen
class Proposed:
    """One ``[[sources]]`` table, with what is to be said beside it.

    :param sheet: where not every sheet is meant
    :param constants: field → a fact that holds for the whole source
    :param options: what only its adapter understands
    :param notes: what a reader should know of it
    :param doubts: key of the table → why it may be wrong
    :param copy_of: the source that holds the same rows; it is written as a comment then
    """

    role: str
    adapter: str
    name: str
    units: tuple[Unit, ...] = ()
    sheet: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    values: Mapping[str, Mapping[str, bool]] = field(factory=dict)
    constants: Mapping[str, str] = field(factory=dict)
    options: Mapping[str, Any] = field(factory=dict)
    notes: tuple[Words, ...] = ()
    doubts: Mapping[str, Words] = field(factory=dict)
    copy_of: str | None = None
