"""Write the pages that say what the program itself knows: the rules, the commands, the hooks, the library.

``python docs/build.py`` writes them; ``python docs/build.py --check`` exits 1 when one of them differs from what would
be written. Tables within other pages are kept the same way, between two marks (`reference_tables.py`).
"""

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import fields
from reference_tables import cell, cli_page, hooks_page, library_page, with_tables
from threats_page import threats_page

from housing_guarantee.data import read_toml
from housing_guarantee.definition import Requirement, load_definition
from housing_guarantee.documented import documented
from housing_guarantee.plugins import equip
from housing_guarantee.rule import Rule, Scope, Topic

DOCS = Path(__file__).parent
RULES, REFERENCE = DOCS / "rules", DOCS / "reference"
WITH_TABLES = ("architecture.md", "local-rules.md", "reference/campaign.md", "reference/outputs.md")

NOTE = "<!-- Written by docs/build.py from the rules themselves; do not edit. -->"
SCOPES = {
    Scope.CASEFILE: "one household, its case file",
    Scope.GROUP: "the case files that share a key, across the whole data set",
    Scope.SURVEY: "the whole data set",
}
EFFECTS = {
    "contradicted": "contradicted: the evidence says otherwise",
    "unproven": "unproven: the evidence is not there",
    None: "none: advice only",
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` name those that differ."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python docs/build.py [--check]", file=sys.stderr)
        return 2
    wanted = pages()
    different = out_of_date(wanted)
    if arguments:
        for path in different:
            print(f"{path.relative_to(DOCS.parent)}: differs from what docs/build.py writes", file=sys.stderr)
        return 1 if different else 0
    for path in different:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 0


def out_of_date(wanted: Mapping[Path, str]) -> list[Path]:
    """List pages that are missing or differ, and pages of topics that are no more."""
    differing = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    return differing + sorted(set(RULES.glob("*.md")) - set(wanted))


def pages() -> dict[Path, str]:
    """Give every generated page with its text."""
    topics = [topic for topic in equip().topics.values() if is_builtin(topic)]
    return {
        RULES / "index.md": index_page(topics),
        **{RULES / f"{topic.name}.md": topic_page(topic) for topic in topics},
        REFERENCE / "cli.md": cli_page(),
        REFERENCE / "hooks.md": hooks_page(),
        REFERENCE / "library.md": library_page(),
        DOCS / "threats.md": threats_page(),
        **{DOCS / name: with_tables(DOCS / name, {"requirements": requirements_table()}) for name in WITH_TABLES},
    }


def is_builtin(topic: Topic) -> bool:
    """Say whether a topic is the package's own: the pages must not depend on what else is installed."""
    return all(function.__module__.startswith("housing_guarantee.rules.") for function in topic.rules)


# ------------------------------------------------------------------------------------------------ pages


def index_page(topics: Sequence[Topic]) -> str:
    """Write the table of all rules, and the table of all clauses with the rules that ask for them."""
    rules = [rule for topic in topics for rule in topic.build()]
    lines = [
        NOTE,
        "# The rules",
        "",
        f"{len(rules)} rules in {len(topics)} topics. One rule asks one question and has one code, which never",
        "changes. The severity follows the verb of the plan: 必须 and 要 make an ERROR, 原则上 and our own suspicion",
        "a WARNING, a mere notice an INFO. The verdict is what an open breach does to that of its household.",
        "",
        "| code | severity | verdict | clause | what is found |",
        "|---|---|---|---|---|",
        *(
            f"| {link(rule)} | {rule.severity} | {rule.effect or '–'} | [{rule.clause}](#{anchor(rule.clause)}) "
            f"| {cell(rule.question)} |"
            for rule in rules
        ),
        "",
        "## The clauses",
        "",
        "What the plan (南政办〔2020〕51号) asks, in the order of its paragraphs, and the rules that ask it.",
    ]
    for clause in clauses().values():
        asking = [link(rule) for rule in rules if clause["id"] in (rule.clause, rule.also_clause)]
        asked = ", ".join(asking) or "no rule of this version"
        lines += ["", f"### {clause['id']}", "", quotation(clause), "", f"Asked by: {asked}."]
    names = [topic.name for topic in topics]
    lines += ["", "```{toctree}", ":hidden:", "", *names, "```"]
    return "\n".join(lines) + "\n"


def topic_page(topic: Topic) -> str:
    """Write one topic: what its clause asks, its rules, its settings."""
    rules = topic.build()
    module = inspect.getmodule(rules[0].function)
    lines = [NOTE, f"# {topic.name}", "", inspect.getdoc(module) or ""]
    for rule in rules:
        lines += ["", *rule_section(rule)]
    lines += ["", "## Settings", ""]
    if topic.settings is None:
        lines.append("The topic has none.")
    else:
        lines += [
            f"Under `[rules.{topic.name}]` in the campaign file.",
            "",
            "| setting | default | what it is |",
            "|---|---|---|",
            *(f"| `{name}` | {value} | {cell(text)} |" for name, value, text in settings_of(topic)),
        ]
    return "\n".join(lines) + "\n"


def rule_section(rule: Rule) -> list[str]:
    """Write one rule."""
    clause = clauses()[rule.clause]
    facts = [("severity", str(rule.severity)), ("verdict", EFFECTS[rule.effect]), ("asked of", asked_of(rule))]
    if rule.requirement:
        facts.append(("stands for the requirement", f"`{rule.requirement}`: {requirements()[rule.requirement].en}"))
    if rule.also_clause:
        facts.append(("also under the clause", f"[{rule.also_clause}](index.md#{anchor(rule.also_clause)})"))
    if rule.needs:
        facts.append(("needs a source of role", ", ".join(f"`{role}`" for role in rule.needs)))
    if rule.absence_of:
        roles = ", ".join(f"`{role}`" for role in rule.absence_of)
        facts.append(("cannot check while unread", f"{roles}: what could not be read in full cannot be missing"))
    return [
        f"## {rule.code}",
        "",
        inspect.getdoc(rule.function) or "",
        "",
        quotation(clause),
        "",
        "| | |",
        "|---|---|",
        *(f"| {name} | {cell(text)} |" for name, text in facts),
        f"| message | {cell(rule.message.zh)}<br>{cell(rule.message.en)} |",
        f"| what to do | {cell(rule.fix.zh)}<br>{cell(rule.fix.en)} |",
        f"| who does it | {words(rule.fix.by)} |",
    ]


def quotation(clause: Mapping[str, str]) -> str:
    """Quote a clause, with what it says."""
    english = clause["en"]
    return f"> **{clause['id']}** {clause['where']}：{clause['zh']}\n>\n> {english[0].upper()}{english[1:]}."


def asked_of(rule: Rule) -> str:
    """Say whom the question is put to."""
    text = "the case files that it puts together, across the whole data set" if rule.groups else SCOPES[rule.scope]
    if rule.guarantee:
        claimed = load_definition().type_of(rule.guarantee)
        return f"{text}, where it is recorded as {claimed.name if claimed else rule.guarantee}"
    if rule.scope is Scope.CASEFILE:
        return f"{text}, {'where it has a verification record' if rule.recorded else 'with or without a record'}"
    return text


def requirements_table() -> list[str]:
    """Write the table of what a verdict must rest on."""
    return [
        "| requirement | clause | asked of | where its source was not given |",
        "|---|---|---|---|",
        *(
            f"| `{one.name}`: {one.zh} ({one.en}) | {one.clause} | {'、'.join(one.types) or 'every type'} "
            f"| {if_not_given(one)} |"
            for one in requirements().values()
        ),
    ]


def if_not_given(requirement: Requirement) -> str:
    """Say what the lack of a source means for a requirement."""
    if requirement.needs:
        advice = "; otherwise advice, which never blocks" if requirement.advice else ""
        return f"not applicable without `{requirement.needs}`{advice}"
    if requirement.indispensable:
        return "indispensable"
    if requirement.excused_by:
        return f"unproven, unless {', '.join(f'`{code}`' for code in requirement.excused_by)}"
    return "on the record itself"


# ------------------------------------------------------------------------------------------------ facts


def clauses() -> dict[str, Mapping[str, str]]:
    """Give the clauses of the plan by id."""
    return {clause["id"]: clause for clause in read_toml("clauses.toml")["clauses"]}


def requirements() -> dict[str, Requirement]:
    """Give the requirements of the built-in campaign by name, in their order."""
    return {requirement.name: requirement for requirement in load_definition().requirements}


def settings_of(topic: Topic) -> Iterable[tuple[str, str, str]]:
    """Give each setting's name, default and the docstring under its field."""
    texts = documented(topic)
    for attribute in fields(topic.settings) if topic.settings else ():
        default = "as the definition has it" if attribute.default is None else f"{attribute.default}"
        yield attribute.name, default, texts[attribute.name]


def words(level: str) -> str:
    """Say a level in both languages."""
    term = read_toml("terms.toml")[level]
    return f"{term['zh']} ({term['en']})"


def link(rule: Rule) -> str:
    """Link to a rule's section, from another page of the rules."""
    return f"[{rule.code}]({rule.topic}.md#{anchor(rule.code)})"


def anchor(heading: str) -> str:
    """Give the anchor under which a heading is found."""
    return "".join(sign for sign in heading.lower() if sign.isalnum() or sign in "-_ ").replace(" ", "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
