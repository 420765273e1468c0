"""Gather what built-ins and installed plugins bring: rules, adapters, reports, words, definitions of campaigns.

Built-ins enter in code through the same hooks as strangers, who enter by entry points of the group
``housing_guarantee`` or as one-file rules that a campaign names. Each is loaded guarded, by name; nothing global is
filled at import.
"""

import hashlib
import importlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cattrs
import pluggy
from attrs import evolve, field, fields, frozen

from housing_guarantee import hookspecs
from housing_guarantee.campaign import RESERVED, Campaign, PluginChoice
from housing_guarantee.definition import Definition
from housing_guarantee.errors import CampaignError, PluginError
from housing_guarantee.loading import Loaded, guarded, load_file, load_installed
from housing_guarantee.local import LocalRule
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.report import Report
from housing_guarantee.rule import Rule, Topic
from housing_guarantee.source import Adapter
from housing_guarantee.toml_table import nearest, nearest_zh
from housing_guarantee.vocabulary import Vocabulary, check_fields

__all__ = ["CAMPAIGN_FILE", "Equipment", "equip", "equipped", "furnished", "rule_set_fingerprint", "settings_for"]

CAMPAIGN_FILE = "campaign"
"""Owner of the rules that a campaign file itself holds."""

_HOOKS = ("register_rules", "register_adapters", "register_reports", "register_vocabularies", "register_campaigns")
_BUILTIN = "housing_guarantee."
BUILTINS = (
    *(f"rules.{name}" for name in (
        "intake", "roster", "identity", "guarantee", "appraised", "renovated", "accommodated", "ledger", "safety",
        "photo_gps", "photo_forensics", "archive", "provincial", "schedule",
    )),
    *(f"adapters.{name}" for name in ("excel", "app_export", "photo_files", "archive", "provincial")),
    *(f"reports.{name}" for name in ("jsonl", "rectification")),
    "annotated.report",
    "page.report",
    "campaigns",
)  # fmt: skip


@frozen
class Equipment:
    """Everything that was registered, checked for clashes."""

    topics: Mapping[str, Topic]
    rules: tuple[Rule, ...]
    adapters: Mapping[str, type[Adapter]]
    reports: tuple[Report, ...]
    definitions: Mapping[str, Definition] = field(factory=dict)
    vocabulary: Vocabulary = field(factory=Vocabulary)
    plugins: tuple[Loaded, ...] = field(factory=tuple)

    @property
    def by_code(self) -> Mapping[str, Rule]:
        """The rules by code."""
        return {rule.code: rule for rule in self.rules}

    def chosen(self, campaign: Campaign) -> tuple[Rule, ...]:
        """Give the rules that the campaign selects and its definition asks, in the order registered.

        :raises CampaignError: a code or topic it names is not known, or a mandatory rule is ignored
        """
        choice = campaign.rules
        known = {*self.by_code, *self.topics, *(f"{topic}.*" for topic in self.topics), "*"}
        for key in (*choice.select, *choice.ignore, *choice.mandatory):
            if key not in known:
                problem = f"{campaign.path.name}: no rule is called {key!r}{nearest(key, known)}"
                raise CampaignError(problem, zh=f"{campaign.path.name}：没有规则“{key}”{nearest_zh(key, known)}")
        for waiver in campaign.waivers:  # of one rule each: what is waived must be named
            if waiver.code not in self.by_code:
                hint = nearest(waiver.code, self.by_code)
                raise CampaignError(f"{campaign.path.name}: [[waivers]] no rule is called {waiver.code!r}{hint}")
            if _matches(waiver.code, choice.mandatory):
                raise CampaignError(f"{campaign.path.name}: rule {waiver.code!r} is mandatory and cannot be waived")
        ignored = (*choice.ignore, *campaign.definition.ignore)
        for code in self.by_code:
            left_out = _matches(code, ignored) or not _matches(code, choice.select)
            if left_out and _matches(code, choice.mandatory):
                raise CampaignError(f"{campaign.path.name}: rule {code!r} is mandatory and cannot be ignored")
        idle = {name for name, topic in self.topics.items() if topic.applies and not topic.applies(campaign)}
        asked = (rule for rule in self.rules if rule.topic not in idle and _matches(rule.code, choice.select))
        return tuple(rule for rule in asked if not _matches(rule.code, ignored))


def equip(
    files: Iterable[Path] = (),
    *,
    written: Sequence[LocalRule] = (),
    choice: PluginChoice = PluginChoice(),  # noqa: B008 - frozen
    strict: bool = False,
) -> Equipment:
    """Load every plugin and check what they bring.

    :param files: one-file rules, by path
    :param written: rules that the campaign file itself holds
    :param choice: which installed plugins are imported
    :param strict: whether a plugin that fails ends the run
    :raises CampaignError: the campaign uses a plugin that is not installed
    :raises PluginError: two plugins claim one name, a hook is misspelt, a one-file rule or (strict) a plugin failed
    """
    gatherer = _Gatherer()
    for name in BUILTINS:
        gatherer.take(name, importlib.import_module(_BUILTIN + name), builtin=True)
    loaded = [_taken(gatherer, *found) for found in load_installed(choice)]
    for path in files:
        plugin, module = load_file(path)
        if cause := gatherer.take(plugin.name, module):
            raise PluginError(f"{path}: {cause}")
        loaded.append(plugin)
    if written:
        gatherer.add_topic(CAMPAIGN_FILE, Topic("local", tuple(written)))
    failed = [plugin for plugin in loaded if plugin.state == "failed"]
    if strict and failed:
        raise PluginError("; ".join(f"plugin {plugin.name!r}: {plugin.cause}" for plugin in failed))
    return gatherer.equipment(loaded)


def equipped(campaign: Campaign, *, strict: bool = False) -> Equipment:
    """Load what a campaign asks for: installed plugins, its one-file rules, and those in its own file."""
    files = [campaign.folder / path for path in campaign.rules.plugins]
    return equip(files, written=campaign.rules.local, choice=campaign.plugins, strict=strict)


def furnished(campaign: Campaign, vocabulary: Vocabulary) -> Campaign:
    """Give a campaign the words and places that plugins bring; its own file's words go before them."""
    linkage = evolve(
        campaign.linkage,
        renderings=tuple(dict.fromkeys((*campaign.linkage.renderings, *vocabulary.renderings))),
        former_villages={**vocabulary.former_villages, **campaign.linkage.former_villages},
    )
    return evolve(campaign, linkage=linkage, areas=campaign.areas or vocabulary.areas)


def _taken(gatherer: "_Gatherer", plugin: Loaded, module: Any) -> Loaded:
    if plugin.state != "loaded":
        return plugin
    cause = gatherer.take(plugin.name, module)
    return evolve(plugin, state="failed", cause=cause) if cause else plugin


class _Gatherer:
    """Collects what plugins bring, one plugin at a time, so that a fault has a name and costs only that plugin."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.NAMESPACE)
        self._manager.add_hookspecs(hookspecs)
        self._owners: dict[str, str] = {}
        self._topics: dict[str, Topic] = {}
        self._rules: list[Rule] = []
        self._adapters: dict[str, type[Adapter]] = {}
        self._reports: dict[str, Report] = {}
        self._definitions: dict[str, Definition] = {}
        self._vocabularies: list[Vocabulary] = []

    def take(self, name: str, plugin: Any, *, builtin: bool = False) -> str:
        """Take what a plugin brings; give the cause where it cannot be used, and then nothing of it is used.

        :raises PluginError: it misspells a hook, or claims what another has
        """
        _, cause = guarded(lambda: self._manager.register(plugin, name))
        if cause:
            return cause
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginError(f"plugin {name!r}: {error}") from error
        brought = {}
        for hook in _HOOKS:
            brought[hook], cause = guarded(partial(self._brought, name, hook))
            if cause:
                return f"{hook}: {cause}"
        _, cause = guarded(partial(check_fields, brought["register_campaigns"] or []))
        if cause:
            return cause
        topics = brought["register_rules"] or []
        built, cause = guarded(lambda: [topic.build("" if builtin else name) for topic in topics])
        if not cause:
            own = [one.name for definition in brought["register_campaigns"] or [] for one in definition.fields]
            _, cause = guarded(partial(_check_sees, built or [], own))
        if not cause:
            self._add(name, zip(topics, built or [], strict=True), brought)
        return cause

    def _brought(self, name: str, hook: str) -> list[Any]:
        own = (one for one in getattr(self._manager.hook, hook).get_hookimpls() if one.plugin_name == name)
        return [thing for one in own for thing in one.function()]

    def add_topic(self, owner: str, topic: Topic) -> None:
        """Add a topic that no plugin brings."""
        self._add_rules(owner, topic, topic.build(owner))

    def equipment(self, loaded: Sequence[Loaded]) -> Equipment:
        """Give everything that was taken."""
        return Equipment(
            self._topics,
            tuple(self._rules),
            self._adapters,
            tuple(self._reports.values()),
            self._definitions,
            Vocabulary.joined(self._vocabularies),
            tuple(loaded),
        )

    def _add(self, name: str, built: Iterable[tuple[Topic, tuple[Rule, ...]]], brought: Mapping[str, Any]) -> None:
        for topic, rules in built:
            if topic.name in RESERVED:
                raise PluginError(f"plugin {name!r}: topic {topic.name!r} is a key of the campaign file's [rules]")
            self._add_rules(name, topic, rules)
        for adapter in brought["register_adapters"]:
            _claim(self._owners, f"adapter {adapter.name!r}", name)
            self._adapters[adapter.name] = adapter
        for report in brought["register_reports"]:
            _claim(self._owners, f"report {report.name!r}", name)
            self._reports[report.name] = report
        for definition in brought["register_campaigns"]:
            _claim(self._owners, f"definition {definition.name!r}", name)
            self._definitions[definition.name] = definition
        self._vocabularies += brought["register_vocabularies"]

    def _add_rules(self, owner: str, topic: Topic, rules: Sequence[Rule]) -> None:
        _claim(self._owners, f"topic {topic.name!r}", owner)
        self._topics[topic.name] = topic
        for rule in rules:
            _claim(self._owners, f"rule {rule.code!r}", rule.topic)
            self._rules.append(rule)


def _check_sees(topics: Iterable[Iterable[Rule]], own: Iterable[str]) -> None:
    """Refuse a rule that says it sees a field which no record has: it would be shown nothing, and find nothing.

    :raises PluginError: naming the nearest field
    """
    known = {*own, *(name for role in ROLES for name in fields_of(role))}
    for rule in (rule for rules in topics for rule in rules):
        for name in rule.sees:
            if name not in known:
                raise PluginError(f"rule {rule.code}: it sees {name!r}, which is no field{nearest(name, known)}")


def _claim(owners: dict[str, str], what: str, owner: str) -> None:
    if what in owners:
        raise PluginError(f"{what} is claimed by both {owners[what]!r} and {owner!r}")
    owners[what] = owner


def _matches(code: str, patterns: Iterable[str]) -> bool:
    topic = code.partition(".")[0]
    return any(pattern in ("*", code, topic, f"{topic}.*") for pattern in patterns)


def settings_for(equipment: Equipment, campaign: Campaign) -> dict[str, Any]:
    """Build every topic's settings from the campaign file.

    :raises CampaignError: an unknown topic or setting (naming the nearest), or a value of another kind
    """
    given = campaign.rules.settings
    for topic in given:
        if topic not in equipment.topics:
            problem = f"{campaign.path.name}: [rules.{topic}] is no topic{nearest(topic, equipment.topics)}"
            zh = f"{campaign.path.name}：[rules.{topic}] 不是规则主题{nearest_zh(topic, equipment.topics)}"
            raise CampaignError(problem, zh=zh)
    return {name: _settings(campaign.path.name, topic, given.get(name, {})) for name, topic in equipment.topics.items()}


def _settings(file: str, topic: Topic, given: Mapping[str, Any]) -> Any:
    if topic.settings is None:
        known: list[str] = []
    else:
        known = [attribute.name for attribute in fields(topic.settings)]
    for key in given:
        if key not in known:
            problem = f"{file}: [rules.{topic.name}] {key!r} is no setting{nearest(key, known)}"
            raise CampaignError(problem, zh=f"{file}：[rules.{topic.name}] 没有设置“{key}”{nearest_zh(key, known)}")
    if topic.settings is None:
        return None
    for attribute in fields(topic.settings):
        _check_kind(file, topic.name, attribute, given)
    try:
        return _plain.structure(dict(given), topic.settings)
    except ValueError as error:  # what a setting's own validator says
        raise CampaignError(f"{file}: [rules.{topic.name}] {error}") from error


_plain = cattrs.Converter(detailed_validation=False)


def _check_kind(file: str, topic: str, attribute: Any, given: Mapping[str, Any]) -> None:
    """Refuse what cattrs would quietly turn into something else (3.9 into 3, 'False' into True, text into letters)."""
    kind = list if attribute.type in (tuple[str, ...], tuple[str, ...] | None) else attribute.type
    if attribute.name not in given or kind not in (int, float, bool, str, list):
        return
    value = given[attribute.name]
    wanted = (int, float) if kind is float else (kind,)
    if type(value) not in wanted or (kind is list and any(type(word) is not str for word in value)):
        raise CampaignError(f"{file}: [rules.{topic}] {attribute.name!r} must be a {kind.__name__}, not {value!r}")


def rule_set_fingerprint(rules: Sequence[Rule], settings: Mapping[str, Any]) -> str:
    """Digest the rules and settings, so that two runs can be told to have asked the same."""
    digest = hashlib.sha256()
    for rule in sorted(rules, key=lambda rule: rule.code):
        asked = rule.function
        source = repr(asked) if isinstance(asked, LocalRule) else inspect.getsource(asked)
        digest.update(f"{rule.code}|{rule.severity}|{rule.effect}|{source}|{settings.get(rule.topic)}\n".encode())
    return digest.hexdigest()
