"""What holds of linkage whatever the rows are: no order matters, and no row spoils another's certain match."""

from collections.abc import Sequence
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from housing_guarantee.demo.noise import Noisy, noisy
from housing_guarantee.linkage.evidence import Named, Weights
from housing_guarantee.linkage.match import LinkOptions, Match, link
from housing_guarantee.linkage.names import builtin, match_names, normalise_name
from housing_guarantee.models import Household, LedgerEntry
from housing_guarantee.testing import entry, household, id_number

ROWS = st.integers(0, 10_000)
NAMES = st.text("才让次仁多杰吉拉毛姆扎西?* ·", min_size=1, max_size=5)


@cache
def county(level: str = "hard") -> Noisy:
    """Give a small county, damaged more than any real one."""
    return noisy(11, level, households=150)


def answers(rows: Sequence[LedgerEntry], households: Sequence[Household]) -> dict[str | None, Match[LedgerEntry]]:
    """Link, and give the answers by file number."""
    return {match.record.file_no: match for match in link(rows, households)}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_order_of_rows_or_households_matters(random: object) -> None:
    """Every row gets the same households with the same reasons in whatever order the files are read."""
    data = county()
    rows, households = [row.entry for row in data.rows], list(data.households)
    usual = answers(rows, households)
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(households)  # type: ignore[attr-defined]
    assert answers(rows, households) == usual


@settings(max_examples=15, deadline=None)
@given(st.sets(ROWS, min_size=1, max_size=100))
def test_other_rows_never_change_a_certain_match(left_out: set[int]) -> None:
    """A row that is certainly a household's stays so whichever other rows the ledger has."""
    data = county()
    rows = [row.entry for row in data.rows]
    kept = [row for at, row in enumerate(rows) if at not in {one % len(rows) for one in left_out}]
    usual = answers(rows, data.households)
    for file_no, match in answers(kept, data.households).items():
        if match.certain or usual[file_no].certain:
            assert (match.household_ids, match.certain) == (usual[file_no].household_ids, usual[file_no].certain)


UNRELATED = household(
    household_id="19999999999", member_name="欧阳丹青", member_id_number=id_number(77, "19110303"), village="贡哇村",
    township="森多镇", area_code=None,
)  # fmt: skip


def test_an_unrelated_household_never_changes_a_certain_match() -> None:
    """A household of another name, number and village only makes the others' evidence stronger."""
    data = county()
    rows = [row.entry for row in data.rows]
    usual, after = answers(rows, data.households), answers(rows, [*data.households, UNRELATED])
    certain = [file_no for file_no, match in usual.items() if match.certain]
    assert len(certain) > 50
    assert [usual[file_no] for file_no in certain] == [after[file_no] for file_no in certain]


def test_a_row_proves_one_household() -> None:
    """Whatever the damage, a certain match names one household, and a candidate's are no more than three."""
    for match in link([row.entry for row in county().rows], county().households):
        assert len(match.household_ids) == 1 if match.certain else len(match.household_ids) <= 3


@given(NAMES, NAMES)
def test_names_agree_in_the_same_way_in_either_order(one: str, other: str) -> None:
    """Symmetry, down to the way in which two names agree."""
    assert match_names(one, other) is match_names(other, one)


@given(NAMES, NAMES)
def test_names_that_agree_meet_in_a_block(one: str, other: str) -> None:
    """Names of one rendering are of one sound, so that the blocks by sound miss none of them."""
    a, b = normalise_name(one), normalise_name(other)
    if a and b and "*" not in a + b and builtin().key(a) == builtin().key(b):
        assert builtin().sound_key(a) == builtin().sound_key(b)


def test_the_weights_of_two_persons_are_those_of_the_roster_not_of_the_row() -> None:
    """A name that many bear weighs less than one that few do."""
    options = LinkOptions()
    people = [Named.of(name, None, entry().place, options) for name in ("扎西", "扎西", "扎西", "完德加")]
    weights = Weights.of([one.name for one in people], [one.place for one in people], options)
    (_, common), (_, rare) = (weights.compare(person, person) for person in (people[0], people[3]))
    assert common < rare
