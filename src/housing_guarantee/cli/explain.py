"""``explain``: what a household's verdict rests on, clause by clause, down to the cell and the photo."""

import json
from pathlib import Path
from typing import Any

import click

from housing_guarantee.cli import options
from housing_guarantee.cli.matches import match_data, match_lines
from housing_guarantee.errors import CampaignError
from housing_guarantee.findings import Finding, HouseholdResult, RequirementResult, State, Status
from housing_guarantee.opening import load_campaign
from housing_guarantee.render import MARKS, Renderer
from housing_guarantee.report import Result
from housing_guarantee.reports.jsonl import finding_data, household_data
from housing_guarantee.runner import run

__all__ = ["chain", "command"]


@click.command("explain")
@options.campaign
@click.argument("household_id")
@click.option("--unmask", is_flag=True, help="不遮蔽姓名和证件号码 · show names and numbers")
@options.lang
@options.json_
def command(campaign_file: Path, household_id: str, unmask: bool, lang: str | None, as_json: bool) -> int:
    """说明：一户的结论凭什么，逐条列出已具备的和缺的。

    Show what a household's verdict rests on: which cell or photo meets each clause, and what is missing.
    """
    result = run(load_campaign(campaign_file), language=lang, unmask=unmask)
    household = next((h for h in result.outcome.households if h.household_id == household_id), None)
    if household is None:
        raise CampaignError(
            f"there is no household {household_id!r} on the roster", zh=f"名册中没有户编号为“{household_id}”的户"
        )
    findings = [f for f in result.outcome.findings if f.household_id == household_id]
    renderer = result.public
    if as_json:
        data: dict[str, Any] = {**household_data(household, renderer)}
        data["matches"] = match_data(result.survey.by_id[household_id], renderer)
        data["findings"] = [finding_data(finding, renderer) for finding in findings]
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(chain(household, findings, renderer, result)))
    return 0


def chain(household: HouseholdResult, findings: list[Finding], renderer: Renderer, result: Result) -> list[str]:
    """Give the lines that tell a household's verdict and what it rests on."""
    zh = renderer.language == "zh"
    place = f"{household.place.township} {household.place.village}".strip()
    kind = renderer.domain(household.guarantee_type) if household.guarantee_type else "-"
    lines = [
        f"{household.household_id}  {renderer.text('name', household.name)}  {place}  {kind}",
        f"{'结论' if zh else 'verdict'}: {renderer.term(household.verdict.value)}"
        + (("（含豁免）" if zh else ", with waiver") if household.waived else ""),
        "",
    ]
    for link in household.requirements:
        lines += _requirement(link, renderer, result)
    matched = match_lines(result.survey.by_id[household.household_id], renderer)
    if matched:
        lines += ["", "各来源记录的匹配：" if zh else "rows matched:", *matched]
    if findings:
        lines += ["", "问题：" if zh else "findings:"]
    for finding in findings:
        lines += _finding(finding, renderer)
    for code, why in sorted(household.unjudged.items()):
        lines.append(f"  ? {code}: {why}")
    return lines


def _requirement(link: RequirementResult, renderer: Renderer, result: Result) -> list[str]:
    requirement = link.requirement
    lines = [f"{MARKS[link.state]} {requirement.clause:<4} {renderer.requirement(link)}"]
    if link.state is State.NOT_APPLICABLE:
        lines[0] += _why(requirement, renderer, result)
    lines += [f"       {renderer.cell(cell)}" for cell in link.evidence]
    return lines + [f"       ← {code}" for code in link.codes]


def _why(requirement: Any, renderer: Renderer, result: Result) -> str:
    zh = renderer.language == "zh"
    if requirement.needs and not result.survey.given.has(requirement.needs):
        role = renderer.term(requirement.needs)
        return f"（未提供{role}）" if zh else f" (no {role} was given)"
    return f"（{'、'.join(requirement.excused_by)}）" if zh else f" ({', '.join(requirement.excused_by)})"


def _finding(finding: Finding, renderer: Renderer) -> list[str]:
    head = f"  {renderer.term(finding.severity.value)} {finding.code} [{finding.clause}] {renderer.message(finding)}"
    told = finding.status not in (Status.NEW, Status.OPEN)
    status = f"  ({renderer.term(finding.status.value)})" if told else ""
    places = [f"       {renderer.cell(cell)}" for cell in finding.cells]
    return [head + status, *places, f"       → {renderer.by(finding)}: {renderer.fix(finding)}"]
