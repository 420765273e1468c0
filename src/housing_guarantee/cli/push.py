"""``push``: plan what is to be changed in the sources, and apply exactly the plan that was saved."""

import json
from pathlib import Path
from typing import Any

import click

from housing_guarantee.campaign import Campaign
from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen
from housing_guarantee.cli.tracked import say
from housing_guarantee.data import read_toml
from housing_guarantee.masking import BLIND, Masking
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equip
from housing_guarantee.render import Renderer
from housing_guarantee.runner import exit_code, run
from housing_guarantee.writeback.apply import Applied, Outcome, apply_plan
from housing_guarantee.writeback.plan import Plan, Row, load_plan, save_plan
from housing_guarantee.writeback.planning import make_plan
from housing_guarantee.writeback.receipt import State

__all__ = ["command"]

_SHOWN = ("conflict", "refused", "unreached")


@click.command("push")
@options.campaign
@click.option("--apply", "applies", is_flag=True, help="执行已保存的计划 · apply the plan that was saved")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="要执行的计划，如撤销计划 · the plan to apply, as an undo plan (default: out/push/plan.json)",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="输出目录 · output folder (default: out/)"
)
@options.area
@options.level
@options.lang
@options.json_
def command(
    campaign_file: Path,
    applies: bool,
    plan_file: Path | None,
    out: Path | None,
    area: str,
    level: str,
    lang: str | None,
    as_json: bool,
) -> int:
    """改回去：先列出并保存计划，不改动任何数据；加 --apply 才执行该计划。

    Plan the corrections of the provincial systems and of workbooks, and save the plan; nothing is changed. With --apply
    exactly the saved plan is applied.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    folder = (out or campaign.folder / "out") / "push"
    if not applies:
        if plan_file:
            raise click.UsageError("--plan: only with --apply · 只与 --apply 一起使用")
        return _plan(campaign, folder, area, language, as_json)
    if area:
        raise click.UsageError("--area: a plan is applied whole · 计划只能整体执行，--area 用于制定计划")
    plan = load_plan(plan_file or folder / "plan.json", campaign)
    with Screen(language) as screen:
        applied = apply_plan(
            plan, campaign, folder, level=level, tick=lambda done, total: screen.step("push", done, total)
        )
    click.echo(_json(_applied_data(plan, applied)) if as_json else "\n".join(_applied_lines(applied, language)))
    for fault in applied.faults:
        click.echo(f"[!] {fault.text(language)}", err=True)
    unfinished = applied.faults or applied.count(State.REFUSED)
    return 3 if unfinished else 4 if applied.count(State.CONFLICT) else 0


def _plan(campaign: Campaign, folder: Path, area: str, language: str, as_json: bool) -> int:
    equipment = equip(campaign.folder / path for path in campaign.rules.plugins)
    with Screen(language) as screen:
        result = run(campaign, equipment=equipment, language=language, area=area, progress=screen)
    path = folder / "plan.json"
    plan = save_plan(make_plan(result), path, campaign)
    if as_json:
        click.echo(_json(_plan_data(plan, result.public)))
    else:
        click.echo(
            "\n".join([*_plan_lines(plan, result.public, language), f"{say(language, '计划在', 'plan:')} {path}"])
        )
    for account in result.survey.accounts:
        if account.problem:
            click.echo(f"[!] {result.public.file(account.problem[language])}", err=True)
    return exit_code(result, "never")


# ------------------------------------------------------------------------------------------------ words


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _words(kind: str, word: str, language: str) -> str:
    known: dict[str, str] = read_toml("push.toml")[kind].get(word, {})
    return known.get(language, word)


def _where(row: Row, show: Masking) -> str:
    """Say whose row it is and where, without anybody's name or number."""
    whose = f"{show.show('household_id', row.household_id)} " if row.household_id else "-"
    parts = [whose, show.show("photo", row.file), f"[{show.show('sheet', row.table)}]" if row.table else ""]
    named = ", ".join(f"{part.column}={show.show(part.field, str(part.value))}" for part in row.key)
    return " ".join(filter(None, (*parts, f"{row.number}:" if row.number else "", named)))


def _plan_lines(plan: Plan, renderer: Renderer, language: str) -> list[str]:
    lines = []
    for row in plan.rows:
        lines.append(_where(row, renderer.masking))
        for change in row.changes:
            old, new = renderer.text(change.field, change.old), renderer.text(change.field, change.new)
            why = f"{change.code} [{change.clause}], {renderer.term(change.right)}"
            lines.append(f"    {renderer.term(change.field)} ({change.column}): {old} → {new}  ← {why}")
    for left in plan.left_out:
        where = f"{left.household_id or '-'}  {renderer.file(left.source)}  {renderer.term(left.field)}"
        lines.append(f"[!] {where}: {_words('reasons', left.reason, language)}")
    changes = sum(len(row.changes) for row in plan.rows)
    words = (
        "计划更正{}行{}处；{}处不能更正。尚未改动任何数据",
        "{} rows, {} values; {} cannot be planned. Nothing changed",
    )
    return [*lines, say(language, *words).format(len(plan.rows), changes, len(plan.left_out))]


def _plan_data(plan: Plan, renderer: Renderer) -> dict[str, Any]:
    show = renderer.masking
    return {
        "digest": plan.digest,
        "rows": [
            {
                **_row_data(row, show),
                "changes": [
                    {
                        "field": change.field,
                        "column": change.column,
                        "old": None if change.old is None else show.show(change.field, str(change.old)),
                        "new": None if change.new is None else show.show(change.field, str(change.new)),
                        "code": change.code,
                        "clause": change.clause,
                        "right": change.right,
                        "finding": change.finding,
                    }
                    for change in row.changes
                ],
            }
            for row in plan.rows
        ],
        "left_out": [
            {
                "household_id": left.household_id,
                "source": renderer.file(left.source),
                "field": left.field,
                "code": left.code,
                "reason": left.reason,
            }
            for left in plan.left_out
        ],
    }


def _row_data(row: Row, show: Masking) -> dict[str, Any]:
    return {
        "household_id": show.show("household_id", row.household_id) if row.household_id else None,
        "source": show.show("photo", row.file),
        "table": row.table and show.show("sheet", row.table),
        "row": row.number,
        "key": {part.column: show.show(part.field, str(part.value)) for part in row.key},
    }


def _applied_lines(applied: Applied, language: str) -> list[str]:
    shown = [outcome for outcome in applied.outcomes if outcome.entry.state in _SHOWN]
    counts = "  ".join(
        f"{_words('states', state.value, language)} {count}" for state in State if (count := applied.count(state))
    )
    return [
        *(_outcome_line(outcome, language) for outcome in shown),
        counts or say(language, "计划中没有要更正的", "the plan has nothing to change"),
        f"{say(language, '回执', 'receipt')}: {applied.receipt}",
        *([f"{say(language, '撤销计划', 'undo plan')}: {applied.undo}"] if applied.undo else []),
        *(
            f"{say(language, '更正文件', 'correction file')}: {BLIND.show('photo', str(path))}"
            for path in applied.files
        ),
    ]


def _outcome_line(outcome: Outcome, language: str) -> str:
    row, entry = outcome.row, outcome.entry
    fields = ", ".join(change.column for change in row.changes)
    reason = f" ({_words('reasons', entry.reason, language)})" if entry.reason else ""
    state = _words("states", entry.state.value, language)
    return f"[!] {_where(row, BLIND)}  {fields}: {state}{reason}"


def _applied_data(plan: Plan, applied: Applied) -> dict[str, Any]:
    return {
        "digest": plan.digest,
        "counts": {state.value: count for state in State if (count := applied.count(state))},
        "rows": [
            {
                **_row_data(outcome.row, BLIND),
                "fields": [change.field for change in outcome.row.changes],
                "state": outcome.entry.state.value,
                "reason": outcome.entry.reason,
            }
            for outcome in applied.outcomes
        ],
        "receipt": str(applied.receipt),
        "undo": applied.undo and str(applied.undo),
        "files": [BLIND.show("photo", str(path)) for path in applied.files],
    }
