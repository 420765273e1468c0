"""What is shown of a file: its sheets, headers, columns, samples, and what each role would need. Nothing personal.

A sample is shown masked by its field's kind. What is free text, of no known field, or only guessed is shown by its
shape: 9 for digits, A for letters, 字 for characters.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from housing_guarantee.adapters.grid import CellError, Sheet, Value, column_letters
from housing_guarantee.adapters.header import Certainty, data_rows
from housing_guarantee.adapters.tables import NEEDED
from housing_guarantee.converters import clean
from housing_guarantee.definition import load_definition
from housing_guarantee.masking import Kind, Masking, kind_of
from housing_guarantee.onboarding.content import filled
from housing_guarantee.onboarding.folder import is_household
from housing_guarantee.onboarding.looks import Look, SheetLook
from housing_guarantee.onboarding.views import View
from housing_guarantee.records import Reader, fields_of

__all__ = ["look_data", "masking_for"]

_SAMPLES = 3
_LONGEST = 24
_SHAPES = ((re.compile(r"\d"), "9"), (re.compile(r"[A-Za-z]"), "A"), (re.compile(r"[^\W\d_A-Za-z]"), "字"))


def masking_for(looks: Iterable[Look]) -> Masking:
    """Mask every name that stands in any column of names; what is in no known column is shown by its shape."""
    views = [view for look in looks for found in look.sheets if (view := found.best) is not None]
    names = {clean(cell) for view in views for name in _names(view) for cell in view.cells(name)}
    return Masking(known=frozenset(names))


def _names(view: View) -> list[str]:
    return [name for name in view.certainty if kind_of(name) is Kind.NAME]


def look_data(look: Look, masking: Masking) -> dict[str, Any]:
    """Give what is to be said of a file or folder, as JSON has it."""
    data: dict[str, Any] = {
        "file": masking.show("file", look.name),
        "form": look.form.value,
        "readable": look.problem is None,
    }
    if look.problem is not None:
        data["problem"] = {each: masking.show("problem", look.problem.text(each)) for each in ("zh", "en")}
    if look.encoding:
        data["encoding"] = look.encoding
    if look.photos is not None:
        names = look.photos.names()
        data["photos"] = {
            "count": len(names),
            "with_number": sum(any(map(is_household, name.split("/"))) for name in names),
            "left_out": dict(look.photos.left_out),
        }
    if look.papers:
        data["papers"] = look.papers
    if look.areas:
        data["areas"] = len(look.areas)
    return {**data, "sheets": [_sheet_data(found, masking) for found in look.sheets]}


def _sheet_data(found: SheetLook, masking: Masking) -> dict[str, Any]:
    sheet, view = found.sheet, found.best
    data: dict[str, Any] = {
        "sheet": None if sheet.name is None else masking.show("sheet", sheet.name),
        "visible": sheet.visible,
        "filled_rows": sum(1 for row in sheet.rows if filled(row)),
    }
    if found.member:
        data["member"] = masking.show("file", found.member)
    if sheet.notes:
        data["notes"] = list(sheet.notes)
    if view is not None:
        data |= _understood(sheet, view, masking)
    return data | {"roles": [_role_data(one) for one in found.views]}


def _understood(sheet: Sheet, view: View, masking: Masking) -> dict[str, Any]:
    """Describe the likeliest way of reading a sheet."""
    match = view.match
    reader = Reader(load_definition())
    fields = {column: name for name, column in match.columns.items()}
    return {
        "role": view.role if view.is_likely else None,
        "header_rows": [match.first_row + 1, match.last_row + 1],
        "data_rows": len(view.rows),
        "left_out": data_rows(sheet, match)[1],
        "columns": [_column_data(view, column, fields.get(column), masking, reader) for column in sorted(match.typed)],
    }


def _column_data(view: View, column: int, name: str | None, masking: Masking, reader: Reader) -> dict[str, Any]:
    cells = [cells[column] for _, cells in view.rows if column < len(cells)]
    values = filled(cells)
    sure = view.certainty.get(name) if name else None
    seen = dict.fromkeys(_shown(name, sure, value, masking) for value in values[:_MANY])
    return {
        "column": column_letters(column),
        "header": masking.show("header", view.match.typed[column]),
        "field": name,
        "certainty": sure.value if sure else None,
        "filled": len(values),
        "unreadable": sum(_is_unreadable(reader, name, value) for value in values) if name else 0,
        "samples": list(seen)[:_SAMPLES],
    }


_MANY = 200
"""Cells in which different samples are looked for."""


def _is_unreadable(reader: Reader, name: str, value: Value) -> bool:
    return reader.refuses(name, value) is not None


def _shown(name: str | None, sure: Certainty | None, value: Value, masking: Masking) -> str:
    """Show a cell: masked by what its field holds, or its shape alone."""
    text = clean(value)[:_LONGEST]
    if isinstance(value, CellError) or name is None:
        return _shape(text)
    plain = kind_of(name) in (Kind.CODE, Kind.PLAIN)
    if kind_of(name) is Kind.TEXT or (plain and sure not in (Certainty.EXACT, Certainty.NORMALISED)):
        return _shape(text)
    return masking.show(name, clean(value))[:_LONGEST]


def _shape(text: str) -> str:
    for pattern, mark in _SHAPES:
        text = pattern.sub(mark, text)
    return text


def _role_data(view: View) -> dict[str, Any]:
    """Say what a role would find in a sheet, and what it would not."""
    known: Mapping[str, Any] = view.match.columns
    needed: Sequence[tuple[str, ...]] = NEEDED[view.role]
    return {
        "role": view.role,
        "usable": view.is_usable,
        "likely": view.is_likely,
        "score": view.score,
        "needs": [list(names) for names in needed],
        "missing": list(view.missing),
        "absent": [name for name in fields_of(view.role) if name not in known],
        "problem": None if view.problem is None else {"zh": view.problem.zh, "en": view.problem.problem},
    }
