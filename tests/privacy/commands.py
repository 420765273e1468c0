"""Every command as an operator gives it over one county, in an order in which each has something to say."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from .county import ADDRESS, BROKEN, LEDGER, OTHER, VARIABLE

RETURNED = f"{OTHER}交回.xlsx"
LOCAL = "本地规则.py"
_RULE = '''
"""A rule that fails, and says whose fault it is."""
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import ERROR, Fix, Topic, Words, rule

@rule(clause="W1", severity=ERROR, message=Words("甲", "a"), fix=Fix("乙", "b"))
def explodes(casefile):
    """It always raises."""
    raise ValueError(f"{casefile.household.head.name} {casefile.household.head.id_number.text}")

@hookimpl
def register_rules():
    return [Topic("local-test", (explodes,))]
'''

COMMANDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "check": (
        ("check", "{campaign}", "--profile-rules"),
        ("check", "{campaign}", "--json", "--lang", "en", "--level", "village", "--out", "{folder}/out/village"),
    ),
    "explain": (
        ("explain", "{campaign}", "{household}"),
        ("explain", "{campaign}", "{household}", "--json"),
        ("explain", "{campaign}", "{nobody}"),
    ),
    "status": (("status", "{campaign}", "--villages"), ("status", "{campaign}", "--json")),
    "review": (("review", "{campaign}"),),
    "card": (("card", "{campaign}", "{household}"), ("card", "{campaign}", "--out", "{folder}/out/all-cards")),
    "photos": (("photos", "{campaign}"), ("photos", "{campaign}", "--json"), ("photos", "{campaign}", "--csv")),
    "inspect": (
        ("inspect", "{folder}/" + LEDGER, "{folder}/名册", "{folder}/app", "{folder}/台账", "{folder}/省系统"),
        (
            "inspect",
            "--json",
            "{folder}/名册",
            "{folder}/" + BROKEN,
            "{folder}/" + LEDGER,
            "{folder}/一户一档",
            "{folder}/鉴定",
        ),
    ),
    "feedback": (
        ("feedback", "{campaign}", "{folder}/" + RETURNED),
        ("feedback", "{campaign}", "{folder}/" + RETURNED, "{folder}/" + BROKEN, "--json"),
    ),
    "push": (
        ("push", "{campaign}"),
        ("push", "{campaign}", "--json"),
        ("push", "{campaign}", "--apply"),
        ("push", "{campaign}", "--apply", "--json"),
    ),
    "diff": (("diff", "{campaign}", "--since", "0"), ("diff", "{campaign}", "--json")),
    "audit": (("audit", "verify", "{campaign}", "--entries"), ("audit", "verify", "{campaign}", "--json")),
    "rules": (("rules", "--campaign", "{campaign}"), ("rules", "--fields")),
    "plugins": (("plugins", "{campaign}"), ("plugins", "--json")),
    "schema": (("schema", "--campaign", "{campaign}"),),
    "completion": (("completion", "bash"),),
    "init": (("init", "{folder}/init"),),
    "new-plugin": (("new-plugin", "guinan-local", "--out", "{folder}/plugin"),),
    "demo": (("demo", "{folder}/demo", "--households", "320"),),
    "purge": (("purge", "{campaign}", "--household", "{household}", "--yes"),),
}
"""Command → how it is called. What a new one prints is looked through as well: without a line here the test fails."""


@frozen
class Said:
    """What a command left on its two streams."""

    arguments: tuple[str, ...]
    code: int
    data: bytes


def run_all(folder: Path, household: str) -> Iterator[Said]:
    """Run every command over a county."""
    places = {
        "folder": str(folder),
        "campaign": str(folder / "campaign.toml"),
        "household": household,
        "nobody": "99999999999",
    }
    for calls in COMMANDS.values():
        for call in calls:
            yield run(*(part.format_map(places) for part in call))


def run(*arguments: str, **environment: str) -> Said:
    """Run the program as a person does."""
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own program
        [sys.executable, "-X", "dev", "-X", "faulthandler", "-m", "housing_guarantee", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, VARIABLE: ADDRESS, "PYTHONUTF8": "1", **environment},
    )
    return Said(arguments, done.returncode, done.stdout + b"\n" + done.stderr)


def add_failing_rule(folder: Path) -> None:
    """Give the campaign a rule whose error holds a person."""
    (folder / LOCAL).write_text(_RULE, encoding="utf-8")
    path = folder / "campaign.toml"
    path.write_text(path.read_text(encoding="utf-8") + f'\n[rules]\nplugins = ["{LOCAL}"]\n', encoding="utf-8")
