"""What can be said of a rule without asking it: its code, its words, its clause, who acts, and that it travels.

Each check gives the problems that it sees, in one line each; none means that all is well.
"""

import pickle
import re
import string
from collections.abc import Callable, Iterator, Mapping

from attrs import fields

from housing_guarantee.documented import documented
from housing_guarantee.rule import Rule, Topic

__all__ = ["RULE_CLAIMS", "named_values", "undocumented_settings"]

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*")
_HAN = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[a-z]{2}")
_LEVELS = ("village", "township", "county")


def named_values(rule: Rule) -> frozenset[str]:
    """Give the named fields of a rule's message and fix."""
    return frozenset().union(*(_named(text) for words in (rule.message, rule.fix) for text in (words.zh, words.en)))


def _named(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _code(rule: Rule) -> Iterator[str]:
    """A code can be typed into a campaign file without thinking."""
    if not _CODE.fullmatch(rule.code):
        yield f"{rule.code}: a code is lower-case words with hyphens, a dot between topic and rule"


def _languages(rule: Rule) -> Iterator[str]:
    """Message and fix are there in both languages, each in its own."""
    for name, words in (("message", rule.message), ("fix", rule.fix)):
        if not _HAN.search(words.zh):
            yield f"{rule.code}: the {name} has no words in Chinese"
        if not _LATIN.search(re.sub(r"{[^}]*}", "", words.en)):
            yield f"{rule.code}: the {name} has no words in English"
        if (words.zh, words.en) != (words.zh.strip(), words.en.strip()):
            yield f"{rule.code}: the {name} begins or ends with a blank"


def _same_values(rule: Rule) -> Iterator[str]:
    """A reader of either language is told the same."""
    for name, words in (("message", rule.message), ("fix", rule.fix)):
        if apart := _named(words.zh) ^ _named(words.en):
            yield f"{rule.code}: only one language of the {name} names {', '.join(sorted(apart))}"


def _clause(rule: Rule) -> Iterator[str]:
    """It says what it rests on."""
    if not rule.clause.strip():
        yield f"{rule.code}: it names no clause"


def _who(rule: Rule) -> Iterator[str]:
    """One of the three levels that work on the list puts it right."""
    if rule.fix.by not in _LEVELS:
        yield f"{rule.code}: its fix is done by {rule.fix.by!r}, which is none of {', '.join(_LEVELS)}"


def _question(rule: Rule) -> Iterator[str]:
    """The docstring's first paragraph says in one sentence of English what is found."""
    if not re.fullmatch(r"[A-Z`][^.]+\.", rule.question):
        yield f"{rule.code}: its docstring does not begin with one sentence that says what is found"


def _travels(rule: Rule) -> Iterator[str]:
    """The function and everything said about it survive pickling, so that it can be asked in another process."""
    try:
        again = pickle.loads(pickle.dumps(rule))  # noqa: S301 - our own bytes
    except Exception as error:  # whatever a stranger's object raises when it is pickled
        yield f"{rule.code}: it cannot be pickled: {type(error).__name__}: {error}"
        return
    if again != rule:
        yield f"{rule.code}: it is another rule after pickling"


RULE_CLAIMS: Mapping[str, Callable[[Rule], Iterator[str]]] = {
    "code": _code,
    "languages": _languages,
    "same values": _same_values,
    "clause": _clause,
    "who": _who,
    "question": _question,
    "travels": _travels,
}
"""The checks by name."""


def undocumented_settings(topic: Topic) -> Iterator[str]:
    """Name the settings of a topic that say nothing of themselves, or that have no default."""
    if topic.settings is None:
        return
    try:
        topic.settings()
    except TypeError as error:
        yield f"{topic.name}: its settings have no defaults: {error}"
    texts = documented(topic)
    for attribute in fields(topic.settings):
        if not texts.get(attribute.name):
            yield f"{topic.name}: the setting {attribute.name} has no docstring under it"
