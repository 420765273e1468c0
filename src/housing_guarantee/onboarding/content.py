"""What the cells of a column say that its header does not: kinds of content that can be told from one another.

A field stands here only where its cells look like no other field's. A name, a date of one event among several, or a
remark cannot be told by its cells, so it is never guessed.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

from attrs import field, frozen

from housing_guarantee.cells import LISTS
from housing_guarantee.converters import WordList, clean, to_code, to_degrees, to_id_number, to_names, to_period
from housing_guarantee.definition import Definition
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.models import IdKind
from housing_guarantee.photos.folder import SUFFIXES

__all__ = ["Known", "Told", "filled", "tests_of", "told_by"]

Told = Callable[[Any], bool]
"""Says whether a cell looks like the field's."""

_FEWEST = 3
_WHOLE = (IdKind.RESIDENT, IdKind.RESIDENT_15, IdKind.DISABILITY)
_NUMBERS = ("id_number", "head_id_number", "member_id_number")
_SHARES = {"household_id": 0.5, "head_name": 0.5}
_SHARE = 0.8
"""How many of a column's cells must look so; fewer where they must be known from another file."""


@frozen
class Known:
    """Households that files with plain headers name: whoever else holds their numbers holds households' numbers."""

    households: frozenset[str] = frozenset()
    people: frozenset[str] = field(default=frozenset(), repr=False)


def filled(cells: Sequence[Any]) -> list[Any]:
    """Leave out the blank cells."""
    return [cell for cell in cells if clean(cell)]


def told_by(cells: Sequence[Any], tests: Mapping[str, Told]) -> list[str]:
    """List the fields that a column may be by its cells alone."""
    values = filled(cells)
    if len(values) < _FEWEST:
        return []
    return [name for name, test in tests.items() if sum(map(test, values)) >= _SHARES.get(name, _SHARE) * len(values)]


def tests_of(fields: Collection[str], definition: Definition, known: Known) -> dict[str, Told]:
    """Give the tests for those of the fields that cells can tell."""
    words = {
        "guarantee_type": WordList.of({term.name: () for term in definition.types}),  # its other words name programmes
        "guarantee_detail": WordList.of({term.name: term.words for term in definition.methods}),
        "programme": WordList.of({term.name: term.words for term in definition.programmes}),
    }
    tests: dict[str, Told] = {name: _word_of(own) for name, own in words.items()}
    tests |= dict.fromkeys(_NUMBERS, _is_number) | dict.fromkeys(LISTS, _is_photo)
    tests |= dict.fromkeys(("grade", "grade_before"), _like(r"[A-D]级?")) | _places()
    tests |= dict.fromkeys(("year", "policy_year"), _like(r"20[0-2][0-9](\.0|年度?)?"))
    tests |= {"longitude": _degrees(73, 136), "latitude": _degrees(3, 54), "updated_at": _is_moment}
    tests |= {
        "household_id": lambda cell: to_code(cell) in known.households,
        "head_name": lambda cell: normalise_name(clean(cell)) in known.people,
    }
    return {name: test for name, test in tests.items() if name in fields}


def _word_of(words: WordList) -> Told:
    return lambda cell: words.exactly(clean(cell)) is not None


def _like(form: str) -> Told:
    pattern = re.compile(form)
    return lambda cell: pattern.fullmatch(clean(cell).upper()) is not None


def _places() -> dict[str, Told]:
    return {
        "township": _like(r"\D{1,8}(镇|乡|街道)"),
        "village": _like(r"\D{1,12}(村|社区|村委会|居委会|嘎查)"),
    }


def _is_number(cell: Any) -> bool:
    number = to_id_number(cell)
    return number is not None and number.kind in _WHOLE


def _is_photo(cell: Any) -> bool:
    names = to_names(cell)
    return bool(names) and all(PurePosixPath(name.lower()).suffix in SUFFIXES for name in names)


def _degrees(least: float, most: float) -> Told:
    """Take a coordinate with decimals: whole numbers may count anything."""

    def test(cell: Any) -> bool:
        degrees = to_degrees(cell)
        return degrees is not None and least <= degrees <= most and not degrees.is_integer()

    return test


def _is_moment(cell: Any) -> bool:
    """Say whether it is a date with a time of day."""
    try:
        period = to_period(cell)
    except ValueError:
        return False
    return period is not None and period.end - period.start < timedelta(days=1)
