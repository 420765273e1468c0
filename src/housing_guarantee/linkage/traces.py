"""What to look at before a household is said to stand in no row: each row that may be its own, however faintly.

A probability is no help here: so many bear a short form of a common name that each of them is next to impossible. So it
is asked what is compatible. A row may be a household's unless it is certainly another's, a person said that it is not,
it names another village, or it has a number that contradicts; where its name agrees in some way with a member's, or in
half with the head's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import evolve

from housing_guarantee.linkage.evidence import Evidence, Named, Weights
from housing_guarantee.linkage.identity import NumberMatch, match_numbers
from housing_guarantee.linkage.match import Linkable, Match, Register
from housing_guarantee.linkage.names import NameMatch, match_names
from housing_guarantee.linkage.register import weighed
from housing_guarantee.models import Household

__all__ = ["traces"]

R = TypeVar("R", bound=Linkable)
_OF_ANOTHER = (NumberMatch.DIFFERENT, NumberMatch.FAR)
_OF_NOBODY = (NameMatch.DIFFERENT, NameMatch.UNKNOWN)
_OF_A_MEMBER = (*_OF_NOBODY, NameMatch.PART)


def traces(matches: Sequence[Match[R]], register: Register) -> Mapping[str, Sequence[Match[R]]]:
    """Give each household that no row leads to the rows that may be its own, each as a candidate for it alone."""
    led_to = {number for match in matches for number in match.household_ids}
    people = {
        number: _laid_out(household, register)
        for number, household in register.households.items()
        if number not in led_to
    }
    found: dict[str, list[Match[R]]] = defaultdict(list)
    for match in matches:
        if not match.certain:
            for one in _compatible(match, people, register):
                found[one.household_id].append(_offered(match, one))
    return found


def _laid_out(household: Household, register: Register) -> Sequence[Named]:
    home = Named.of(None, None, household.place, register.options, household.household_id)
    return [home.member(person) for person in household.members]


def _compatible(match: Match[R], people: Mapping[str, Sequence[Named]], register: Register) -> Iterator[Evidence]:
    """Give each household that the row's number hints at, and each of its village that it may be of."""
    record, index = match.record, register.index
    people = {number: own for number, own in people.items() if number not in match.denied} if match.denied else people
    by_number = {one.household_id: one for one in match.evidence if one.by_number and one.household_id in people}
    yield from by_number.values()
    row = Named.of(record.head_name, record.id_number, record.place, register.options)
    if index.rules_out_all(row):
        return
    for village in index.villages.near(row):
        for household in index.villages.homes[village]:
            number = household.household_id
            if number in people and number not in by_number:
                yield from _best(row, people[number], index.weights)


def _best(row: Named, people: Iterable[Named], weights: Weights) -> Sequence[Evidence]:
    found = []
    for person in people:
        if match_numbers(row.digits, person.digits) in _OF_ANOTHER:
            continue
        never = _OF_NOBODY if person.is_head else _OF_A_MEMBER
        if match_names(row.name, person.name, weights.options.parts) not in never:
            found.append(Evidence(person.household_id, *weights.compare(row, person)))
    return sorted(found, key=lambda one: (-one.bits, one.agreement))[:1]


def _offered(match: Match[R], one: Evidence) -> Match[R]:
    """Offer a row to one household, with how likely that is."""
    others = (other for other in match.evidence if other.household_id != one.household_id)
    own = next(each for each in weighed((*others, one)) if each.household_id == one.household_id)
    return evolve(match, household_ids=(own.household_id,), reasons=own.reasons, evidence=(own,))
