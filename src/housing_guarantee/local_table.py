"""One ``[[rules.local]]`` table of the campaign file: a rule by configuration alone, checked before it is asked."""

import re
from string import Formatter
from typing import Any

from housing_guarantee.conditions import ConditionError
from housing_guarantee.definition import Definition
from housing_guarantee.errors import CampaignError
from housing_guarantee.findings import Effect, Severity
from housing_guarantee.local import LocalRule
from housing_guarantee.rule import Fix, Words
from housing_guarantee.toml_table import Table

__all__ = ["BY", "CODE", "KEYS", "local_rule"]

KEYS = (
    *("code", "when", "proof", "requirement", "severity", "verdict", "clause", "guarantee"),
    *("message", "message_en", "fix", "fix_en", "by"),
)
CODE = re.compile(r"local\.[a-z0-9]+(?:-[a-z0-9]+)*")
BY = ("village", "township", "county")
_ALWAYS = ("name", "household_id")  # what every message may name, beside the fields of its conditions


def local_rule(file: str, raw: Any, definition: Definition) -> LocalRule:
    """Read one table.

    :raises CampaignError: a key or value of it is wrong; a condition's fault is told with its column
    """
    table = Table(file, "rules.local", raw, KEYS)
    code = table.take("code", str)
    if not CODE.fullmatch(code):
        problem = f"must be local. and small letters, digits and hyphens, not {code!r}"
        raise table.wrong("code", problem, "应为 local. 加小写字母、数字和连字符")
    when, proof, requirement = (table.maybe(key, str) for key in ("when", "proof", "requirement"))
    if not (when or proof):
        raise table.wrong("when", "is missing: say when a household is at fault", "未填写：请写明何种情况算有问题")
    if proof and not requirement:
        raise table.wrong("requirement", "is missing: say what the proof is of", "未填写：请写明证明的是哪项要求")
    marks = {
        "clause": table.take("clause", str, "local"),
        "severity": Severity(table.one_of("severity", ("error", "warning", "info"), "warning").upper()),
        "effect": _maybe_one_of(table, raw, "verdict", tuple(effect.value for effect in Effect)),
        "guarantee": _maybe_one_of(table, raw, "guarantee", tuple(one.name for one in definition.types)),
        "requirement": _maybe_one_of(table, raw, "requirement", tuple(one.name for one in definition.requirements)),
        "message": _message(table, when or proof),
        "fix": _fix(table),
    }
    try:
        rule = LocalRule(code.removeprefix("local."), when, proof, **marks)
    except ConditionError as error:
        fault = f"{file}: [[rules.local]] {code!r}: {error}"
        raise CampaignError(
            fault, zh=f"{file}：[[rules.local]] “{code}”的条件第 {error.column} 列有误（{error}）"
        ) from error
    _check_names(table, rule, marks["message"])
    return rule


def _maybe_one_of(table: Table, raw: Any, key: str, known: tuple[str, ...]) -> Any:
    found = table.one_of(key, known) if key in raw else None
    return Effect(found) if key == "verdict" and found else found


def _message(table: Table, condition: str) -> Words:
    """Take the words of a finding; without any, the condition itself is shown."""
    shown = condition.replace("{", "{{").replace("}", "}}")
    zh = table.maybe("message", str)
    en = table.maybe("message_en", str) or zh or f"the county's own condition holds: {shown}"
    return Words(zh or f"符合本县设定的条件：{shown}", en)


def _fix(table: Table) -> Fix:
    zh = table.maybe("fix", str)
    en = table.maybe("fix_en", str) or zh or "Check this with the household, and correct what is wrong."
    by = table.one_of("by", BY, "village")
    return Fix(zh or "向农户核实，更正有误的内容。", en, by)


def _check_names(table: Table, rule: LocalRule, words: Words) -> None:
    """Refuse a message that names what its conditions do not read: it would be shown blank."""
    for key, text in (("message", words.zh), ("message_en", words.en)):
        try:
            named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
        except ValueError as error:
            raise table.wrong(key, f"has a brace that is not closed: {error}", "中的花括号不成对") from error
        for name in named:
            if name not in (*_ALWAYS, *rule.values):
                known = ", ".join(f"{{{one}}}" for one in (*_ALWAYS, *rule.values))
                raise table.wrong(
                    key, f"names {{{name}}}; its conditions give {known}", f"中的“{{{name}}}”不可用，可用 {known}"
                )
