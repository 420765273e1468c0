"""What the campaign itself needs to know, from the files where they tell it, else asked, else the plan's.

Nothing is invented: each fact says where it comes from, and what is only a guess says that.
"""

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from housing_guarantee.converters import Misread, clean, to_code, to_period
from housing_guarantee.data import read_csv, read_toml
from housing_guarantee.linkage.places import normalise_township
from housing_guarantee.onboarding.looks import Look
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.onboarding.questions import Ask, Question
from housing_guarantee.onboarding.views import View
from housing_guarantee.rule import Words

__all__ = ["UNKNOWN_COUNTY", "Fact", "facts_of"]

UNKNOWN_COUNTY = "000000"
"""Stands where the county's code is to be written; it is nobody's."""

_MOST = 0.9
_DAY_COUNTS = 0.02
"""Share of the records below which a day is held for a slip of the pen and not for a day of the campaign."""
_DATES = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"


@frozen
class Fact:
    """One key of ``[campaign]``.

    :param source: where its value comes from
    :param is_guess: whether the operator should look at it
    """

    value: Any
    source: Words
    is_guess: bool = False


def facts_of(looks: Sequence[Look], sources: Sequence[Proposed], fallback: str, ask: Ask) -> dict[str, Fact]:
    """Give every key that a campaign file must have, in its order.

    :param fallback: what to call the county where nothing says its name
    """
    plan = read_toml("first-campaign.toml")
    views = [view for source in sources if source.copy_of is None for unit in source.units for view in unit.views]
    name, code = _county(looks, views, ask)
    window = _window(views, plan["window"], ask)
    facts = {
        "name": Fact(f"{name or fallback}住房安全有保障核验", _TITLE, is_guess=name is None),
        "county_code": code,
        "planned_households": _planned(views),
        "window": window,
        "rectify_by": _rectify_by(window.value[1], ask),
        "policy_year": Fact(plan["policy_year"], _PLAN),
        "ledger_years": Fact(plan["ledger_years"], _PLAN),
    }
    area = next((look.name for look in looks if look.areas), None)
    return facts | ({"area": Fact(area, _BORDERS)} if area else {})


_PLAN = Words("2020年方案的规定，本县另有规定的请改", "the plan of 2020 says so; change it where yours says otherwise")
_TITLE = Words("标题，可改", "a title, yours to change")
_BORDERS = Words("县、乡镇边界；坐标系按 WGS-84", "borders of county and townships; taken as WGS-84")


# ------------------------------------------------------------------------------------------------ the county


def _county(looks: Sequence[Look], views: Sequence[View], ask: Ask) -> tuple[str | None, Fact]:
    """Give the county's name, where known, and its code."""
    found = _of_areas(looks) or _of_codes(views) or _of_townships(views)
    if found is not None:
        return found
    answer = ask(
        Question(Words("县（区）行政区划代码，六位", "the county's code, six digits of GB/T 2260"), form=r"[0-9]{6}")
    )
    if answer:
        return _name_of(answer), Fact(answer, Words("由操作人填写", "as answered"))
    unknown = Words("数据中没有区划代码：请填写六位代码", "the data hold no area code: write the six digits here")
    return None, Fact(UNKNOWN_COUNTY, unknown, is_guess=True)


def _of_areas(looks: Sequence[Look]) -> tuple[str | None, Fact] | None:
    for look in looks:
        for area in look.areas:
            if len(area.code) == 6:
                return area.name, Fact(area.code, Words(f"取自 {look.name}", f"from {look.name}"))
    return None


def _of_codes(views: Sequence[View]) -> tuple[str | None, Fact] | None:
    """Ask the columns of area codes, whose first six digits are the county's."""
    counts = Counter(
        code[:6] for view in views for cell in view.cells("area_code") if len(code := to_code(cell) or "") >= 6
    )
    if not counts:
        return None
    code, count = counts.most_common(1)[0]
    if count < _MOST * counts.total() or not code.isdigit():
        return None
    words = Words(
        f"取自区划代码列：{count}/{counts.total()}行", f"from the area codes: {count} of {counts.total()} rows"
    )
    return _name_of(code), Fact(code, words, is_guess=True)


def _of_townships(views: Sequence[View]) -> tuple[str | None, Fact] | None:
    """Ask whether the townships are those of a county whose divisions are known here."""
    typed = Counter(normalise_township(clean(cell)) for view in views for cell in view.cells("township"))
    rows = [row for row in read_csv("divisions.csv") if row["level"] == "township"]
    for parent in dict.fromkeys(row["parent"] for row in rows):
        names = {normalise_township(row["name"]) for row in rows if row["parent"] == parent}
        count = sum(number for name, number in typed.items() if name in names)
        if count and count >= _MOST * typed.total():
            words = Words(
                f"按乡镇名推测：{count}/{typed.total()}行", f"by the townships: {count} of {typed.total()} rows"
            )
            return _name_of(parent), Fact(parent, words, is_guess=True)
    return None


def _name_of(code: str) -> str | None:
    return next((row["name"] for row in read_csv("divisions.csv") if row["code"] == code), None)


# ------------------------------------------------------------------------------------------------ figures and dates


def _planned(views: Iterable[View]) -> Fact:
    """Count the roster's households; the plan's own figure is better, as it shows who is missing from the roster."""
    households = {to_code(cell) for view in views if view.role == "roster" for cell in view.cells("household_id")}
    words = Words(
        "名册中的户数；请改为方案规定的户数，否则名册少了谁就看不出来",
        "counted in the roster; write the plan's figure, else nobody missing from the roster can be noticed",
    )
    return Fact(len(households), words, is_guess=True)


def _window(views: Sequence[View], plan: Sequence[date], ask: Ask) -> Fact:
    """Take the plan's days where the records are of them, else the days that have two in a hundred of them or more.

    A day too few would accuse every record of that day.
    """
    days = Counter(_days(views))
    total = days.total()
    within = sum(count for day, count in days.items() if plan[0] <= day <= plan[1])
    if total and within >= _MOST * total:
        words = Words(
            f"2020年方案的期限；{within}/{total}条核验在内", f"the plan of 2020; {within} of {total} records lie in it"
        )
        return Fact(list(plan), words, is_guess=True)
    busy = [day for day, count in days.items() if count >= _DAY_COUNTS * total]
    if busy:
        share = sum(days[day] for day in busy)
        words = Words(f"按核验日期推测：{share}/{total}条", f"by the dates of {share} of {total} records")
        return Fact([min(busy), max(busy)], words, is_guess=True)
    first = _ask_date(ask, Words("核验开始日期", "first day of verification"), plan[0])
    last = _ask_date(ask, Words("核验结束日期", "last day of verification"), max(plan[1], first or plan[1]))
    if first and last:
        return Fact(sorted((first, last)), Words("由操作人填写", "as answered"))
    return Fact(list(plan), _PLAN, is_guess=True)


def _days(views: Sequence[View]) -> Iterator[date]:
    for view in (view for view in views if view.role == "verifications"):
        for cell in view.cells("verified_on") or view.cells("recorded_on"):
            try:
                period = to_period(cell)
            except Misread:
                continue
            if period is not None and (period.end - period.start).days <= 1:
                yield period.start.date()


def _rectify_by(end: date, ask: Ask) -> Fact:
    """Ask until when problems are to be solved; the plan of 2020 had the end of the same month."""
    usual = end.replace(day=calendar.monthrange(end.year, end.month)[1])
    answer = _ask_date(ask, Words("整改期限", "day by which problems must be solved"), usual)
    if answer:
        return Fact(answer, Words("由操作人填写", "as answered"))
    return Fact(
        usual, Words("数据中没有；按2020年方案取当月底", "not in the data; the month's end, as in 2020"), is_guess=True
    )


def _ask_date(ask: Ask, words: Words, default: date) -> date | None:
    answer = ask(Question(words, default.isoformat(), form=_DATES))
    try:
        return date.fromisoformat(answer) if answer else None
    except ValueError:  # 2020-06-31: no day
        return default
