"""``feedback``: take in the rectification lists, and the decisions on photos, that came back."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.reviewed import review_data, review_lines
from housing_guarantee.cli.screen import Screen
from housing_guarantee.data import read_toml
from housing_guarantee.feedback import Feedback, Gap, take_back
from housing_guarantee.masking import Masking
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equipped
from housing_guarantee.reports.columns import say_answer
from housing_guarantee.review.decisions import is_decisions
from housing_guarantee.review.taking import Taken, take_decisions
from housing_guarantee.tracking.replies import Decision, Why

__all__ = ["command"]

Show = Callable[[str], str]
"""Masks the name of a file or sheet, which may be somebody's."""


@click.command("feedback")
@options.campaign
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.lang
@options.json_
def command(campaign_file: Path, files: tuple[Path, ...], lang: str | None, as_json: bool) -> int:
    """回收：读入各村交回的整改清单（登记“已整改”等答复）和照片审看结果；每一行都说明是否采用。

    Take in the lists and the decisions on photos that came back. A row of a list is told by its token; what is not
    taken is said, with its place.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    decided = [file for file in files if is_decisions(file)]
    feedback = take_back(campaign, [file for file in files if file not in decided])
    reviews = _reviews(campaign, decided, language) if decided else Taken(())
    show = partial(Masking(known=feedback.names).show, "file")
    if as_json:
        data = {**_data(feedback, language, show), "reviews": review_data(reviews)}
        data["problems"] += [show(problem[language]) for problem in reviews.problems]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([*_lines(feedback, language, show), *review_lines(reviews, language)]))
    if feedback.problems or reviews.problems:
        return 3
    refused = [one for one in feedback.taken.decisions if one.why.is_refused]
    return int(bool(feedback.gaps or refused) or any(one.why.is_refused for one in reviews.outcomes))


def _reviews(campaign: Campaign, files: Sequence[Path], language: str) -> Taken:
    with Screen(language) as screen:
        return take_decisions(campaign, files, equipment=equipped(campaign), progress=screen)


def _say(why: Why, language: str) -> str:
    return str(read_toml("tracking.toml")["replies"][why.value][language])


def _lines(feedback: Feedback, language: str, show: Show) -> list[str]:
    """Count what was taken, then say row by row what was not, and what changed an earlier answer."""
    decisions = feedback.taken.decisions
    counts = Counter(decision.why for decision in decisions)
    lines = [f"{counts[why]:>6}  {_say(why, language)}" for why in Why if counts[why]]
    told = [one for one in decisions if one.why.is_refused or one.before]
    lines += ["", *(_row(decision, language, show) for decision in told)] if told else []
    lines += [_gap(gap, language, show) for gap in feedback.gaps]
    lines += [f"[!] {show(problem[language])}" for problem in feedback.problems]
    return lines


def _place(place: tuple[str, str, int], language: str, show: Show) -> str:
    file, sheet, row = place
    return f"{show(file)} [{show(sheet)}] " + (f"第{row}行" if language == "zh" else f"row {row}")


def _row(decision: Decision, language: str, show: Show) -> str:
    line = f"{_place(decision.reply.place, language, show)}: {_say(decision.why, language)}"
    if decision.before:
        before = say_answer(decision.before, language)
        line += f"（此前：{before}）" if language == "zh" else f" (before: {before})"
    return line + "".join(f"; {_place(other, language, show)}" for other in decision.others)


def _gap(gap: Gap, language: str, show: Show) -> str:
    place = f"{show(gap.file)} [{show(gap.sheet)}]"
    numbers = ", ".join(map(str, gap.numbers))
    if language == "zh":
        return f"{place}: 缺少{gap.rows}行" + (f"（序号 {numbers}）" if numbers else "")
    return f"{place}: {gap.rows} rows are missing" + (f" (no. {numbers})" if numbers else "")


def _data(feedback: Feedback, language: str, show: Show) -> dict[str, Any]:
    return {
        "files": {show(name): digest for name, digest in sorted(feedback.digests.items())},
        "counts": dict(sorted(Counter(d.why.value for d in feedback.taken.decisions).items())),
        "rows": [_row_data(decision, show) for decision in feedback.taken.decisions if decision.why is not Why.BLANK],
        "missing": [
            {"file": show(gap.file), "sheet": show(gap.sheet), "rows": gap.rows, "numbers": list(gap.numbers)}
            for gap in feedback.gaps
        ],
        "problems": [show(problem[language]) for problem in feedback.problems],
    }


def _row_data(decision: Decision, show: Show) -> dict[str, Any]:
    reply = decision.reply
    return {
        "file": show(reply.file),
        "sheet": show(reply.sheet),
        "row": reply.row,
        "key": reply.key,
        "outcome": decision.why.value,
        "taken": decision.why.is_taken,
        "answer": reply.given.answer.value if reply.given else None,
        "done_on": reply.given.done_on or None if reply.given else None,
        "before": decision.before.value if decision.before else None,
        "others": [{"file": show(file), "sheet": show(sheet), "row": row} for file, sheet, row in decision.others],
    }
