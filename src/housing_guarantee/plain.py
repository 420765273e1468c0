"""A case file from plain data: what a form, a web request or a data frame holds of one household.

The cells are read by the converters that read workbooks, so that a date that cannot be understood is the same finding
(``intake.row-unreadable``). An origin names the role as its source, the row's place in the list, and the field as its
column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from attrs import evolve

from housing_guarantee.assemble import assemble
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import to_code
from housing_guarantee.errors import CaseFileError
from housing_guarantee.linkage.match import Link
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import BadRow, Table
from housing_guarantee.photos.facts import read_photo
from housing_guarantee.records import ROLES, Reader, fields_of, header_of
from housing_guarantee.source import Account, Item, PhotoFile, Source
from housing_guarantee.source_table import SYSTEMS
from housing_guarantee.toml_table import nearest

__all__ = ["casefile_of"]

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]


def casefile_of(
    data: Tables, campaign: Campaign, *, photos: Mapping[str, bytes | str | Path] | None = None
) -> CaseFile:
    """Lay the case file of one household from plain data.

    ``data`` has a list of rows for each role that is known of: ``roster`` (needed: a row a household, or a row a
    person), ``verifications``, ``ledger``, ``appraisals``, ``archive``, ``provincial``. A row has the fields of its
    role as anybody types them (``housing-guarantee schema casefile`` lists them): text, numbers, true and false,
    dates, None. A role with an empty list was looked into and holds nothing of this household; a role that is left out
    was not given, and what depends on it is not applicable.

    What stands in one mapping is one household's: the caller has said so, and no row is matched by its name or number.

    :param photos: name → bytes or path, of the app's photos; they are those that the field ``photos`` of a verification
        names, or all where none names any. Without either no photo is asked for. Pixels are not looked at
    :raises CaseFileError: an unknown role or field, a value that no cell can hold, or not just one household
    """
    tables = _tables(data)
    number = _household_of(tables)
    reader = Reader(campaign.definition)
    items: list[Item] = []
    accounts: list[Account] = []
    for account, table, rows in _sources(tables):
        items += _owned(reader.read(table, rows), number)
        accounts.append(account)
    if photos is not None:
        named = any(row.get("photos") for row in tables.get("verifications", ()))
        folder = "" if named else f"{number}/"  # photos that no row names are its own by the number in their path
        items += [PhotoFile("photos", folder + name, read_photo(photo, name)) for name, photo in photos.items()]
        accounts.append(Account(_source("photos"), photos=len(photos)))
    links = (Link(t.source, number, row=at) for _, t, rows in _sources(tables) for at, _ in rows)
    gazetteer = Gazetteer.builtin(campaign.county_code)
    survey = assemble(items, accounts, links=links, options=campaign.linkage, gazetteer=gazetteer)
    return survey.casefiles[0]


def _tables(data: Any) -> dict[str, list[Row]]:
    """Check what was handed over, and give its values as cells hold them."""
    if not isinstance(data, Mapping):
        raise CaseFileError("a case file must have tables by role")
    for role, rows in data.items():
        if role not in ROLES:
            raise CaseFileError(f"{role!r} is no table of a case file{nearest(str(role), ROLES)}")
        if not isinstance(rows, (list, tuple)):
            raise CaseFileError(f"{role}: a table must be a list of rows")
    return {role: [_plain(role, at, row) for at, row in enumerate(rows, 1)] for role, rows in data.items()}


def _plain(role: str, at: int, row: Any) -> Row:
    if not isinstance(row, Mapping):
        raise CaseFileError(f"{role} {at}: a row must have fields")
    known = fields_of(role)
    for name in row:
        if name not in known:
            raise CaseFileError(f"{role} {at}: {name!r} is no field of {role}{nearest(str(name), known)}")
    return {name: _cell(f"{role} {at}: {name!r}", value) for name, value in row.items()}


def _cell(where: str, value: Any) -> Any:
    """Give a value as a cell holds it: a list of names in one cell, a frame's missing number as blank."""
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    if value is None or value != value:
        return None
    if not isinstance(value, (str, int, float, date)):
        raise CaseFileError(
            f"{where} must be text, a number, a date, true, false or nothing, not {type(value).__name__}"
        )
    return value


def _household_of(tables: Mapping[str, Sequence[Row]]) -> str:
    """Give the number of the one household; what it is must not stand in an error."""
    if not tables.get("roster"):
        raise CaseFileError("a case file needs a row of the roster")
    own = {to_code(row.get("household_id")) for row in tables["roster"]}
    others = {to_code(row.get("household_id")) for rows in tables.values() for row in rows} - own - {None}
    number = own.pop()
    if number is None or own or others:
        raise CaseFileError(
            "a case file needs one household_id, the same in every row of the roster and wherever it stands"
        )
    return number


def _sources(tables: Mapping[str, Sequence[Row]]) -> Iterator[tuple[Account, Table, list[tuple[int, Row]]]]:
    """Give each table with the account of it; the two provincial systems are two sources."""
    for role, rows in tables.items():
        for system, own in _by_system(role, list(enumerate(rows, 1))):
            fields = list(dict.fromkeys(name for _, row in own for name in row))
            headers = {name: header_of(role, name) or name for name in fields}
            source = "/".join(filter(None, (role, system)))
            table = Table(source, None, role, {name: name for name in fields}, headers)
            yield Account(_source(role, system), fields=set(fields)), table, own


def _by_system(role: str, rows: list[tuple[int, Row]]) -> Iterable[tuple[str, list[tuple[int, Row]]]]:
    if role != "provincial":
        return [("", rows)]
    named = [(row.get("system") or SYSTEMS[0], (at, row)) for at, row in rows]
    for system, (at, _) in named:
        if system not in SYSTEMS:
            raise CaseFileError(f"{role} {at}: 'system' must be one of {', '.join(SYSTEMS)}")
    systems = dict.fromkeys(system for system, _ in named) or SYSTEMS[:1]
    return [(system, [row for own, row in named if own == system]) for system in systems]


def _source(role: str, system: str = "") -> Source:
    return Source(role, "plain", role, Path(), constants={"system": system} if system else {})


def _owned(records: Iterable[Any], number: str) -> Iterator[Item]:
    """Say whose the rows are that could not be read."""
    for record in records:
        yield evolve(record, household_id=number) if isinstance(record, BadRow) else record
