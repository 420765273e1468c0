"""What every plugin is held to, whoever wrote it: subclass `Conformance` in a test file, and name the plugin."""

import inspect
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from attrs import frozen
from hypothesis import HealthCheck, given, settings

import housing_guarantee
from housing_guarantee.campaign import PluginChoice
from housing_guarantee.casefiles import CaseFile, Survey
from housing_guarantee.engine import Outcome, RuleAccount, judge
from housing_guarantee.findings import Finding
from housing_guarantee.plugins import Equipment, equip, settings_for
from housing_guarantee.rule import Rule, Scope, Topic
from housing_guarantee.source import Adapter
from housing_guarantee.source_table import ALL_ROLES
from housing_guarantee.testing.asking import answers_of, ask, campaign, survey
from housing_guarantee.testing.claims import RULE_CLAIMS, named_values, undocumented_settings
from housing_guarantee.testing.strategies import casefiles
from housing_guarantee.testing.watching import installed_folders, watched

__all__ = ["Conformance", "Example"]

Example = CaseFile | Sequence[CaseFile] | Survey
_ALWAYS_GIVEN = {"name", "household_id"}
_OTHER = "10000000002"
_STEADY = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
"""Who passed once passes again."""


@frozen
class _Brought:
    """What a plugin brings, and everything else that was loaded with it."""

    equipment: Equipment
    topics: tuple[Topic, ...]
    rules: tuple[Rule, ...]
    adapters: tuple[type[Adapter], ...]


@cache
def _brought(plugin: str | Path) -> _Brought:
    """Load a plugin beside the built-ins and nothing else.

    :raises CampaignError: no plugin of that name is installed
    :raises PluginError: it takes what is another's, misspells a hook, or cannot be loaded
    """
    without = equip(choice=PluginChoice(use=()))
    if isinstance(plugin, Path):
        equipment = equip([plugin], choice=PluginChoice(use=()))
    else:
        equipment = equip(choice=PluginChoice(use=(plugin,)), strict=True)
    return _Brought(
        equipment,
        tuple(topic for name, topic in equipment.topics.items() if name not in without.topics),
        tuple(rule for rule in equipment.rules if rule.code not in without.by_code),
        tuple(adapter for name, adapter in equipment.adapters.items() if name not in without.adapters),
    )


class Conformance:
    """The tests of a plugin that are every plugin's.

    ``plugin`` is the name of its entry point, or the path of a one-file rule. ``examples`` gives for each code a case
    file (or several, or a survey) in which the rule finds something, so that its words are seen with their values.
    """

    plugin: ClassVar[str | Path]
    examples: ClassVar[Mapping[str, Example]] = {}
    asked: ClassVar[Mapping[str, Any]] = {}
    """What the campaign of the examples has that is not as in 2020, such as areas or another definition."""
    seconds: ClassVar[float] = 5.0
    """How long a rule may take over one case file."""
    strange: ClassVar[int] = 40
    """How many strange case files are tried."""

    @property
    def brought(self) -> _Brought:
        """What the plugin brings."""
        return _brought(self.plugin)

    def test_it_is_loaded_and_takes_nothing_of_the_built_ins(self) -> None:
        """It can be imported, its hooks are spelt right, and no topic, code, adapter or report of it is another's."""
        name = self.plugin.name if isinstance(self.plugin, Path) else self.plugin
        plugin = next(one for one in self.brought.equipment.plugins if one.name == name)
        _refuse([] if plugin.state == "loaded" else [f"{name}: {plugin.state}: {plugin.cause}"])

    def test_it_takes_nothing_of_the_other_plugins(self) -> None:
        """What is installed beside it can be loaded with it."""
        beside = equip([self.plugin] if isinstance(self.plugin, Path) else ()).by_code
        _refuse(f"{rule.code}: it is gone beside others" for rule in self.brought.rules if rule.code not in beside)

    def test_every_rule_says_what_it_must(self) -> None:
        """Code, words in both languages, the same values in both, clause, who acts, a question; and it can travel."""
        claims = [claim for name, claim in RULE_CLAIMS.items() if name != "travels" or not self._is_one_file]
        _refuse(problem for rule in self.brought.rules for claim in claims for problem in claim(rule))

    def test_every_setting_is_explained(self) -> None:
        """Whoever sets one reads its unit and its source under it."""
        _refuse(problem for topic in self.brought.topics for problem in undocumented_settings(topic))

    def test_every_adapter_says_what_it_reads(self) -> None:
        """A docstring tells who exports it and what a row is; its roles are those of a campaign file."""
        _refuse(problem for adapter in self.brought.adapters for problem in _unclear(adapter))

    def test_every_rule_finds_its_example(self) -> None:
        """A rule that nothing sets off is no rule: each has a case file in which it finds something."""
        codes = {rule.code for rule in self.brought.rules}
        silent = [code for code, example in self.examples.items() if code not in self._codes_found(example)]
        _refuse(
            [
                *(f"{code}: it has no example" for code in sorted(codes - set(self.examples))),
                *(f"{code}: it is no rule that could have an example" for code in sorted(set(self.examples) - codes)),
                *(f"{code}: it finds nothing in its example" for code in silent if code in codes),
            ]
        )

    def test_every_rule_only_answers(self) -> None:
        """It gives the values that its words name, the same answer twice, and changes, opens and starts nothing."""
        _refuse(problem for example in self.examples.values() for problem in self._problems(_laid(example)))

    def test_no_case_file_is_too_strange(self) -> None:
        """Whatever offices type, every rule answers within its seconds, and still only answers."""
        problems: list[str] = []

        @settings(_STEADY, max_examples=self.strange)
        @given(casefiles(), casefiles(_OTHER))
        def look(one: CaseFile, other: CaseFile) -> None:
            if not problems:  # failing in here would shrink and print whole case files, which takes minutes and pages
                problems.extend(self._problems(survey(one, other)))

        look()
        _refuse(problems)

    # -------------------------------------------------------------------------------------------- asking

    @property
    def _is_one_file(self) -> bool:
        """A file that is no module cannot be imported by another process."""
        return isinstance(self.plugin, Path)

    def _codes_found(self, example: Example) -> set[str]:
        return {finding.code for finding in self._judged(_laid(example)).findings}

    def _judged(self, whole: Survey) -> Outcome:
        asked = campaign(**{**self.asked, "plugins": PluginChoice(seconds=self.seconds)})
        return judge(whole, self.brought.rules, asked, settings_for(self.brought.equipment, asked))

    def _problems(self, whole: Survey) -> Iterator[str]:
        rules = self.brought.rules  # loaded before anybody watches
        with watched(self._may_read()) as deeds:
            outcome = self._judged(whole)
        yield from (f"a rule does more than answer: {deed}" for deed in deeds)
        yield from (self._raised(account, whole) for account in outcome.rules if account.error)
        yield from (problem for finding in outcome.findings for problem in self._unsaid(finding))
        changed = [problem for rule in rules for problem in self._changed(rule, whole)]
        yield from changed
        if not changed and _said(self._judged(whole)) != _said(outcome):
            yield "the same case file had another answer the second time"

    def _changed(self, rule: Rule, whole: Survey) -> Iterator[str]:
        """Say whether a rule changes what it is asked of; in a run that would be a copy of its own."""
        own = settings_for(self.brought.equipment, campaign()).get(rule.topic)
        for subject in (whole,) if rule.scope is Scope.SURVEY else whole.casefiles:
            copy = pickle.loads(pickle.dumps(subject))  # noqa: S301 - our own bytes
            before = pickle.dumps(copy)
            with suppress(Exception):  # what it raises is said elsewhere
                list(ask(rule.function if rule.key is None else rule.key, copy, own) or ())
            if pickle.dumps(copy) != before:
                yield f"{rule.code}: a rule changed the case file"

    def _raised(self, account: RuleAccount, whole: Survey) -> str:
        """Say where a rule raised, and where it is simple to hear, what it said: here nobody is real."""
        text = f"{account.rule.code}: it raised {account.error}"
        if account.rule.scope is not Scope.CASEFILE or account.tripped:
            return text
        own = settings_for(self.brought.equipment, campaign()).get(account.rule.topic)
        for casefile in whole.casefiles:
            try:
                answers_of(account.rule.function, casefile, settings=own)
            except Exception as error:  # the one that the engine caught
                return f"{text}: {error}"
        return text

    def _unsaid(self, finding: Finding) -> Iterator[str]:
        named = named_values(self.brought.equipment.by_code[finding.code])
        if lacking := sorted(named - set(finding.values) - _ALWAYS_GIVEN):
            yield f"{finding.code}: its words name {', '.join(lacking)}, which its breach does not give"
        if not finding.cells:
            yield f"{finding.code}: its breach points at no cell"

    def _may_read(self) -> tuple[Path, ...]:
        """Give the folders of what is installed, where modules and data lie; a single file has none of its own."""
        rules = () if self._is_one_file else self.brought.rules
        modules = [inspect.getfile(inspect.unwrap(rule.function)) for rule in rules]
        own = [Path(file).parent for file in (housing_guarantee.__file__, *modules)]
        return (*own, *installed_folders())


def _refuse(problems: Iterable[str]) -> None:
    """Fail with every problem in a line of its own, each once."""
    __tracebackhide__ = True
    if lines := list(dict.fromkeys(problems)):
        raise AssertionError("\n".join(lines))


def _laid(example: Example) -> Survey:
    if isinstance(example, Survey):
        return example
    return survey(example) if isinstance(example, CaseFile) else survey(*example)


def _said(outcome: Outcome) -> Sequence[object]:
    """Give everything that was answered, so that it can be compared; a NaN in a cell equals itself."""
    found = [(one.key, one.severity, one.effect, repr(one.values), repr(one.cells)) for one in outcome.findings]
    proofs = [proof for one in outcome.households for link in one.requirements for proof in link.proofs]
    return [found, [(proof.code, repr(proof.cells)) for proof in proofs]]


def _unclear(adapter: Any) -> Iterator[str]:
    name = getattr(adapter, "name", "?")
    if not inspect.getdoc(adapter):
        yield f"adapter {name}: it has no docstring"
    if unknown := sorted(set(adapter.roles) - set(ALL_ROLES)):
        yield f"adapter {name}: it fills roles that no campaign file knows: {', '.join(unknown)}"
