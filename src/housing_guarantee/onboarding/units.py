"""The tables of files, each understood as a role, and which of them only repeat another."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from housing_guarantee.converters import to_code
from housing_guarantee.onboarding.looks import Form, Look, SheetLook
from housing_guarantee.onboarding.questions import Ask, Question
from housing_guarantee.onboarding.views import View
from housing_guarantee.rule import Words

__all__ = ["Unit", "units_of", "without_copies"]

_SAME = 0.5
"""Share of a table's rows that stand in another one already, from which on it is held for a copy."""
_FEWEST_COLUMNS = 4  # of a table in a database, which may hold anything
_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "roster": (("household_id",),),
    "verifications": (("household_id",), ("id_number",)),
    "ledger": (("file_no", "head_name"), ("file_no", "id_number"), ("id_number",)),
    "appraisals": (("report_no", "head_name"), ("report_no", "id_number"), ("id_number",)),
    "archive": (("household_id", "document"),),
    "provincial": (("household_id",), ("id_number",)),
}
"""What tells a row of a role from the others, the best first; a file number may only count the rows of its sheet."""


@frozen
class Unit:
    """One or more tables of a file that are read together as one role."""

    look: Look
    found: tuple[SheetLook, ...]
    views: tuple[View, ...]

    @property
    def role(self) -> str:
        """The role that they fill."""
        return self.views[0].role

    @property
    def rows(self) -> int:
        """How many rows they hold."""
        return sum(len(view.rows) for view in self.views)

    @property
    def title(self) -> str:
        """What to call it to a person."""
        sheets = "、".join(found.sheet.name for found in self.found if found.sheet.name)
        return f"{self.look.name} [{sheets}]" if sheets else self.look.name

    def keys(self) -> set[tuple[str, ...]]:
        """Give what names its rows."""
        return {key for view in self.views for key in _keys(view)}


def units_of(look: Look) -> Iterator[Unit]:
    """Give the tables of a file that can be read as their likeliest role."""
    usable = [(found, view) for found in look.sheets if (view := found.best) is not None and _is_usable(look, found)]
    if look.form is not Form.PACKAGE:
        yield from (Unit(look, (found,), (view,)) for found, view in usable)
    elif len(usable) == len(look.sheets) and len({str(view.given) for _, view in usable}) == 1:
        yield Unit(look, tuple(found for found, _ in usable), tuple(view for _, view in usable))


def _is_usable(look: Look, found: SheetLook) -> bool:
    view = found.best
    if view is None or not found.sheet.visible or not view.rows:
        return False
    if look.form is Form.PACKAGE:
        return view.is_likely and view.role == "verifications"
    if look.form is Form.DATABASE:
        return view.is_usable and len(view.certainty) >= _FEWEST_COLUMNS
    return view.is_likely


def _keys(view: View) -> Iterator[tuple[str, ...]]:
    names = next((names for names in _KEYS[view.role] if view.match.columns.keys() >= set(names)), ())
    columns = [view.match.columns[name] for name in names]
    for _, cells in view.rows:
        key = tuple(to_code(cells[column]) or "" if column < len(cells) else "" for column in columns)
        if names and all(key):
            yield (names[0], *key)


def without_copies(units: Sequence[Unit], ask: Ask) -> tuple[list[Unit], list[tuple[Unit, Unit]]]:
    """Part the tables from those whose rows stand in another table already, each with that one."""
    taken: list[tuple[Unit, set[tuple[str, ...]]]] = []
    copies: list[tuple[Unit, Unit]] = []
    for unit in sorted(units, key=lambda unit: (-unit.rows, len(unit.title), unit.title)):
        keys = unit.keys()
        at = next((n for n, (other, held) in enumerate(taken) if _is_copy(unit, keys, other, held)), None)
        if at is None:
            taken.append((unit, keys))
            continue
        other = taken[at][0]
        if ask(_which(other, unit)) == unit.title:
            taken[at], unit, other = (unit, keys), other, unit
        copies.append((unit, other))
    return [unit for unit in units if any(unit is one for one, _ in taken)], copies


def _is_copy(unit: Unit, keys: set[tuple[str, ...]], other: Unit, held: set[tuple[str, ...]]) -> bool:
    return unit.role == other.role and bool(keys) and len(keys & held) >= _SAME * len(keys)


def _which(one: Unit, other: Unit) -> Question:
    zh = f"{one.title}（{one.rows}行）和 {other.title}（{other.rows}行）内容重复，用哪一个？"
    en = f"{one.title} ({one.rows} rows) and {other.title} ({other.rows} rows) hold the same rows: which one is right?"
    return Question(Words(zh, en), one.title, (one.title, other.title))
