"""What several commands say: about waivers, what changed since an earlier run, and sources that could not be read."""

from collections.abc import Iterable
from typing import Any

import click

from housing_guarantee.data import read_toml
from housing_guarantee.masking import Masking
from housing_guarantee.reports.jsonl import waiver_data
from housing_guarantee.source import Account
from housing_guarantee.tracking.lives import Event, Life
from housing_guarantee.tracking.tracker import Tracked
from housing_guarantee.waivers import Standing, WaiverUse

__all__ = ["change_lines", "event_words", "life_data", "say", "told_of_sources", "waiver_lines"]


def say(language: str, zh: str, en: str) -> str:
    """Say one of two texts."""
    return zh if language == "zh" else en


def told_of_sources(accounts: Iterable[Account], language: str) -> int:
    """Say which sources could not be read, and give the exit code that follows: 3 where there are any."""
    problems = [account.problem for account in accounts if account.problem]
    for problem in problems:
        click.echo(f"[!] {problem[language]}", err=True)
    return 3 if problems else 0


def event_words(event: Event, language: str) -> str:
    """Name what happened to a finding."""
    return str(read_toml("tracking.toml")["events"][event.value][language])


def change_lines(tracked: Tracked, language: str) -> list[str]:
    """Say what a run brought about, in one line, and why it closed nothing, where it could not."""
    changes = tracked.changes()
    line = "  ".join(f"{event_words(event, language)} {changes[event]}" for event in Event if event in changes)
    back = (
        "本次核查的时点（as_of）早于以前的核查：不关闭任何问题",
        "as_of is before an earlier check's: nothing is closed",
    )
    return [*([line] if line else []), *([f"[!] {say(language, *back)}"] if tracked.looks_back else [])]


def waiver_lines(uses: Iterable[WaiverUse], language: str, masking: Masking) -> list[str]:
    """Say of every waiver what it waives, why, by whom, until when, and how it stands."""
    lines = []
    for use in uses:
        about = waiver_data(use, masking)
        standing = read_toml("tracking.toml")["waivers"][use.standing.value][language]
        mark = "" if use.standing is Standing.USED else "[!] "
        whom = about["household_id"] or about["area_code"]
        until = say(language, f"至{about['expires']}", f"until {about['expires']}")
        lines.append(
            f"{mark}{say(language, '豁免', 'waiver')} {about['code']} {whom} ({standing}, {about['findings']}): "
            f"{about['reason']}; {about['approved_by']}, {until}"
        )
    return lines


def life_data(life: Life) -> dict[str, Any]:
    """Give what is remembered of a finding as data; it holds nobody's name."""
    place = life.place
    return {
        "key": life.key,
        "code": life.code,
        "severity": life.severity.value,
        "state": life.state.value,
        "household_id": life.household_id,
        "area_code": place.area_code or None,
        "township": place.township or None,
        "village": place.village or None,
        "origin": {"source": life.source, "sheet": life.sheet, "row": life.row} if life.source else None,
        "first_run": life.first_run,
        "seen_run": life.seen_run,
        "answer": life.answer.value if life.answer else None,
        "answered_on": life.answered_on,
    }
