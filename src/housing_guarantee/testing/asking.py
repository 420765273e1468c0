"""Ask a rule as the engine does, and compare what it answers with what a test expects."""

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from attrs import evolve, fields

from housing_guarantee.answers import bind
from housing_guarantee.campaign import LOCAL, Campaign
from housing_guarantee.casefiles import CaseFile, Given, Survey
from housing_guarantee.definition import load_definition
from housing_guarantee.engine import Outcome, judge
from housing_guarantee.rule import Breach, Group, Topic
from housing_guarantee.veil import Veil, names_in

__all__ = ["answers_of", "ask", "assert_breaches", "campaign", "judged", "survey"]

Function = Callable[..., Any]


def campaign(**changes: Any) -> Campaign:
    """Give the campaign of 2020, as of the evening of its last day, without sources or areas."""
    plain = Campaign(
        path=Path("campaign.toml"),
        name="住房安全有保障核验",
        county_code="632525",
        planned_households=1,
        window=(date(2020, 6, 10), date(2020, 6, 13)),
        rectify_by=date(2020, 6, 30),
        policy_year=2016,
        ledger_years=(2016, 2018),
        as_of=datetime(2020, 6, 13, 20, tzinfo=LOCAL),
        sources=(),
        definition=load_definition(),
    )
    return evolve(plain, **changes)


_campaign = campaign


def ask(function: Function, subject: Any, settings: Any = None, campaign: Campaign | None = None) -> Any:
    """Give a rule's bare answer about a case file, a group or a survey; it gets settings and campaign if it asks."""
    known = {"settings": settings, "campaign": campaign or _campaign()}
    names = list(inspect.signature(function).parameters)[1:]
    return function(subject, **{name: known[name] for name in names})


def answers_of(
    function: Function, subject: Any, *, settings: Any = None, campaign: Campaign | None = None
) -> list[Any]:
    """List a rule's answers, held to what the engine allows.

    A rule that is not the package's own is shown what a run shows it: tokens for persons' data that it does not say it
    needs.

    :raises TypeError: the rule asks for settings, and the test gives none; or it answers with what no rule may
    """
    (rule,) = Topic("asked", (function,)).build()
    if "settings" in rule.arguments and settings is None:
        raise TypeError(f"{function.__name__} asks for settings: give settings=Settings()")
    asked = bind(rule, {"settings": settings, "campaign": campaign or _campaign()})
    if _is_built_in(function):
        return list(asked(subject))
    covered = Veil(rule.sees, b"", _names_in(subject)).over(subject)
    return covered.restored(asked(covered.view))


def _is_built_in(function: Function) -> bool:
    return function.__module__.startswith("housing_guarantee.")


def _names_in(subject: CaseFile | Group | Survey) -> frozenset[str]:
    if isinstance(subject, Survey):
        return names_in(subject)
    return names_in(survey(*([subject] if isinstance(subject, CaseFile) else [m.casefile for m in subject.members])))


def assert_breaches(
    function: Function,
    subject: Any,
    expected: Iterable[Breach | Mapping[str, Any]] = (),
    *,
    settings: Any = None,
    campaign: Campaign | None = None,
) -> None:
    """Hold a rule to exactly these breaches, in this order; none, where none are expected.

    :param function: the rule, marked by `@rule`
    :param subject: a case file; for a rule over many households a `Group` or a `Survey`
    :param expected: whole breaches, or mappings that stand for the values alone
    :raises AssertionError: telling line by line what was found (``+``) and what was expected (``-``)
    """
    __tracebackhide__ = True
    wanted = list(expected)
    answers = answers_of(function, subject, settings=settings, campaign=campaign)
    breaches = [answer for answer in answers if isinstance(answer, Breach)]
    found = [
        dict(breach.values) if isinstance(want, Mapping) and breach else breach
        for breach, want in zip_longest(breaches, wanted)
    ]
    if found[: len(breaches)] != wanted:
        raise AssertionError(_difference(function.__name__, wanted, found[: len(breaches)]))


def _difference(name: str, wanted: Sequence[Any], found: Sequence[Any]) -> str:
    expected, given = ([line for one in those for line in _told(one)] for those in (wanted, found))
    head = f"{name}: {len(found)} breaches, {len(wanted)} expected"
    return "\n".join([head, *(line for line in difflib.ndiff(expected, given) if not line.startswith("?"))])


def _told(breach: Breach | Mapping[str, Any]) -> Iterator[str]:
    """Tell a breach in lines: its cells, its values, and whatever else it says."""
    if isinstance(breach, Mapping):
        yield "breach"
    else:
        yield "breach at"
        for cell in breach.cells:
            place = f"{cell.source} [{cell.sheet}] {cell.column or ''}{cell.row or cell.row_key or ''}"
            yield f"    {place} {cell.field} = {cell.value!r}"
    values = breach if isinstance(breach, Mapping) else breach.values
    yield from (f"    {name}: {value!r}" for name, value in sorted(values.items()))
    if isinstance(breach, Breach):
        for attribute in fields(Breach):
            value = getattr(breach, attribute.name)
            if attribute.name not in ("cells", "values") and value != attribute.default:
                yield f"    {attribute.name} = {value!r}"


# ------------------------------------------------------------------------------------------------ as in a run


def survey(*casefiles: CaseFile) -> Survey:
    """Lay case files into a whole data set that was given whatever any of them was."""
    every = [casefile.given for casefile in casefiles]
    names = ("roles", "broken", "ledgers", "broken_ledgers", "systems")
    roles = sorted({role for given in every for role in given.fields})
    given = Given(
        definition=every[0].definition if every else load_definition(),
        **{name: frozenset[str]().union(*(getattr(one, name) for one in every)) for name in names},
        fields={role: frozenset[str]().union(*(one.fields.get(role, ()) for one in every)) for role in roles},
        datums={key: found for one in every for key, found in one.datums.items()},
        exchanged={key: found for one in every for key, found in one.exchanged.items()},
    )
    own = tuple(evolve(casefile, given=given) for casefile in casefiles)
    return Survey(own, given, bad_rows=tuple(row for casefile in own for row in casefile.bad_rows))


def judged(
    topic: Topic, *casefiles: CaseFile, settings: Any = None, campaign: Campaign | None = None, owner: str = ""
) -> Outcome:
    """Ask a topic's rules of case files as a run does, groups and all, and conclude the verdicts.

    :param settings: instead of the topic's defaults
    :param owner: the name of the plugin; rules that are not the package's own have one in any case
    """
    given = settings if settings is not None or topic.settings is None else topic.settings()
    if not all(map(_is_built_in, topic.rules)):
        owner = owner or "asked"
    return judge(survey(*casefiles), topic.build(owner), campaign or _campaign(), {topic.name: given})
