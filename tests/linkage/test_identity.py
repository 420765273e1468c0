"""Whether two identity numbers can be one person's."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from housing_guarantee.converters import check_digit, to_id_number
from housing_guarantee.linkage.identity import (
    Agreement,
    Digits,
    NumberMatch,
    compare_numbers,
    full_core,
    match_numbers,
)
from housing_guarantee.models import IdKind, IdNumber
from housing_guarantee.testing.strategies import cores, id_forms

SAME, COMPATIBLE = Agreement.SAME, Agreement.COMPATIBLE
DIFFERENT, UNKNOWN = Agreement.DIFFERENT, Agreement.UNKNOWN
CORE = "63259919650101001"
NUMBER = CORE + check_digit(CORE)
OLD = CORE[:6] + CORE[8:]
OTHER = "63259919650101002" + check_digit("63259919650101002")
CORES = cores(date(1999, 12, 31))


def read(typed: str | float) -> IdNumber:
    """Read a number that is not blank."""
    number = to_id_number(typed)
    assert number is not None
    return number


NUMBERS = st.builds(lambda core, at: read(id_forms(core)[at]), CORES, st.integers(0, len(id_forms(CORE)) - 1))


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (NUMBER, NUMBER, SAME),
        (NUMBER, OLD, SAME),
        (NUMBER, NUMBER + "43", SAME),
        (OLD, NUMBER + "43B1", SAME),
        (NUMBER, OTHER, DIFFERENT),
        (NUMBER, "632599********" + NUMBER[14:], COMPATIBLE),
        (OLD, "632599********" + NUMBER[14:], COMPATIBLE),
        (NUMBER, "632599********9999", DIFFERENT),
        (NUMBER, "****" + NUMBER[-4:], COMPATIBLE),
        (NUMBER, "****9999", DIFFERENT),
        (NUMBER, "632***", COMPATIBLE),
        (NUMBER, "633***", DIFFERENT),
        (NUMBER, "********", UNKNOWN),
        ("632599********0012", "****0012", COMPATIBLE),
        ("632599********0012", "****0013", DIFFERENT),
        ("632599************", "**************0012", UNKNOWN),
        (NUMBER, float(CORE[:15] + "000"), COMPATIBLE),
        (OLD, float(CORE[:15] + "000"), COMPATIBLE),
        (OTHER, float(CORE[:15] + "000"), COMPATIBLE),
        (NUMBER, 6.32599197001010e17, DIFFERENT),
        ("****0012", float(CORE[:15] + "000"), UNKNOWN),
        (NUMBER, "不详", UNKNOWN),
        (NUMBER, NUMBER[:-1], UNKNOWN),
    ],
)
def test_only_readable_numbers_prove(one: str | float, other: str | float, agreement: Agreement) -> None:
    """A masked or damaged number agrees or contradicts with what is left of it; an invalid one says nothing."""
    assert compare_numbers(read(one), read(other)) is agreement
    assert compare_numbers(read(other), read(one)) is agreement


def test_a_missing_number_says_nothing() -> None:
    """Nothing can be compared with a blank cell."""
    assert compare_numbers(None, read(NUMBER)) is UNKNOWN
    assert compare_numbers(read(NUMBER), None) is UNKNOWN


@given(NUMBERS, NUMBERS)
def test_comparing_is_symmetric(one: IdNumber, other: IdNumber) -> None:
    """The order of the two numbers never matters."""
    assert compare_numbers(one, other) is compare_numbers(other, one)


@given(CORES)
def test_no_two_forms_of_one_number_differ(core: str) -> None:
    """Whatever hides or damages a number, it never contradicts another form of the same number."""
    numbers = [read(form) for form in id_forms(core)]
    assert all(compare_numbers(one, other) is not DIFFERENT for one in numbers for other in numbers)


@given(CORES.filter(lambda core: check_digit(core) != "X"))
@example("63259919650101001")
@example("63259919650101999")
def test_a_whole_float_never_contradicts_its_number(core: str) -> None:
    """A float made of all eighteen digits is wrong in its tail, and still agrees with its number."""
    number = core + check_digit(core)
    assert compare_numbers(read(float(number)), read(number)) is COMPATIBLE


@given(NUMBERS, NUMBERS)
def test_sameness_needs_two_cores(one: IdNumber, other: IdNumber) -> None:
    """Two numbers are the same person's exactly where both can be read and their cores are equal."""
    same = full_core(one) is not None and full_core(one) == full_core(other)
    assert (compare_numbers(one, other) is SAME) is same


def test_what_cannot_prove_has_no_core() -> None:
    """Only resident and disability numbers have a core."""
    cores = {kind: full_core(read(typed)) for typed in (NUMBER, OLD, NUMBER + "43") for kind in [read(typed).kind]}
    assert cores == {IdKind.RESIDENT: CORE, IdKind.RESIDENT_15: CORE, IdKind.DISABILITY: CORE}
    assert [full_core(read(typed)) for typed in ("****0012", 6.3e17, "不详")] == [None, None, None]
    assert full_core(None) is None


# ------------------------------------------------------------------------------------------------ slips

VALID = CORES.map(lambda core: core + check_digit(core))


def matched(one: str | float, other: str | float) -> NumberMatch:
    """Match two typed numbers, and hold that their order does not matter."""
    a, b = Digits.of(read(one)), Digits.of(read(other))
    assert match_numbers(a, b) is match_numbers(b, a)
    return match_numbers(a, b)


@given(VALID, st.integers(0, 16), st.integers(1, 9))
def test_one_digit_wrong_is_a_slip(number: str, at: int, by: int) -> None:
    """The check digit tells every single digit that is wrong, so one of the two numbers is none."""
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert matched(wrong, number) is NumberMatch.SLIP


@given(VALID, st.integers(6, 15))
def test_neighbours_exchanged_are_a_slip(number: str, at: int) -> None:
    """Two digits in each other's place."""
    wrong = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert matched(wrong, number) is (NumberMatch.SAME if wrong == number else NumberMatch.SLIP)


@given(VALID, st.integers(0, 16))
def test_a_digit_dropped_or_doubled_is_a_slip(number: str, at: int) -> None:
    """A number too short or too long by one."""
    assert matched(number[:at] + number[at + 1 :], number) is NumberMatch.SLIP
    assert matched(number[: at + 1] + number[at:], number) is NumberMatch.SLIP


@given(VALID)
def test_a_slip_leaves_one_piece_whole(number: str) -> None:
    """Whichever digit is wrong, dropped or doubled, and whichever neighbours are exchanged, a piece leads to it."""
    slips = [number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)]
    slips += [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in range(17)]
    slips += [number[:at] + number[at + 1 :] for at in range(18)]
    slips += [number[: at + 1] + number[at:] for at in range(17)]
    pieces = set(Digits.of(read(number)).pieces)
    assert [slip for slip in slips if not pieces & set(Digits.of(read(slip)).pieces)] == []


@given(VALID)
def test_every_slip_is_undone(number: str) -> None:
    """What a slip made of a number leads back to it, as long as it is no number itself."""
    slips = [number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(17)]
    slips += [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in range(17)]
    slips += [number[:at] + number[at + 1 :] for at in range(18)]
    slips += [number[: at + 1] + number[at:] for at in range(17)]
    typed = [digits for digits in (Digits.of(read(slip)) for slip in slips) if digits.kind is IdKind.INVALID]
    assert [digits.text for digits in typed if number[:17] not in set(digits.slips)] == []
    assert {*Digits.of(read(number)).slips} == set()


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        (NUMBER, OTHER, NumberMatch.DIFFERENT),
        (NUMBER[:8] + "77" + NUMBER[10:], NUMBER, NumberMatch.FAR),
        (NUMBER[:-1], OTHER, NumberMatch.FAR),
        (NUMBER[:9], NUMBER, NumberMatch.UNKNOWN),
        ("不详", NUMBER, NumberMatch.UNKNOWN),
        (NUMBER[:-1], OLD, NumberMatch.UNKNOWN),
        (NUMBER[:-1], "632599********" + NUMBER[14:], NumberMatch.UNKNOWN),
        (NUMBER, "****" + NUMBER[-4:], NumberMatch.VISIBLE),
        (NUMBER, "********", NumberMatch.UNKNOWN),
    ],
)
def test_two_numbers_or_two_slips_are_no_slip(one: str, other: str, match: NumberMatch) -> None:
    """Two valid numbers are two persons, however near; what is short, hidden or of the old form shows no slip."""
    assert matched(one, other) is match


@given(CORES.filter(lambda core: check_digit(core) != "X"))
@example("63259919650101001")
def test_what_a_spreadsheet_kept_leads_to_its_number(core: str) -> None:
    """Rounding may borrow from the day of birth; the number is found all the same."""
    number = core + check_digit(core)
    for typed in (float(number), float(number[:15] + "000")):
        assert set(Digits.of(read(typed)).pieces) & set(Digits.of(read(number)).pieces)
