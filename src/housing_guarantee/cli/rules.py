"""``rules``: the catalogue as it is loaded, or one rule in full."""

import json
from pathlib import Path
from typing import Any

import click

from housing_guarantee.cli import options
from housing_guarantee.data import read_toml
from housing_guarantee.errors import CampaignError
from housing_guarantee.fields import CaseField, case_fields
from housing_guarantee.opening import load_campaign
from housing_guarantee.plugins import equip, equipped
from housing_guarantee.records import header_of
from housing_guarantee.rule import Rule
from housing_guarantee.toml_table import nearest, nearest_zh

__all__ = ["command", "field_data", "rule_data"]

_ROLE_OF = {"verification": "verifications", "roster": "roster", "appraisal": "appraisals", "ledger": "ledger"}


@click.command("rules")
@click.argument("code", required=False)
@click.option(
    "--plugin", "local", multiple=True, type=click.Path(path_type=Path), help="本地规则文件 · a one-file local rule"
)
@click.option(
    "--campaign", "campaign_file", type=click.Path(path_type=Path), help="任务文件及其本地规则 · a campaign's rules too"
)
@click.option("--fields", is_flag=True, help="列出本地条件可用的字段 · list the fields that local conditions may read")
@options.lang
@options.json_
def command(
    code: str | None,
    local: tuple[Path, ...],
    campaign_file: Path | None,
    fields: bool,
    lang: str | None,
    as_json: bool,
) -> int:
    """列出规则；给出代码时说明该条规则。

    List the rules, or explain one.
    """
    language = lang or "zh"
    if fields:
        click.echo(json.dumps(field_data(), ensure_ascii=False, indent=2) if as_json else "\n".join(_fields(language)))
        return 0
    rules = (equipped(load_campaign(campaign_file)) if campaign_file else equip(local)).by_code
    if code is not None and code not in rules:
        raise CampaignError(
            f"no rule is called {code!r}{nearest(code, rules)}", zh=f"没有编码为“{code}”的规则{nearest_zh(code, rules)}"
        )
    chosen = [rules[code]] if code else list(rules.values())
    if as_json:
        click.echo(json.dumps([rule_data(rule) for rule in chosen], ensure_ascii=False, indent=2))
    elif code:
        click.echo("\n".join(_in_full(chosen[0], language)))
    else:
        for rule in chosen:
            click.echo(f"{rule.code:<36} {rule.severity:<8} {rule.clause:<4} {_first(rule, language)}")
    return 0


def field_data() -> list[dict[str, Any]]:
    """Give every field that a condition may read: its name, its kind, and where it is looked for, in that order."""
    return [
        {"name": name, "kind": one.kind.value, "read_from": list(one.records), "header": _header(one)}
        for name, one in case_fields().items()
    ]


def _header(one: CaseField) -> str:
    """Give the commonest header of a field, by which a clerk knows it."""
    return next(filter(None, (header_of(_ROLE_OF[record], one.attribute) for record in one.records)), "")


def _fields(language: str) -> list[str]:
    kinds = read_toml("terms.toml")
    return [
        f"{one['name']:<32} {kinds['kind_' + one['kind']][language]:<10} {one['header']}".rstrip()
        for one in field_data()
    ]


def rule_data(rule: Rule) -> dict[str, Any]:
    """Give a rule as data."""
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "verdict": rule.effect.value if rule.effect else None,
        "clause": rule.clause,
        "scope": rule.scope.value,
        "guarantee": rule.guarantee,
        "requirement": rule.requirement,
        "needs": list(rule.needs),
        "sees": list(rule.sees),
        "owner": rule.owner,
        "question": rule.question,
        "message": {"zh": rule.message.zh, "en": rule.message.en},
        "fix": {"zh": rule.fix.zh, "en": rule.fix.en, "by": rule.fix.by},
    }


def _first(rule: Rule, language: str) -> str:
    return rule.message.zh if language == "zh" else rule.question


def _in_full(rule: Rule, language: str) -> list[str]:
    return [
        f"{rule.code}  {rule.severity}  {rule.effect or '-'}  [{rule.clause}]",
        rule.question,
        "",
        rule.message.of(language),
        f"→ {rule.fix.of(language)} ({rule.fix.by})",
        *_shown(rule, language),
    ]


def _shown(rule: Rule, language: str) -> list[str]:
    """Say what of persons a rule that is not built in is shown."""
    if not rule.owner:
        return []
    fields = ", ".join(rule.sees)
    if language == "zh":
        return [f"可见的个人信息字段：{fields}" if fields else "看不到姓名和证件号码"]
    return [f"sees of persons: {fields}" if fields else "sees no names and no numbers of persons"]
