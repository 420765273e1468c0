"""Cells as offices type them: dates, numbers, words and identity numbers, and what is refused."""

import time
from contextlib import suppress
from datetime import date, datetime
from itertools import groupby
from typing import Any
from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2

from housing_guarantee.converters import (
    Misread,
    WordList,
    check_digit,
    clean,
    to_code,
    to_count,
    to_degree_pair,
    to_degrees,
    to_id_number,
    to_measure,
    to_names,
    to_period,
    to_text,
)
from housing_guarantee.models import IdKind, IdNumber
from housing_guarantee.testing.strategies import cells, cores

moment = datetime.fromisoformat
CORE = "63259919650101001"  # 632599 is no county's code
VALID = CORE + check_digit(CORE)


def number_of(value: Any) -> IdNumber:
    """Read an identity number that is not blank."""
    number = to_id_number(value)
    assert number is not None
    return number


# ------------------------------------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (None, ""),
        ("　Ａ级\u200b ", "A级"),
        ("\ufeff才让\u202d", "才让"),
        (10000000001.0, "10000000001"),
        (80.5, "80.5"),
        ("㎡", "m2"),
        ("4²①", "4²①"),
    ],
)
def test_text_is_folded_without_making_digits_of_signs(typed: Any, text: str) -> None:
    """Width and invisible characters go; a superscript or a circled digit never becomes a plain digit."""
    assert clean(typed) == text


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("²①½ＡＢ３·•\u200b\u202d\ufeff\u00ad\u0f0b 才让")),
        max_size=12,
    )
)
def test_every_text_is_cleaned_alike(typed: str) -> None:
    """Also where nothing has to be done: each run between numerals is folded, and no invisible character is left."""
    runs = [(odd, "".join(run)) for odd, run in groupby(typed, lambda c: category(c) == "No")]
    folded = "".join(run if odd else normalize("NFKC", run) for odd, run in runs)
    assert clean(typed) == "".join(c for c in folded if category(c) != "Cf").strip()


def test_blank_text_is_none() -> None:
    """A cell of blanks and invisible characters holds nothing."""
    assert to_text(" \u3000\u200b") is None


@pytest.mark.parametrize(
    ("typed", "code"), [("'001", "001"), ("1000 0000 001", "10000000001"), (10000000001.0, "10000000001"), ("`", None)]
)
def test_codes_lose_blanks_and_quotes(typed: Any, code: str | None) -> None:
    """A code keeps its leading zeros and loses what a spreadsheet put around it."""
    assert to_code(typed) == code


def test_names_of_files_are_split_at_every_separator() -> None:
    """Photo names may stand apart by semicolons, commas or line breaks, wide or narrow."""
    assert to_names("a.jpg; b.jpg；c.jpg、d.jpg\ne.jpg，") == ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg")


# ------------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(("typed", "count"), [("4", 4), ("４人", 4), ("4 人", 4), (4.0, 4), ("4.0", 4), ("", None)])
def test_persons_are_counted(typed: Any, count: int | None) -> None:
    """A number of persons may bear its unit."""
    assert to_count(typed) == count


@pytest.mark.parametrize("typed", ["四", "①", "2²", "4.5", 4.5, "-1", "99999", True, float("nan"), "约4"])
def test_what_is_no_count_is_refused(typed: Any) -> None:
    """Nothing is rounded, folded or guessed into a number of persons."""
    with pytest.raises(Misread):
        to_count(typed)


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("80", 80.0),
        ("８０．５", 80.5),
        ("1,200平方米", 1200.0),
        ("80㎡", 80.0),
        ("80 m²", 80.0),
        (80.5, 80.5),
        (None, None),
    ],
)
def test_areas_are_read_with_their_unit(typed: Any, area: float | None) -> None:
    """An area in square metres may bear its unit in any of its forms."""
    assert to_measure(typed) == area


@pytest.mark.parametrize("typed", ["约80", "-3", "80亩", float("inf")])
def test_what_is_no_area_is_refused(typed: Any) -> None:
    """An estimate, another unit or an impossible number is no area."""
    with pytest.raises(Misread):
        to_measure(typed)


# ------------------------------------------------------------------------------------------------ words


def test_the_longest_word_counts() -> None:
    """不安全 holds 安全 and is not it; 避险搬迁 holds 搬迁 and is not it."""
    words = WordList.of({"safe": ["安全"], "unsafe": ["不安全"], "relocation": ["搬迁"], "hazard": ["避险搬迁"]})
    assert words.within("该户住房不安全") == {"unsafe"}
    assert words.within("2017年避险搬迁") == {"hazard"}
    assert words.only("2017年搬迁户") == "relocation"


def test_several_meanings_are_no_meaning() -> None:
    """A text with words of two meanings has not one meaning."""
    words = WordList.of({"a": ["甲"], "b": ["乙"]})
    assert words.within("甲、乙") == {"a", "b"}
    assert words.only("甲、乙") is None
    assert words.only("丙") is None


def test_words_are_compared_without_width_case_and_blanks() -> None:
    """Offices type ｙｅｓ and 已 整改."""
    words = WordList.of({True: ["YES", "已整改"]})
    assert words.exactly("ｙｅｓ") is True
    assert words.exactly("已 整改 ") is True
    assert words.exactly("已整改了") is None


# ------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2017", "2017"),
        ("2017年", "2017"),
        ("2017年度", "2017"),
        ("17年", "2017"),
        ("98年", "1998"),
        ("2017.8", "2017-08"),
        ("2017.08", "2017-08"),
        ("2017.10", "2017-10"),
        ("2017-8", "2017-08"),
        ("2017/8/15", "2017-08-15"),
        ("2017年8月", "2017-08"),
        ("2017年8月份", "2017-08"),
        ("2017 年 8 月", "2017-08"),
        ("2017年8月15日", "2017-08-15"),
        ("201708", "2017-08"),
        ("20170815", "2017-08-15"),
        ("2017.8.15", "2017-08-15"),
        ("２０１７年８月", "2017-08"),
        ("2017\u200b年8月", "2017-08"),
        (42948, "2017-08-01"),
        ("42948", "2017-08-01"),
        (42948.5, "2017-08-01 12:00"),
        (2017, "2017"),
        (201708.0, "2017-08"),
        (20170815.0, "2017-08-15"),
        (2017.1, "2017"),
        (moment("2017-08-15"), "2017-08-15"),
        (date(2017, 8, 15), "2017-08-15"),
        (moment("2017-08-15 10:30:59"), "2017-08-15 10:30"),
        ("2017-08-15 10:30:15.123", "2017-08-15 10:30"),
        ("2017-08-15T10:30", "2017-08-15 10:30"),
        ("2017年8月15日 10时30分", "2017-08-15 10:30"),
        ("2017-08-15 00:00:00", "2017-08-15"),
        ("二〇一七年八月", "2017-08"),
        ("二○一七年", "2017"),
        ("二零一七年十二月三十一日", "2017-12-31"),
        ("二〇一七年十月十日", "2017-10-10"),
        ("二〇一七年四月二十五日", "2017-04-25"),
        ("2017年底", "2017"),
        ("2017年10月前", "2017"),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(typed: Any, written: str) -> None:
    """Every form that offices type keeps its precision: year, month, day or minute."""
    assert str(to_period(typed)) == written


@pytest.mark.parametrize("typed", ["2016-2017", "2016—2017年", "2016年至2017年", "2016～2017"])
def test_a_range_of_years_is_all_of_them(typed: str) -> None:
    """A range begins with its first year and ends with its last."""
    period = to_period(typed)
    assert period is not None
    assert (period.start, period.end) == (moment("2016-01-01"), moment("2018-01-01"))


@pytest.mark.parametrize(
    "typed",
    [
        "2020年13月",
        "2020-02-30",
        "20170230",
        "201713",
        "2017-08-15 25:00",
        "2018-2016",
        "2017年三十月",
        "①",
        "②",
        "2017²",
        "二〇一七年十",
        "去年",
        "Aug 2017",
        "2017.0",
        0,
        -5,
        15000,
        "15000",
        1e300,
        True,
        float("nan"),
        float("inf"),
        moment("9999-12-31"),
    ],
)
def test_what_is_no_date_is_refused(typed: Any) -> None:
    """A date that does not exist, or that would have to be guessed, is refused with what would be right."""
    with pytest.raises(Misread) as refused:
        to_period(typed)
    assert "2017-08-15" in refused.value.expected["zh"]


@given(st.dates(date(1954, 10, 4), date(2063, 12, 31)))
def test_all_forms_of_a_day_are_one_day(day: date) -> None:
    """Text, eight digits, a spreadsheet's serial number and a date cell say the same day."""
    serial = (day - date(1899, 12, 30)).days
    forms = [
        day,
        serial,
        str(serial),
        f"{day}",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        f"{day.year}年{day.month}月{day.day}日",
    ]
    assert {str(to_period(form)) for form in forms} == {str(day)}


# ------------------------------------------------------------------------------------------------ identity numbers


@pytest.mark.parametrize("typed", [VALID, f" {VALID[:6]} {VALID[6:]}", f"'{VALID}", f"“{VALID}”", VALID + "\u200b\t"])
def test_a_resident_number_is_read_whatever_stands_around_it(typed: str) -> None:
    """Blanks, quotes and invisible characters are not part of a number."""
    assert to_id_number(typed) == IdNumber(VALID, IdKind.RESIDENT, CORE)


@pytest.mark.parametrize("last", ["X", "x", "Ｘ", "ｘ"])
def test_the_check_digit_x_may_be_small_or_wide(last: str) -> None:
    """All forms of X are the one check digit ten."""
    core = next(core for order in range(1, 100) if check_digit(core := f"63259919650101{order:03}") == "X")
    assert to_id_number(core + last) == IdNumber(core + "X", IdKind.RESIDENT, core)


def test_full_width_digits_are_digits() -> None:
    """A number typed in full width is the same number."""
    wide = "".join(chr(ord(c) + 0xFEE0) for c in VALID)
    assert number_of(wide).text == VALID


@pytest.mark.parametrize("suffix", ["43", "4302", "43B1"])
def test_a_disability_number_holds_a_resident_number(suffix: str) -> None:
    """Twenty or twenty-two characters name the person of their first eighteen."""
    assert to_id_number(VALID + suffix) == IdNumber(VALID + suffix, IdKind.DISABILITY, CORE)


@given(cores().filter(lambda core: core[6:8] == "19"))
def test_15_and_18_digits_share_a_core(core: str) -> None:
    """The number from before 1999 and its later form name one person."""
    old = core[:6] + core[8:]
    assert number_of(old) == IdNumber(old, IdKind.RESIDENT_15, core)
    assert number_of(core + check_digit(core)).core == core
    assert number_of(float(old)).core == core


@given(cores())
def test_the_check_digit_agrees_with_another_implementation(core: str) -> None:
    """Two independent libraries' sums and ours agree on every number, and one number of ten is valid."""
    number = core + check_digit(core)
    assert ric.calc_check_digit(number) == mod_11_2.calc_check_digit(core) == number[-1]
    kinds = [number_of(core + last).kind for last in "0123456789X"]
    assert kinds.count(IdKind.RESIDENT) == 1


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("632599********0012", "632599********0012"),
        ("6325***********012", "6325***********012"),
        ("632599XXXXXXXX001X", "632599********001X"),
        ("632599xxxxxxxx0012", "632599********0012"),
        ("6325**1965****0012", "6325**1965****0012"),
        ("632＊＊＊", "632***"),
        ("****0012", "****0012"),
    ],
)
def test_hidden_positions_become_stars(typed: str, text: str) -> None:
    """A mask of X is told from the check digit X."""
    assert to_id_number(typed) == IdNumber(text, IdKind.MASKED)


@pytest.mark.parametrize("typed", ["6.32599196501010E+17", "6.3259919650101e17"])
def test_exponents_are_damaged_numbers(typed: str) -> None:
    """What a spreadsheet shows of a long number keeps the digits shown."""
    number = number_of(typed)
    assert number.kind is IdKind.DAMAGED
    assert VALID.startswith(number.text)


def test_short_exponents_keep_what_they_show() -> None:
    """6.3E+17 keeps two digits; so does a card of twenty."""
    assert to_id_number("6.3E+17") == IdNumber("63", IdKind.DAMAGED)
    assert to_id_number("6.3E+19") == IdNumber("63", IdKind.DAMAGED)


@given(cores())
def test_a_number_cell_of_16_digits_and_more_is_damaged(core: str) -> None:
    """A spreadsheet cuts after fifteen digits; these are kept exactly, whatever the float in the cell."""
    cut = float(core[:15] + "000")
    assert to_id_number(cut) == IdNumber(core[:15], IdKind.DAMAGED)
    assert number_of(int(core + "1")).kind is IdKind.DAMAGED


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        (VALID[:-1] + ("0" if VALID[-1] != "0" else "1"), "check"),
        (VALID[:-1], "length"),
        ("6325996501010012", "length"),
        ("632599650230001", "date"),
        ("632599651301001", "date"),
        ("632599650101000", "order"),
        ("63259965010100X", "characters"),
        ("6325991965010100X1", "characters"),
        (VALID[:-1] + "²", "characters"),
        (VALID[:-1] + "①", "characters"),
        (VALID[:16] + "О" + VALID[17:], "characters"),
        ("身份证丢失", "characters"),
        (True, "characters"),
        (float("inf"), "characters"),
        (-6.3259919650101e17, "characters"),
    ],
)
def test_invalid_numbers_say_what_is_wrong(typed: Any, problem: str) -> None:
    """A number that cannot be trusted is kept as invalid, with its problem and without a core."""
    number = number_of(typed)
    assert (number.kind, number.problem, number.core) == (IdKind.INVALID, problem, None)


@pytest.mark.parametrize(
    ("core", "problem"),
    [
        ("63259919650230001", "date"),
        ("63259918940101001", "date"),
        ("63259919651301001", "date"),
        ("63259919650101000", "order"),
    ],
)
def test_a_right_check_digit_does_not_save_a_wrong_number(core: str, problem: str) -> None:
    """30 February, a birth before 1895 and the order code 000 are wrong whatever the check digit."""
    assert number_of(core + check_digit(core)).problem == problem


def test_a_blank_is_no_number() -> None:
    """A blank cell, or one that holds only a quote, has no number."""
    assert to_id_number(None) is None
    assert to_id_number(" '") is None


@given(st.text("0123456789Xx*E+.' ", max_size=30))
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    """Whatever stands in the cell, the answer is a number with a kind, and a core has 17 digits."""
    number = to_id_number(text)
    assert number is None or number.core is None or (len(number.core) == 17 and number.core.isdecimal())


# ------------------------------------------------------------------------------------------------ coordinates


@pytest.mark.parametrize(
    ("typed", "degrees"),
    [
        (100.75, 100.75),
        ("100.75", 100.75),
        ("E100.75", 100.75),
        ("东经100.75°", 100.75),
        ("100°45'0\"", 100.75),
        ("100°45′30″", 100.758333),
        ("100°45’30”", 100.758333),
        ("100度45分30秒", 100.758333),
        ("N35°35'", 35.583333),
    ],
)
def test_degrees_are_read_in_every_notation(typed: Any, degrees: float) -> None:
    """Decimal degrees, and degrees with minutes and seconds in any of their signs."""
    assert to_degrees(typed) == pytest.approx(degrees, abs=1e-6)


def test_an_unreadable_coordinate_is_not_a_number() -> None:
    """A coordinate that cannot be read is evidence about the position, not a fault of the row."""
    assert str(to_degrees("不详")) == "nan"
    assert to_degrees("") is None


@pytest.mark.parametrize("typed", ["100.75,35.5", "35.5，100.75", "35.5 100.75", "北纬35°30′ 东经100°45′"])
def test_a_pair_is_latitude_and_longitude(typed: str) -> None:
    """In China the larger of the two is the longitude, in whatever order they stand."""
    assert to_degree_pair(typed) == (35.5, 100.75)


@pytest.mark.parametrize("typed", ["100.75", "不详,100.75", "100.75,不详", "1,2,3", ";"])
def test_half_a_pair_is_no_pair(typed: str) -> None:
    """A pair of which one part is missing or cannot be read says nothing."""
    assert [str(number) for number in to_degree_pair(typed) or ()] == ["nan", "nan"]


# ------------------------------------------------------------------------------------------------ any cell


@pytest.mark.parametrize(
    "convert", [to_text, to_code, to_names, to_count, to_measure, to_period, to_id_number, to_degrees, to_degree_pair]
)
@given(cell=cells())
def test_a_converter_answers_or_refuses(convert: Any, cell: Any) -> None:
    """Whatever a spreadsheet holds, a converter gives a value or a `Misread`, and never ends the run."""
    with suppress(Misread):
        convert(cell)


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2020-06-11T03:20:11.123Z", "2020-06-11 11:20"),
        ("2020-06-10T17:20:11Z", "2020-06-11 01:20"),
        ("2020-06-11T11:20:11.123+08:00", "2020-06-11 11:20"),
        ("2020-06-11T11:20+0800", "2020-06-11 11:20"),
    ],
)
def test_a_moment_with_its_zone_is_read_in_local_time(written: str, local: str) -> None:
    """Programs write moments in UTC; late at night that is another day."""
    assert str(to_period(written)) == local


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_no_date_depends_on_the_machines_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a day of the summer times of 1986 to 1991, nor one before zones, nor a moment with a zone of its own."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        read = [to_period(cell) for cell in ("1988-06-11", date(1900, 12, 31), 43000, "2020-06-10T16:30:00Z")]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [period.start.isoformat() for period in read if period] == [
        *("1988-06-11T00:00:00", "1900-12-31T00:00:00", "2017-09-22T00:00:00", "2020-06-11T00:30:00"),
    ]


def test_a_moment_that_cannot_be_is_misread() -> None:
    """A month of 13 is no date, whatever stands behind it."""
    with pytest.raises(Misread):
        to_period("2020-13-11T11:20:11Z")
