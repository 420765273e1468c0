"""What a person sees of a run: progress while it goes, and a table per township when it is done."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from housing_guarantee.cli.tracked import change_lines, waiver_lines
from housing_guarantee.data import read_toml
from housing_guarantee.engine import RuleAccount
from housing_guarantee.findings import Severity, Status, Verdict
from housing_guarantee.report import Result

__all__ = ["Screen", "profile_lines", "show_summary"]

_SLOWEST = 15

_STEPS = {
    "assemble": ("归户", "case files"),
    "rules": ("判定", "rules"),
    "reports": ("输出", "reports"),
    "cards": ("证明卡", "cards"),
    "county": ("生成", "county"),
    "push": ("更正", "push"),
    "thumbnails": ("缩略图", "thumbnails"),
}


class Screen:
    """Shows each step's rate and the time left on a terminal; elsewhere one plain line when a step is done."""

    def __init__(self, language: str) -> None:
        from rich.console import Console

        self._language = language
        self._console = Console(file=sys.stderr, soft_wrap=True)
        self._progress: Any = None
        self._bars: dict[str, Any] = {}
        self._now: tuple[str, int, float] | None = None

    def __enter__(self) -> "Screen":
        if self._console.is_terminal:
            self._progress = _progress(self._console)
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
        else:
            self._finish()

    def step(self, name: str, done: int, total: int | None) -> None:
        """Show that so much of a step is done; another name begins another step."""
        if self._progress is not None:
            if name not in self._bars:
                self._bars[name] = self._progress.add_task(self._title(name), total=total)
            self._progress.update(self._bars[name], completed=done, total=total)
            return
        if self._now is None or self._now[0] != name:
            self._finish()
            self._now = (name, done, time.monotonic())
        self._now = (name, done, self._now[2])

    def _finish(self) -> None:
        if self._now is not None:
            name, done, started = self._now
            seconds = time.monotonic() - started
            self._console.print(f"{self._title(name)}: {done} ({seconds:.1f} s)", markup=False, highlight=False)
            self._now = None

    def _title(self, name: str) -> str:
        """Name a step; a source by its role and number, for its file may be called after a person."""
        if name in _STEPS:
            return _STEPS[name][self._language != "zh"]
        role, _, number = name.partition(" ")
        words = read_toml("terms.toml").get(role, {})
        return f"{words.get(self._language, role)} {number}".rstrip()


def _progress(console: Any) -> Any:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    class Rate(TextColumn):
        def render(self, task: Any) -> Any:
            self.text_format = f"{task.speed or 0:,.0f}/s"
            return super().render(task)

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        Rate(""),
        TimeRemainingColumn(),
        console=console,
        transient=False,
    )


def show_summary(result: Result, language: str) -> None:
    """Print how every township stands, what could not be read, and the commonest findings."""
    from rich.console import Console

    console = Console()
    console.print(_township_table(result, language))
    for account in result.survey.accounts:
        if account.problem:
            console.print(
                f"[!] {result.public.file(account.problem[language])}", style="red", markup=False, soft_wrap=True
            )
    for rule in result.outcome.rules:
        if rule.failures:
            line = f"[!] {rule.rule.code}: {rule.error} ({rule.failures})"
            console.print(line, style="red", markup=False, soft_wrap=True)
    lines = _headlines(result, language)
    lines += change_lines(result.tracked, language) if result.tracked else []
    for line in (*lines, *waiver_lines(result.outcome.waivers, language, result.public.masking)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _township_table(result: Result, language: str) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    renderer = result.public
    table = Table(title=result.campaign.name, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    zh = language == "zh"
    table.add_column("乡镇" if zh else "township", no_wrap=True)
    table.add_column("户" if zh else "homes", justify="right", no_wrap=True)
    for verdict in Verdict:
        table.add_column(renderer.term(verdict.value), justify="right", no_wrap=zh)
    for severity in (Severity.ERROR, Severity.WARNING):
        table.add_column(renderer.term(severity.value), justify="right", no_wrap=True)
    for row in _rows(result, "合计" if language == "zh" else "total"):
        table.add_row(*row[1:], end_section=row[0])
    return table


def _rows(result: Result, total: str) -> list[tuple[Any, ...]]:
    outcome = result.outcome
    names = {(h.place.area_code[:9], h.place.township) for h in outcome.households}
    rows: list[tuple[Any, ...]] = []
    ordered = sorted(names)
    for index, (_, name) in enumerate(ordered):
        rows.append((index == len(ordered) - 1, name or "-", *_counts(result, name)))
    return [*rows, (False, total, *_counts(result, None))]


def _counts(result: Result, township: str | None) -> list[str]:
    households = [h for h in result.outcome.households if township in (None, h.place.township)]
    findings = [
        f for f in result.outcome.findings if township in (None, f.place.township) and f.status is not Status.WAIVED
    ]
    numbers = [len(households)]
    numbers += [sum(h.verdict is verdict for h in households) for verdict in Verdict]
    numbers += [sum(f.severity is severity for f in findings) for severity in (Severity.ERROR, Severity.WARNING)]
    return [str(number) if number else "·" for number in numbers]


def _headlines(result: Result, language: str) -> list[str]:
    """List the codes most often found, exact, and what was left out of the sources."""
    codes = Counter(f.code for f in result.outcome.findings if f.severity is not Severity.INFO)
    shown = codes.most_common(8)
    more = len(codes) - len(shown)
    lines = [f"{count:>6}  {code}" for code, count in shown]
    if more > 0:
        rest = sum(codes.values()) - sum(count for _, count in shown)
        lines.append(f"{rest:>6}  " + (f"其余{more}种" if language == "zh" else f"in {more} other codes"))
    return lines


def profile_lines(rules: Sequence[RuleAccount], language: str) -> list[str]:
    """List the rules that took longest, with all that was spent on them: seconds, calls, microseconds a call."""
    slowest = sorted(rules, key=lambda one: (-one.seconds, one.rule.code))[:_SLOWEST]
    total = sum(one.seconds for one in rules)
    zh = language == "zh"
    lines = [f"规则共用时 {total:.2f} 秒，最慢的：" if zh else f"the rules took {total:.2f} s; the slowest:"]
    for one in slowest:
        each = one.seconds / one.calls * 1e6 if one.calls else 0.0
        name = f"{one.rule.code} ({one.rule.owner})" if one.rule.owner else one.rule.code
        lines.append(f"{one.seconds:>8.3f} s {one.calls:>8} × {each:>10.1f} µs  {name}")
    return lines
