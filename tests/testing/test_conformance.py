"""The conformance suite passes a plugin that is well made, and names what is wrong with any other."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from housing_guarantee.errors import PluginError
from housing_guarantee.testing import Conformance, casefile

GOOD = '''
from attrs import frozen
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import WARNING, Breach, Fix, Topic, Words, rule


@frozen
class Settings:
    """From when on a household is large."""

    persons: int = 6
    """Persons; our own."""


@rule(
    clause="S1",
    severity=WARNING,
    message=Words("本户有{size}口人", "a household of {size}"),
    fix=Fix("复核住房面积", "measure the dwelling", "village"),
)
def large(casefile, settings):
    """A household has more than six persons."""
    size = casefile.record.household_size or 0
    return Breach(casefile.record.at("household_size"), {"size": size}) if size > settings.persons else None


@hookimpl
def register_rules():
    return [Topic("own", (large,), Settings)]
'''
FOUND = '    return Breach(casefile.record.at("household_size"), {"size": size}) if size > settings.persons else None\n'
SAYS, EXPLAINED = "every_rule_says_what_it_must", "every_setting_is_explained"
FINDS, ANSWERS, STRANGE = "every_rule_finds_its_example", "every_rule_only_answers", "no_case_file_is_too_strange"
Suite = Callable[..., Conformance]


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """Give the suite of a one-file rule of which some words were changed."""

    def make(changes: Mapping[str, str] | None = None, **attributes: object) -> Conformance:
        text = GOOD
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "own.py"
        path.write_text(text, encoding="utf-8")
        examples = {"own.large": casefile({"household_size": 7})}
        made: Conformance = type(
            "Own", (Conformance,), {"plugin": path, "examples": examples, "strange": 20, **attributes}
        )()
        return made

    return make


def every_test(suite: Conformance) -> list[str]:
    """List the tests of a suite."""
    return [name for name in dir(suite) if name.startswith("test_")]


def failing(suite: Conformance, *asked: str) -> dict[str, str]:
    """Run these tests of a suite, by default every one, and give what is said by those that fail."""
    said = {}
    for name in [f"test_{name}" for name in asked] or every_test(suite):
        try:
            getattr(suite, name)()
        except AssertionError as error:
            said[name.removeprefix("test_")] = str(error)
    return said


def test_a_plugin_that_is_well_made_passes(suite: Suite) -> None:
    """Every test of the suite, and there are some."""
    made = suite()
    assert failing(made) == {}
    assert len(every_test(made)) == 8


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"本户有{size}口人"', '"{size} persons"', "own.large: the message has no words in Chinese"),
        ('"a household of {size}"', '"本户{size}"', "own.large: the message has no words in English"),
        ('"measure the dwelling"', '"measure it "', "own.large: the fix begins or ends with a blank"),
        ('"a household of {size}"', '"a large household"', "own.large: only one language of the message names size"),
        ('"S1"', '""', "own.large: it names no clause"),
        ('"village"', '"mayor"', "its fix is done by 'mayor', which is none of village, township, county"),
        ("A household has more than six persons.", "large", "does not begin with one sentence"),
        ("def large", "def l_RGE", "own.l-RGE: a code is lower-case words with hyphens"),
    ],
)
def test_what_a_rule_fails_to_say_is_named(suite: Suite, old: str, new: str, words: str) -> None:
    """Each in one line, with the code."""
    changes = {old: new} | ({"(large,)": "(l_RGE,)"} if "l_RGE" in new else {})
    assert words in failing(suite(changes), SAYS)[SAYS]


def test_a_setting_without_a_text_is_named(suite: Suite) -> None:
    """Nobody would know its unit."""
    said = failing(suite({'    """Persons; our own."""\n': ""}), EXPLAINED)[EXPLAINED]
    assert said == "own: the setting persons has no docstring under it"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("    size += int(casefile.household.rows[0].relation or 0)\n", "it raised ValueError in large:"),
        ("    while size > 6: pass\n", "own.large: it raised Overdue"),
        ('    open("/etc/hostname").close()\n', "a rule does more than answer: opens /etc/hostname"),
        ('    open("/tmp/own-rule.txt", "w").close()\n', "a rule does more than answer: opens /tmp/own-rule.txt"),
        ("    import socket; socket.socket().close()\n", "a rule does more than answer: socket.__new__"),
        ('    import subprocess; subprocess.run(["true"])\n', "a rule does more than answer: subprocess.Popen"),
        ('    casefile.record.origin.raw["grade"] = "D"\n', "what was read cannot be changed"),
        ('    object.__setattr__(casefile.record, "grade", "D")\n', "a rule changed the case file"),
        ("    COUNT.append(size); size += len(COUNT)\n", "the same case file had another answer the second time"),
    ],
)
def test_what_a_rule_does_beside_answering_is_named(suite: Suite, body: str, words: str) -> None:
    """In the example or in a strange case file, before a county meets it."""
    limit = {"seconds": 0.3} if "while" in body else {}
    said = failing(suite({FOUND: body + FOUND, "@frozen": "COUNT = []\n\n\n@frozen"}, **limit), ANSWERS, STRANGE)
    assert words in said.get(ANSWERS, "") + said.get(STRANGE, "")


def test_words_without_their_values_are_named(suite: Suite) -> None:
    """A reader would be shown a blank; and a finding that points nowhere cannot be opened."""
    said = failing(suite({'casefile.record.at("household_size"), {"size": size}': "()"}), ANSWERS)[ANSWERS]
    assert "own.large: its words name size, which its breach does not give" in said
    assert "own.large: its breach points at no cell" in said


@pytest.mark.parametrize(
    ("examples", "words"),
    [
        ({}, "own.large: it has no example"),
        ({"own.large": casefile(), "own.small": casefile()}, "own.small: it is no rule that could have an example"),
        ({"own.large": casefile()}, "own.large: it finds nothing in its example"),
    ],
)
def test_every_rule_needs_an_example(suite: Suite, examples: Mapping[str, object], words: str) -> None:
    """One in which it finds something."""
    assert words in failing(suite(examples=examples), FINDS)[FINDS]


def test_a_topic_of_a_built_in_is_not_the_plugins(suite: Suite) -> None:
    """It is said whose it is."""
    made = suite({'Topic("own"': 'Topic("ledger"'})
    with pytest.raises(PluginError, match=r"topic 'ledger' is claimed by both 'rules\.ledger' and 'own\.py'"):
        made.test_it_is_loaded_and_takes_nothing_of_the_built_ins()
