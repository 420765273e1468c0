"""How the rows of a roster become households, whether it has a row a person or a row a household.

A row that cannot be read in full still names its household: otherwise a typing error in the roster would accuse the
household's own record of belonging to nobody.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from attrs import frozen

from housing_guarantee.converters import WordList, to_id_number, to_text
from housing_guarantee.data import read_toml
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.linkage.places import Gazetteer
from housing_guarantee.models import BadRow, Cell, CellError, Household, Person, RosterRow

__all__ = ["Repeated", "households_of"]


@frozen
class Repeated:
    """A household or a person that stands on the roster more than once (G1).

    :param slot: what tells two such persons of one household apart
    """

    household_id: str
    what: str
    slot: str
    cells: tuple[Cell, ...]


def households_of(
    rows: Sequence[RosterRow], bad_rows: Iterable[BadRow], gazetteer: Gazetteer
) -> tuple[list[Household], list[Repeated]]:
    """Group rows by household number, in the order of the roster, and tell what stands there twice."""
    grouped: dict[str, list[RosterRow]] = defaultdict(list)
    for row in (*rows, *(_partial(bad) for bad in bad_rows if bad.household_id)):
        grouped[row.household_id].append(row)
    households, repeated = [], []
    for household_id, own in grouped.items():
        people, twice = _people(own)
        repeated += [_repeated(household_id, row, first) for row, first in twice]
        households.append(_household(household_id, own, people, gazetteer))
    return households, repeated


def _partial(bad: BadRow) -> RosterRow:
    raw = {name: cell for name, cell in bad.origin.raw.items() if not isinstance(cell, CellError)}
    return RosterRow(
        bad.origin,
        bad.place,
        bad.household_id or "",
        head_name=to_text(raw.get("head_name")),
        head_id_number=to_id_number(raw.get("head_id_number")),
        member_name=to_text(raw.get("member_name")),
        member_id_number=to_id_number(raw.get("member_id_number")),
        relation=to_text(raw.get("relation")),
    )


def _people(rows: Sequence[RosterRow]) -> tuple[list[Person], list[tuple[RosterRow, RosterRow]]]:
    """List each person once, and each row that repeats one, with the first."""
    first: dict[tuple[str | None, ...], RosterRow] = {}
    people, twice = [], []
    for row in rows:
        person = _person(row)
        number = person.id_number.text if person.id_number else None
        if row.member_name is None:  # a row a household: another of the same number repeats it, whatever its name
            key: tuple[str | None, ...] = ()
        else:
            key = (row.person_id,) if row.person_id else (normalise_name(row.member_name), number)
        if key in first:
            twice.append((row, first[key]))
            continue
        first[key] = row
        people.append(person)
    return people, twice


def _person(row: RosterRow) -> Person:
    if row.member_name is None:
        return Person(row.head_name, row.head_id_number, row.relation, True, row.person_id, row)
    heads = WordList.of({True: read_toml("words.toml")["head"]["words"]})
    is_head = heads.exactly(row.relation or "") is not None
    number = row.member_id_number
    if number is None and is_head:
        number = row.head_id_number
    return Person(row.member_name, number, row.relation, is_head, row.person_id, row)


def _household(
    household_id: str, rows: Sequence[RosterRow], people: Sequence[Person], gazetteer: Gazetteer
) -> Household:
    named = next((normalise_name(row.head_name) for row in rows if row.head_name), None)
    head = next(
        (person for person in people if person.is_head),
        next((person for person in people if named and normalise_name(person.name or "") == named), people[0]),
    )
    return Household(
        household_id=household_id,
        place=gazetteer.resolve(rows[0].place),
        head=head,
        members=tuple(people),
        rows=tuple(rows),
        relocated=next((row.relocated for row in rows if row.relocated is not None), None),
        grade=next((row.grade for row in rows if row.grade), None),
    )


def _repeated(household_id: str, row: RosterRow, first: RosterRow) -> Repeated:
    field = "household_id" if row.member_name is None else "member_name"
    what = "household" if row.member_name is None else "person"
    slot = what if row.member_name is None else row.person_id or str(row.relation)
    return Repeated(household_id, what, slot, row.at(field) + first.at(field))
