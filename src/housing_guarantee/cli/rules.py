"""``rules``: the catalogue as it is loaded, or one rule in full."""

import json
from pathlib import Path
from typing import Any

import click

from housing_guarantee.cli import options
from housing_guarantee.errors import CampaignError
from housing_guarantee.plugins import equip
from housing_guarantee.rule import Rule
from housing_guarantee.toml_table import nearest

__all__ = ["command", "rule_data"]


@click.command("rules")
@click.argument("code", required=False)
@click.option(
    "--plugin", "local", multiple=True, type=click.Path(path_type=Path), help="本地规则文件 · a one-file local rule"
)
@options.lang
@options.json_
def command(code: str | None, local: tuple[Path, ...], lang: str | None, as_json: bool) -> int:
    """列出规则；给出代码时说明该条规则。

    List the rules, or explain one.
    """
    language = lang or "zh"
    rules = equip(local).by_code
    if code is not None and code not in rules:
        raise CampaignError(f"no rule is called {code!r}{nearest(code, rules)}")
    chosen = [rules[code]] if code else list(rules.values())
    if as_json:
        click.echo(json.dumps([rule_data(rule) for rule in chosen], ensure_ascii=False, indent=2))
    elif code:
        click.echo("\n".join(_in_full(chosen[0], language)))
    else:
        for rule in chosen:
            click.echo(f"{rule.code:<36} {rule.severity:<8} {rule.clause:<4} {_first(rule, language)}")
    return 0


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
    ]
