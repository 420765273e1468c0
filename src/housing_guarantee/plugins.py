"""Gather what built-ins and installed plugins bring: rules, adapters, reports.

Built-ins enter in code through the same hooks as strangers, who enter by entry points of the group
``housing_guarantee`` or as one-file rules that a campaign names. Each is loaded guarded, by name; nothing global is
filled at import.
"""

import hashlib
import importlib
import importlib.util
import inspect
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import cattrs
import pluggy
from attrs import field, fields, frozen

from housing_guarantee import hookspecs
from housing_guarantee.campaign import RESERVED, Campaign
from housing_guarantee.errors import CampaignError, PluginError
from housing_guarantee.report import Report
from housing_guarantee.rule import Rule, Topic
from housing_guarantee.source import Adapter
from housing_guarantee.toml_table import nearest, nearest_zh

__all__ = ["BLOCK_VARIABLE", "Equipment", "Loaded", "equip", "rule_set_fingerprint", "settings_for"]

BLOCK_VARIABLE = "HOUSING_GUARANTEE_BLOCK"
"""Environment variable: names of plugins, separated by commas, that are not imported."""

_BUILTIN = "housing_guarantee."
BUILTINS = (
    *(f"rules.{name}" for name in (
        "intake", "roster", "identity", "guarantee", "appraised", "renovated", "accommodated", "ledger", "safety",
        "photo_gps", "photo_forensics", "archive", "provincial", "schedule",
    )),
    *(f"adapters.{name}" for name in ("excel", "app_export", "photo_files", "archive", "provincial")),
    *(f"reports.{name}" for name in ("jsonl", "rectification")),
)  # fmt: skip


@frozen
class Loaded:
    """How one plugin fared: ``loaded``, ``failed`` or ``blocked``."""

    name: str
    version: str
    state: str
    cause: str = ""


@frozen
class Equipment:
    """Everything that was registered, checked for clashes."""

    topics: Mapping[str, Topic]
    rules: tuple[Rule, ...]
    adapters: Mapping[str, type[Adapter]]
    reports: tuple[Report, ...]
    plugins: tuple[Loaded, ...] = field(factory=tuple)

    @property
    def by_code(self) -> Mapping[str, Rule]:
        """The rules by code."""
        return {rule.code: rule for rule in self.rules}

    def chosen(self, campaign: Campaign) -> tuple[Rule, ...]:
        """Give the rules that the campaign selects, in the order registered.

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
        for code in self.by_code:
            left_out = _matches(code, choice.ignore) or not _matches(code, choice.select)
            if left_out and _matches(code, choice.mandatory):
                raise CampaignError(f"{campaign.path.name}: rule {code!r} is mandatory and cannot be ignored")
        return tuple(
            rule for rule in self.rules if _matches(rule.code, choice.select) and not _matches(rule.code, choice.ignore)
        )


def equip(local: Iterable[Path] = (), *, strict: bool = False) -> Equipment:
    """Load every plugin and check what they bring.

    :param local: one-file rules, by path
    :param strict: whether a plugin that fails ends the run
    :raises PluginError: two plugins claim one name, a hook is misspelt, or (strict) one failed
    """
    manager = pluggy.PluginManager(hookspecs.NAMESPACE)
    manager.add_hookspecs(hookspecs)
    for name in BUILTINS:
        manager.register(importlib.import_module(_BUILTIN + name), name)
    loaded = [*_load_installed(manager), *(_load_file(manager, path) for path in local)]
    failed = [plugin for plugin in loaded if plugin.state == "failed"]
    if strict and failed:
        raise PluginError("; ".join(f"plugin {plugin.name!r}: {plugin.cause}" for plugin in failed))
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"plugin {manager.get_name(error.plugin)!r}: {error}") from error
    return _gather(manager, loaded)


def _load_installed(manager: pluggy.PluginManager) -> list[Loaded]:
    blocked = {name.strip() for name in os.environ.get(BLOCK_VARIABLE, "").split(",")}
    loaded = []
    for point in sorted(entry_points(group=hookspecs.NAMESPACE), key=lambda point: point.name):
        version = point.dist.version if point.dist else "?"
        if point.name in blocked:
            loaded.append(Loaded(point.name, version, "blocked", BLOCK_VARIABLE))
            continue
        try:
            manager.register(point.load(), point.name)
        except Exception as error:
            cause = f"{type(error).__name__}: {error} (set {BLOCK_VARIABLE}={point.name} to block it)"
            loaded.append(Loaded(point.name, version, "failed", cause))
        else:
            loaded.append(Loaded(point.name, version, "loaded"))
    return loaded


def _load_file(manager: pluggy.PluginManager, path: Path) -> Loaded:
    """Load a one-file rule that the campaign names; one that fails ends the run, because it was asked for."""
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:
            raise PluginError(f"{path}: it is no Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        manager.register(module, str(path.name))
    except Exception as error:
        raise PluginError(f"{path}: {type(error).__name__}: {error}") from error
    return Loaded(path.name, hashlib.sha256(path.read_bytes()).hexdigest()[:12], "loaded")


def _gather(manager: pluggy.PluginManager, loaded: Sequence[Loaded]) -> Equipment:
    topics: dict[str, Topic] = {}
    adapters: dict[str, type[Adapter]] = {}
    reports: dict[str, Report] = {}
    owners: dict[str, str] = {}
    for owner, topic in _brought(manager, "register_rules"):
        _claim(owners, f"topic {topic.name!r}", owner)
        if topic.name in RESERVED:
            raise PluginError(f"plugin {owner!r}: topic {topic.name!r} is a key of the campaign file's [rules]")
        topics[topic.name] = topic
    for owner, adapter in _brought(manager, "register_adapters"):
        _claim(owners, f"adapter {adapter.name!r}", owner)
        adapters[adapter.name] = adapter
    for owner, report in _brought(manager, "register_reports"):
        _claim(owners, f"report {report.name!r}", owner)
        reports[report.name] = report
    rules = tuple(rule for topic in topics.values() for rule in topic.build())
    for rule in rules:
        _claim(owners, f"rule {rule.code!r}", rule.topic)
    return Equipment(topics, rules, adapters, tuple(reports.values()), tuple(loaded))


def _brought(manager: pluggy.PluginManager, hook: str) -> Iterator[tuple[str, Any]]:
    """Yield what each plugin brings, one plugin at a time, so that a fault has a name; built-ins come first."""
    order = {name: index for index, (name, _) in enumerate(manager.list_name_plugin())}
    implementations = getattr(manager.hook, hook).get_hookimpls()
    for one in sorted(implementations, key=lambda implementation: order[implementation.plugin_name]):
        try:
            brought = list(one.function())
        except Exception as error:
            raise PluginError(f"plugin {one.plugin_name!r}: {hook}: {type(error).__name__}: {error}") from error
        yield from ((one.plugin_name, thing) for thing in brought)


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
    kind = list if attribute.type == tuple[str, ...] else attribute.type
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
        source = inspect.getsource(rule.function)
        digest.update(f"{rule.code}|{rule.severity}|{rule.effect}|{source}|{settings.get(rule.topic)}\n".encode())
    return digest.hexdigest()
