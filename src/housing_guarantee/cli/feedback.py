"""``feedback``: take in the rectification lists that came back."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from housing_guarantee.cli import options
from housing_guarantee.data import read_toml
from housing_guarantee.feedback import Feedback, Gap, take_back
from housing_guarantee.opening import load_campaign
from housing_guarantee.reports.columns import say_answer
from housing_guarantee.tracking.replies import Decision, Why

__all__ = ["command"]


@click.command("feedback")
@options.campaign
@click.argument("files", metavar="FILE.xlsx...", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.lang
@options.json_
def command(campaign_file: Path, files: tuple[Path, ...], lang: str | None, as_json: bool) -> int:
    """回收：读入各村交回的整改清单，登记“已整改”等答复；每一行都说明是否采用。

    Take in the lists that came back. A row is told by its token; what is not taken is said, with its place.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    feedback = take_back(campaign, files)
    if as_json:
        click.echo(json.dumps(_data(feedback, language), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(feedback, language)))
    if feedback.problems:
        return 3
    return int(bool(feedback.gaps) or any(decision.why.is_refused for decision in feedback.taken.decisions))


def _say(why: Why, language: str) -> str:
    return str(read_toml("tracking.toml")["replies"][why.value][language])


def _lines(feedback: Feedback, language: str) -> list[str]:
    """Count what was taken, then say row by row what was not, and what changed an earlier answer."""
    decisions = feedback.taken.decisions
    counts = Counter(decision.why for decision in decisions)
    lines = [f"{counts[why]:>6}  {_say(why, language)}" for why in Why if counts[why]]
    told = [one for one in decisions if one.why.is_refused or one.before]
    lines += ["", *(_row(decision, language) for decision in told)] if told else []
    lines += [_gap(gap, language) for gap in feedback.gaps]
    lines += [f"[!] {problem[language]}" for problem in feedback.problems]
    return lines


def _place(place: tuple[str, str, int], language: str) -> str:
    file, sheet, row = place
    return f"{file} [{sheet}] " + (f"第{row}行" if language == "zh" else f"row {row}")


def _row(decision: Decision, language: str) -> str:
    line = f"{_place(decision.reply.place, language)}: {_say(decision.why, language)}"
    if decision.before:
        before = say_answer(decision.before, language)
        line += f"（此前：{before}）" if language == "zh" else f" (before: {before})"
    return line + "".join(f"; {_place(other, language)}" for other in decision.others)


def _gap(gap: Gap, language: str) -> str:
    numbers = ", ".join(map(str, gap.numbers))
    if language == "zh":
        return f"{gap.file} [{gap.sheet}]: 缺少{gap.rows}行" + (f"（序号 {numbers}）" if numbers else "")
    return f"{gap.file} [{gap.sheet}]: {gap.rows} rows are missing" + (f" (no. {numbers})" if numbers else "")


def _data(feedback: Feedback, language: str) -> dict[str, Any]:
    return {
        "files": dict(sorted(feedback.digests.items())),
        "counts": dict(sorted(Counter(d.why.value for d in feedback.taken.decisions).items())),
        "rows": [_row_data(decision) for decision in feedback.taken.decisions if decision.why is not Why.BLANK],
        "missing": [
            {"file": gap.file, "sheet": gap.sheet, "rows": gap.rows, "numbers": list(gap.numbers)}
            for gap in feedback.gaps
        ],
        "problems": [problem[language] for problem in feedback.problems],
    }


def _row_data(decision: Decision) -> dict[str, Any]:
    reply = decision.reply
    return {
        "file": reply.file,
        "sheet": reply.sheet,
        "row": reply.row,
        "key": reply.key,
        "outcome": decision.why.value,
        "taken": decision.why.is_taken,
        "answer": reply.given.answer.value if reply.given else None,
        "done_on": reply.given.done_on or None if reply.given else None,
        "before": decision.before.value if decision.before else None,
        "others": [{"file": file, "sheet": sheet, "row": row} for file, sheet, row in decision.others],
    }
