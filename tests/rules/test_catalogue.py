"""All rules at once: each says what it must, stands where it should, and is what the catalogue says it is."""

import ast
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from housing_guarantee import rules as rules_package
from housing_guarantee.data import read_toml
from housing_guarantee.definition import load_definition
from housing_guarantee.findings import Effect, Severity
from housing_guarantee.plugins import BUILTINS, equip
from housing_guarantee.rule import Rule
from housing_guarantee.testing.claims import RULE_CLAIMS, named_values, undocumented_settings

CATALOGUE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text(encoding="utf-8"))
FREE_TEXT = {
    "archive_photo",
    "archive_value",
    "document",
    "other_value",
    "photo",
    "problem",
    "provincial_value",
    "typed",
}
"""Values of messages that hold what somebody typed, and are masked as free text."""
PLAIN_BUT_UNLISTED = {"per_hour"}
"""Values of messages that the kinds of fields do not name and that can hold nothing personal."""

MODULES = [
    importlib.import_module(f"{rules_package.__name__}.{found.name}")
    for found in pkgutil.iter_modules(rules_package.__path__)
]
RULES = [rule for rule in equip().rules if rule.function.__module__.startswith(rules_package.__name__)]
DEFINITION = load_definition()

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])


def marked(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Give the functions of a module that are marked as rules."""
    return {name: thing for name, thing in vars(module).items() if hasattr(thing, "__rule__")}


# ------------------------------------------------------------------------------------------------ the catalogue


def test_every_code_is_in_the_catalogue() -> None:
    """No rule is missing, and none is unknown."""
    assert {rule.code for rule in RULES} == set(CATALOGUE)


@every_rule
def test_a_rule_is_as_grave_as_the_catalogue_says(rule: Rule) -> None:
    """Severity, effect and clause are those that waivers and reports rest on."""
    entry = CATALOGUE[rule.code]

    assert (rule.severity, rule.effect) == (entry["severity"], entry.get("effect"))
    assert (rule.clause, rule.also_clause) == (entry["clause"], entry.get("also_clause"))


@every_module
def test_a_breach_departs_from_its_rule_only_as_the_catalogue_says(module: ModuleType) -> None:
    """Whatever severity and effect a rule's body names is the one that its entry allows."""
    topic = module.__name__.rpartition(".")[2].replace("_", "-")
    expected = {
        code.partition(".")[2].replace("-", "_"): [(entry["also"]["severity"], entry["also"].get("effect"))]
        for code, entry in CATALOGUE.items()
        if code.startswith(f"{topic}.") and "also" in entry
    }
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]

    assert {f.name: found for f in functions if (found := _departures(f))} == expected


def _departures(function: ast.FunctionDef) -> list[tuple[str, str | None]]:
    """List severity and effect of every call in a function's body that names a severity."""
    calls = [node for part in function.body for node in ast.walk(part) if isinstance(node, ast.Call)]
    named = [{keyword.arg: keyword.value for keyword in call.keywords} for call in calls]
    return [(_name(call["severity"]) or "", _name(call["effect"])) for call in named if "severity" in call]


def _name(node: ast.expr) -> str | None:
    """Give the value that a word of the rules' vocabulary stands for."""
    words = {**{severity.name: severity.value for severity in Severity}, **{e.name: e.value for e in Effect}}
    return words[node.id] if isinstance(node, ast.Name) else None


def test_the_catalogue_holds_only_what_there_can_be() -> None:
    """Each entry has a severity, perhaps an effect, and a clause, perhaps two; for photos, the systems judged."""
    allowed = {"severity", "effect", "clause", "also_clause", "also"}
    clauses = {clause["id"] for clause in read_toml("clauses.toml")["clauses"]}

    wrong = [
        code
        for code, entry in CATALOGUE.items()
        if not {"severity", "clause"} <= set(entry) - {"systems"} <= allowed
        or ("systems" in entry) is not code.startswith("photo-")
        or not set(entry.get("systems", ())) <= {"app", "provincial"}
        or entry["severity"] not in set(Severity)
        or entry.get("effect") not in {None, *Effect}
        or not {entry["clause"], entry.get("also_clause", entry["clause"])} <= clauses
    ]

    assert wrong == []


# ------------------------------------------------------------------------------------------------ where a rule stands


@every_module
def test_every_marked_function_is_listed(module: ModuleType) -> None:
    """A rule that is marked and not listed would never be asked."""
    (topic,) = module.register_rules()

    assert sorted(function.__name__ for function in topic.rules) == sorted(marked(module))
    assert topic.name == module.__name__.rpartition(".")[2].replace("_", "-")


def test_every_rule_file_is_a_built_in() -> None:
    """A file of rules that nobody registers would never be asked."""
    assert {name for name in BUILTINS if name.startswith("rules.")} == {
        module.__name__.removeprefix("housing_guarantee.") for module in MODULES
    }


@every_module
def test_a_rule_file_says_what_its_clause_asks(module: ModuleType) -> None:
    """The docstring's first line says the topic, in the plan's term; more sentences follow."""
    first, blank, *rest = (inspect.getdoc(module) or "").split("\n")

    assert re.search(r"[一-鿿]", first)
    assert (blank, bool(rest)) == ("", True)


# ------------------------------------------------------------------------------------------------ what a rule says


@pytest.mark.parametrize("claim", RULE_CLAIMS.values(), ids=RULE_CLAIMS)
def test_a_rule_says_what_every_plugin_must(claim: Callable[[Rule], Iterable[str]]) -> None:
    """The built-ins are held to what the conformance suite asks of strangers."""
    assert [problem for rule in RULES for problem in claim(rule)] == []


def test_every_setting_is_explained() -> None:
    """Its unit and its source stand under it."""
    topics = [topic for module in MODULES for topic in module.register_rules()]
    assert [problem for topic in topics for problem in undocumented_settings(topic)] == []


@every_rule
def test_named_values_are_of_a_known_kind(rule: Rule) -> None:
    """What a message names has a kind, so that masking knows whether it may hold a person's data."""
    kinds = {name for names in read_toml("kinds.toml").values() for name in names}

    assert named_values(rule) <= kinds | FREE_TEXT | PLAIN_BUT_UNLISTED


def test_the_allowed_values_are_in_use() -> None:
    """An exception that no rule needs is no exception."""
    used = {name for rule in RULES for name in named_values(rule)}

    assert (FREE_TEXT | PLAIN_BUT_UNLISTED) - used == set()


# ------------------------------------------------------------------------------------------------ what a rule names


@every_rule
def test_a_rule_names_what_there_is(rule: Rule) -> None:
    """Clause, type, requirement and roles are words of the plan, the campaign's definition and the campaign file."""
    roles = {"roster", "verifications", "ledger", "appraisals", "archive", "photos", "provincial"}

    clauses = {clause["id"] for clause in read_toml("clauses.toml")["clauses"]}
    assert {rule.clause, rule.also_clause or rule.clause} <= clauses
    assert rule.guarantee in {None, *(term.kind for term in DEFINITION.types)}
    assert rule.requirement in {None, *(requirement.name for requirement in DEFINITION.requirements)}
    assert {*rule.needs, *rule.absence_of} <= roles


def test_requirements_name_what_there_is() -> None:
    """Each rests on a clause, and is excused only by rules that are there."""
    clauses = {clause["id"] for clause in read_toml("clauses.toml")["clauses"]}
    codes = {rule.code for rule in RULES}

    assert [r.name for r in DEFINITION.requirements if r.clause not in clauses] == []
    assert [r.name for r in DEFINITION.requirements if not set(r.excused_by) <= codes] == []


def test_every_clause_is_quoted_and_explained() -> None:
    """Each has its place in the plan, the plan's own words, and ours; no id stands twice."""
    clauses = read_toml("clauses.toml")["clauses"]

    assert [c["id"] for c in clauses if set(c) != {"id", "where", "zh", "en"} or not all(c.values())] == []
    assert len({clause["id"] for clause in clauses}) == len(clauses)
