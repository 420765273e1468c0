"""What the columns of an export mean: groups before a question's name, options behind it, a geopoint in four."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from attrs import frozen

from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.header import normalise_header, role_synonyms
from housing_guarantee.converters import clean
from housing_guarantee.source import Source

__all__ = ["Columns", "known", "tail_of"]

_IMAGE = re.compile(r".+\.(?:jpe?g|png|heic|webp)", re.IGNORECASE)
_GEOPOINT = re.compile(r"(?:.*[-/])?_?(?P<point>[^-/]+)[-_](?P<part>latitude|longitude)", re.IGNORECASE)
_OTHER_GEOPOINT = re.compile(r".*[-_/](?:altitude|accuracy|precision)", re.IGNORECASE)
_TICKS = frozenset({"", "0", "1", "true", "false", "0.0", "1.0"})
_TICKED = frozenset({"1", "true", "1.0"})


@cache
def known() -> Mapping[str, Any]:
    """Give what is known of the programs' own columns."""
    text = resources.files(__package__).joinpath("data", "columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def tail_of(header: str) -> str:
    """Give a question's own name, without its groups: ``house-visit/grade`` → ``grade``."""
    return re.split(r"[-/]", header)[-1]


def _forms(header: str) -> Iterator[str]:
    """Give what a header may be looked up as: with all its groups, with fewer, at last without."""
    parts = re.split(r"([-/])", header)
    for start in range(0, len(parts), 2):
        yield normalise_header("".join(parts[start:]))


@frozen
class Columns:
    """The columns of one table.

    :param headers: as typed
    :param fields: field → column, counted from 0
    :param options: field → the columns of the options of a question of many answers, where it has none of its own
    :param images: columns that name photos
    """

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    options: Mapping[str, tuple[int, ...]]
    images: tuple[int, ...]

    @classmethod
    def of(cls, sheet: Sheet, source: Source) -> "Columns":
        """Look at the first row, which is the header in every export, and at what stands below it."""
        headers = tuple(clean(cell) for cell in sheet.rows[0]) if sheet.rows else ()
        texts = [[clean(row[at]) for row in sheet.rows[1:] if at < len(row)] for at in range(len(headers))]
        images = tuple(at for at, column in enumerate(texts) if _names_images(headers[at], column))
        meanings = _meanings(source)
        fields = _fields(headers, meanings, set(images))
        options: dict[str, list[int]] = {}
        for at, header in enumerate(headers):
            stem = header.rpartition("/")[0]
            field = next((meanings[form] for form in _forms(stem) if form in meanings), None) if stem else None
            if field and field not in fields and at not in fields.values() and {t.lower() for t in texts[at]} <= _TICKS:
                options.setdefault(field, []).append(at)
        return cls(headers, fields, {name: tuple(columns) for name, columns in options.items()}, images)

    def column(self, names: Sequence[str]) -> int | None:
        """Find the first of some columns that the programs add."""
        return next((self.headers.index(name) for name in names if name in self.headers), None)

    def needless(self) -> set[str]:
        """Give the headers that need no understanding: the programs' own, of options, of the rest of a geopoint."""
        own = set(known()["metadata"]["headers"])
        stems = {self.headers[at] for at in self.fields.values()}
        answered = {at for columns in self.options.values() for at in columns}
        points = {found["point"] for header in self.headers if (found := _GEOPOINT.fullmatch(header))}
        return {
            header
            for at, header in enumerate(self.headers)
            if tail_of(header) in own
            or header in own
            or at in self.images
            or at in answered
            or tail_of(header) in points
            or header.endswith("_URL")
            or header.rpartition("/")[0] in stems
            or _GEOPOINT.fullmatch(header)
            or _OTHER_GEOPOINT.fullmatch(header)
        }


def _names_images(header: str, column: Sequence[str]) -> bool:
    filled = [text for text in column if text]
    return bool(filled) and not header.endswith("_URL") and all(_IMAGE.fullmatch(text) for text in filled)


def _meanings(source: Source) -> dict[str, str]:
    """Give normalised header → field: as the campaign file says, by the usual synonyms, by the programs' own."""
    words: list[tuple[str, str]] = [(header, name) for name, header in source.columns.items()]
    words += [(word, name) for name, all_ in role_synonyms(source.role, source.synonyms).items() for word in all_]
    words += [(word, name) for name, all_ in known()["fields"].items() for word in all_]
    found: dict[str, str] = {}
    for word, name in words:
        found.setdefault(normalise_header(word), name)
    return found


def _fields(headers: Sequence[str], meanings: Mapping[str, str], images: set[int]) -> dict[str, int]:
    fields: dict[str, int] = {}
    for at, header in enumerate(headers):
        place = _GEOPOINT.fullmatch(header)
        field = place["part"].lower() if place else next((meanings[f] for f in _forms(header) if f in meanings), None)
        if field and header and at not in images and field != "photos":
            fields.setdefault(field, at)
    if {"latitude", "longitude"} <= fields.keys():
        fields.pop("coordinates", None)  # the same point once more, in one cell
    return fields


def joined(row: Sequence[Value], columns: Sequence[int], headers: Sequence[str]) -> str:
    """Give the options that a row has ticked."""
    return " ".join(tail_of(headers[at]) for at in columns if at < len(row) and clean(row[at]).lower() in _TICKED)
