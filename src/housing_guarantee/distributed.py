"""The same run over many counties, on whatever executor is given: one process, several, or a cluster's workers.

Every county is laid by itself. What stands in several counties is found by the keys that each has put beside; each
county then hands out those case files, and is judged with what it needs of others'. The workers need the same package
and plugins, which is looked at first, and a file system that holds the campaign and its results.
"""

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.counties import (
    County,
    installation,
    judge_county,
    lay_county,
    lend,
    match_keys,
    match_ties,
    reaching,
)
from housing_guarantee.errors import HousingGuaranteeError, PluginError
from housing_guarantee.exchange import MOST_PARTS, Home, lenders
from housing_guarantee.partitions import PREFIX, county_campaign
from housing_guarantee.reading import Progress, Silent
from housing_guarantee.report import replace_file
from housing_guarantee.workspace import workspace_key

__all__ = ["InTurn", "Options", "run_counties"]

TRIES = 3
"""Times that a piece of work is begun before its county could not be checked."""
_AHEAD = 64
"""Pieces that are handed out at once."""
_LEFT_BEHIND = 86_400  # seconds after which the exchange of a run that was ended is nobody's any more


@frozen
class Options:
    """How results are written; see `runner.run`.

    :param reports: names of reports; by default the lines of JSON alone, as others take several times the judging
    """

    language: str | None = None
    unmask: bool = False
    level: str = "county"
    reports: tuple[str, ...] = ("jsonl",)
    fail_on: str = "error"


class InTurn(Executor):
    """Does one thing after another, in this process."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Do it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


@define
class _Run:
    """The counties of a run, and those that could not be checked, with the cause."""

    executor: Executor
    counties: Mapping[str, County]
    failed: dict[str, str] = field(factory=dict)

    @property
    def living(self) -> list[County]:
        return [county for code, county in self.counties.items() if code not in self.failed]

    def over_counties(self, function: Callable[..., Any], work: Mapping[str, tuple[Any, ...]]) -> Iterator[Any]:
        """Have a piece of work done for each county; one that is given up costs its county."""
        codes = list(work)
        for at, found in _done(self.executor, function, [work[code] for code in codes]):
            if isinstance(found, Exception):
                self.failed[codes[at]] = _cause(found)
            else:
                yield found


def run_counties(
    campaign: Campaign,
    counties: Sequence[str],
    executor: Executor,
    out: Path,
    options: Options = Options(),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Check every county of a campaign, write each one's results into a folder of its own, and give the summary.

    :param counties: their codes (`partitions.counties_of`)
    :param executor: any of `concurrent.futures`
    :raises PluginError: a worker has other plugins or versions
    :raises HousingGuaranteeError: what counties share could not be found
    """
    progress = progress or Silent()
    with _exchange(out) as work:
        run = _Run(executor, _counties(campaign, counties, out, work, options))
        for done, _ in enumerate(run.over_counties(lay_county, {c.code: (c,) for c in run.living}), 1):
            progress.step("assemble", done, len(counties))
        needed = _exchanged(run, work)
        judged = []
        jobs = {c.code: (c, sorted(needed.get(c.code, ()))) for c in run.living}
        for done, found in enumerate(run.over_counties(judge_county, jobs), 1):
            judged.append(found)
            progress.step("rules", done, len(counties))
    for code in run.failed:  # an earlier run's results must not pass for this one's
        shutil.rmtree(run.counties[code].out, ignore_errors=True)
    summary = _summary(campaign, counties, sorted(judged, key=lambda one: one["county"]), run.failed)
    _write(out, summary)
    return summary


def _counties(campaign: Campaign, codes: Sequence[str], out: Path, work: Path, options: Options) -> dict[str, County]:
    workspace, installed = campaign.folder / campaign.workspace, {}
    workspace_key(workspace)  # made once, before anybody needs it
    parts = {code: county_campaign(campaign, code) for code in codes}
    if codes:
        installed = installation(parts[codes[0]])
    return {
        code: County(
            code,
            part,
            out / f"{PREFIX}{code}",
            work,
            workspace,
            installed,
            across=len(codes) > 1,
            language=options.language,
            unmask=options.unmask,
            level=options.level,
            reports=options.reports,
            fail_on=options.fail_on,
        )
        for code, part in parts.items()
    }


@contextmanager
def _exchange(out: Path) -> Iterator[Path]:
    """Make a folder for one run, for its owner alone, and leave nothing of it or of a run that was ended."""
    out.mkdir(parents=True, exist_ok=True)
    for left in out.glob(".exchange-*"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)
    work = out / f".exchange-{secrets.token_hex(6)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


# ------------------------------------------------------------------------------------------------ what is shared


def _exchanged(run: _Run, work: Path) -> Mapping[str, set[Home]]:
    """Find what stands in several counties, have it handed out, and say what each county needs of others'."""
    living = run.living
    if len(living) < 2:
        return {}
    codes = [county.code for county in living]
    keyed, tied = reaching(living[0])
    groups: list[list[Home]] = []
    if keyed:
        groups += _shared(run, match_keys, [(work, codes, *part) for part in _stretches(len(codes))])
    for rule in tied:
        parts = range(rule.across.parts if not isinstance(rule.across, bool) else 0)
        groups += _shared(run, match_ties, [(living[0], codes, rule.code, part) for part in parts])
    lent, needed = lenders(groups)
    for _ in run.over_counties(lend, {code: (work, code, sorted(lent[code])) for code in sorted(lent)}):
        pass
    for code in run.failed:  # what could not be handed out is needed by others all the same
        for other in [one for one, homes in needed.items() if any(home[0] == code for home in homes)]:
            run.failed.setdefault(other, f"{code}: {run.failed[code]}")
    return needed


def _stretches(counties: int) -> Iterator[tuple[int, int]]:
    """Cut the digests into stretches: the more counties, the more of them."""
    parts = min(MOST_PARTS, max(1, counties // 8))
    edges = [MOST_PARTS * part // parts for part in range(parts + 1)]
    yield from pairwise(edges)


def _shared(run: _Run, function: Callable[..., Any], work: Sequence[tuple[Any, ...]]) -> Iterator[list[Home]]:
    for _, found in _done(run.executor, function, work):
        if isinstance(found, Exception):
            raise HousingGuaranteeError(f"what counties share could not be found: {_cause(found)}") from found
        yield from ([(county, place) for county, place in group] for group in found)


# ------------------------------------------------------------------------------------------------ handing out


def _done(
    executor: Executor, function: Callable[..., Any], work: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[int, Any]]:
    """Have pieces of work done, in any order; give each with its number, or the exception that ended its last try."""
    waiting = [(at, 1) for at in reversed(range(len(work)))]
    begun: dict[Future[Any], tuple[int, int]] = {}
    while waiting or begun:
        while waiting and len(begun) < _AHEAD:
            at, tries = waiting.pop()
            begun[executor.submit(function, *work[at])] = at, tries
        for future in wait(begun, return_when=FIRST_COMPLETED).done:
            at, tries = begun.pop(future)
            error = future.exception()
            if error is None:
                yield at, future.result()
            elif isinstance(error, PluginError):
                raise error
            elif tries < TRIES:
                waiting.append((at, tries + 1))
            else:
                yield at, error if isinstance(error, Exception) else HousingGuaranteeError(type(error).__name__)


def _cause(error: BaseException) -> str:
    """Say what ended a piece of work; the words of what we did not raise ourselves may hold a family's data."""
    ours = isinstance(error, HousingGuaranteeError)
    return f"{type(error).__name__}: {error}" if ours else type(error).__name__


# ------------------------------------------------------------------------------------------------ the whole


def _summary(
    campaign: Campaign, counties: Sequence[str], judged: Sequence[Mapping[str, Any]], failed: Mapping[str, str]
) -> dict[str, Any]:
    """Add the counties up."""
    totals: dict[str, dict[str, int]] = {"verdicts": {}, "severities": {}, "codes": {}}
    for one in judged:
        for name, counts in totals.items():
            for word, count in one[name].items():
                counts[word] = counts.get(word, 0) + count
    return {
        "campaign": campaign.name,
        "as_of": campaign.as_of.isoformat(),
        "planned_households": campaign.planned_households,
        "households": sum(one["households"] for one in judged),
        "verdicts": totals["verdicts"],
        "findings": sum(one["findings"] for one in judged),
        "severities": dict(sorted(totals["severities"].items())),
        "codes": dict(sorted(totals["codes"].items())),
        "could_not_check": dict(sorted(failed.items())),
        "exit": 3 if failed else max((one["exit"] for one in judged), default=0),
        "counties": [
            {name: one[name] for name in ("county", "exit", "households", "verdicts", "findings", "severities")}
            for one in judged
        ],
    }


def _write(out: Path, summary: Mapping[str, Any]) -> None:
    """Write the summary, and the findings of all counties one after another."""
    text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
    replace_file(out / "summary.json", lambda part: _put(part, text))
    names = [out / f"{PREFIX}{one['county']}" / "findings.jsonl" for one in summary["counties"]]

    def join(part: Path) -> None:
        with part.open("wb") as whole:
            for name in filter(Path.exists, names):
                with name.open("rb") as own:
                    shutil.copyfileobj(own, whole, 1 << 20)

    replace_file(out / "findings.jsonl", join)


def _put(part: Path, text: str) -> None:
    part.write_text(text, encoding="utf-8")
