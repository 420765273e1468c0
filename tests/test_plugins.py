"""What built-ins, installed plugins and one-file rules bring, and what is said when one of them is wrong."""

from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen

from housing_guarantee import loading
from housing_guarantee.campaign import Campaign, PluginChoice, RuleChoice, Waiver
from housing_guarantee.errors import CampaignError, PluginError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.loading import BLOCK_VARIABLE, Loaded
from housing_guarantee.plugins import Equipment, equip, rule_set_fingerprint, settings_for
from housing_guarantee.rule import WARNING, Fix, Topic, Words, rule
from housing_guarantee.testing import campaign

RULE = """\
from attrs import frozen
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import WARNING, Fix, Topic, Words, rule

@rule(clause="X1", severity=WARNING, message=Words("窄", "small"), fix=Fix("核实", "check"))
def area_too_small(casefile):
    \"\"\"The dwelling is too small.\"\"\"

@hookimpl
def register_rules():
    return [Topic("own", (area_too_small,))]
"""
Install = Callable[..., None]


class Point(EntryPoint):
    """An entry point of a plugin that is not installed: what it loads is given, or raised."""

    def load(self) -> Any:
        """Give what the plugin's module is."""
        brought = BROUGHT[self.name]
        if isinstance(brought, BaseException):
            raise brought
        return brought


BROUGHT: dict[str, Any] = {}


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterable[Install]:
    """Make plugins known by entry points, as an installation would."""

    def installing(**brought: Any) -> None:
        BROUGHT.update(brought)
        points = [Point(name=name, value=name, group="housing_guarantee") for name in brought]
        monkeypatch.setattr(loading, "entry_points", lambda group: points if group == "housing_guarantee" else [])

    yield installing
    BROUGHT.clear()


def bringing(*topics: Topic) -> SimpleNamespace:
    """Make a plugin that brings topics."""

    @hookimpl
    def register_rules() -> list[Topic]:
        return list(topics)

    return SimpleNamespace(register_rules=register_rules)


@rule(clause="X1", severity=WARNING, message=Words("窄", "small"), fix=Fix("核实", "check"))
def small(casefile: Any) -> None:
    """The dwelling is too small."""


@frozen
class Settings:
    """Settings of the topic."""

    limit_km: float = 5.0
    count: int = 3
    strict: bool = False
    word: str = "a"


OWN = Topic("own", (small,), Settings)


def refused(*local: Path, strict: bool = False) -> str:
    """Give the words with which the plugins are refused."""
    with pytest.raises(PluginError) as error:
        equip(local, strict=strict)
    return str(error.value)


# ------------------------------------------------------------------------------------------------ loading


def test_built_ins_come_without_any_plugin(install: Install) -> None:
    """Rules, adapters and reports of the package are there, and no plugin is named."""
    install()
    equipment = equip()
    assert {"intake", "ledger", "photo-gps"} <= set(equipment.topics)
    assert {"excel", "photos"} & set(equipment.adapters)
    assert len(equipment.by_code) == len(equipment.rules)
    assert equipment.plugins == ()


def test_an_installed_plugin_is_loaded_behind_the_built_ins(install: Install) -> None:
    """It brings its rules by the same door, and is told with its version."""
    install(small=bringing(OWN))
    equipment = equip()
    assert equipment.rules[-1].code == "own.small"
    assert equipment.plugins == (Loaded("small", "?", "loaded"),)


def test_a_plugin_that_fails_is_reported(install: Install) -> None:
    """Its fault and how to block it are said, and the others go on."""
    install(broken=ImportError("no module named numpy"), small=bringing(OWN))
    equipment = equip()
    broken, other = equipment.plugins
    assert (broken.name, broken.state, other.state) == ("broken", "failed", "loaded")
    assert broken.cause == f"ImportError: no module named numpy (set {BLOCK_VARIABLE}=broken to block it)"
    assert "own.small" in equipment.by_code


def test_a_plugin_that_fails_ends_a_strict_run(install: Install) -> None:
    """Whoever asked for strictness hears of it before anything is judged."""
    install(broken=ImportError("no module named numpy"))
    assert refused(strict=True).startswith("plugin 'broken': ImportError: no module named numpy")


def test_a_blocked_plugin_is_not_imported(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names plugins that are left alone."""
    install(broken=ImportError("x"), small=bringing(OWN))
    monkeypatch.setenv(BLOCK_VARIABLE, "broken, other")
    states = [(plugin.name, plugin.state, plugin.cause) for plugin in equip(strict=True).plugins]
    assert states == [("broken", "blocked", BLOCK_VARIABLE), ("small", "loaded", "")]


def test_a_misspelt_hook_is_named(install: Install) -> None:
    """A hook that does not exist would never be called: it is an error that names the plugin and the hook."""

    @hookimpl
    def register_rulez() -> list[Topic]:
        return []

    install(small=SimpleNamespace(register_rulez=register_rulez))
    message = refused()
    assert "plugin 'small'" in message
    assert "register_rulez" in message


def raising(error: BaseException) -> SimpleNamespace:
    """Make a plugin whose hook raises."""

    @hookimpl
    def register_reports() -> list[Any]:
        raise error

    return SimpleNamespace(register_reports=register_reports)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (ValueError("no report"), "register_reports: ValueError: no report"),
        (SystemExit(0), "register_reports: SystemExit: 0"),
    ],
)
def test_a_hook_that_raises_costs_only_its_plugin(install: Install, error: BaseException, cause: str) -> None:
    """The plugin, the hook and the fault are said, also of one that exits, and the others go on."""
    install(broken=raising(error), small=bringing(OWN))
    equipment = equip()
    assert [(plugin.name, plugin.state, plugin.cause) for plugin in equipment.plugins] == [
        ("broken", "failed", cause),
        ("small", "loaded", ""),
    ]
    assert "own.small" in equipment.by_code


def test_a_plugin_that_exits_at_its_import_does_not_end_the_run(install: Install) -> None:
    """Least of all with success."""
    install(broken=SystemExit(0))
    assert [plugin.state for plugin in equip().plugins] == ["failed"]


def test_a_plugin_made_for_other_hooks_is_refused_with_the_remedy(install: Install) -> None:
    """It says which hooks it was made for; what says nothing was made for the first."""
    install(newer=SimpleNamespace(HOOKS_VERSION=2), older=SimpleNamespace(HOOKS_VERSION=0), first=bringing(OWN))
    causes = {plugin.name: plugin.cause.partition(" (set")[0] for plugin in equip().plugins}
    assert causes == {
        "first": "",
        "newer": "it was made for hooks version 2, and these are 1: upgrade housing-guarantee",
        "older": "it was made for hooks version 0, and these are 1: install a newer version of the plugin",
    }


def test_a_campaign_uses_and_blocks_plugins_by_name(install: Install) -> None:
    """What it does not use is not imported, and what it uses must be there."""
    install(broken=ImportError("x"), small=bringing(OWN), other=ImportError("y"))
    choice = PluginChoice(use=("small", "broken"), block=("broken",))
    assert [(plugin.name, plugin.state, plugin.cause) for plugin in equip(choice=choice).plugins] == [
        ("broken", "blocked", "[plugins] block"),
        ("other", "unused", "[plugins] use"),
        ("small", "loaded", ""),
    ]
    with pytest.raises(CampaignError, match=r"no plugin 'smal' is installed; did you mean 'small'\?"):
        equip(choice=PluginChoice(use=("smal",)))


def test_a_rule_says_which_plugin_brought_it(install: Install) -> None:
    """Those built in have no owner."""
    install(small=bringing(OWN))
    owners = {rule.code: rule.owner for rule in equip().rules}
    assert (owners["own.small"], owners["ledger.entry-missing"]) == ("small", "")


def test_a_field_that_a_rule_sees_must_be_one(install: Install) -> None:
    """A misspelt one would show it nothing: the plugin is named with the nearest."""

    def marked(*sees: str) -> Any:
        def asking(casefile: Any) -> None:
            """Asking."""

        words, fix = Words("窄", "small"), Fix("核实", "check")
        return rule(clause="X1", severity=WARNING, message=words, fix=fix, sees=sees)(asking)

    good, bad = Topic("good", (marked("id_number", "phone"),)), Topic("bad", (marked("id_numbr"),))
    install(good=bringing(good), bad=bringing(bad))
    made = equip()
    assert made.by_code["good.asking"].sees == ("id_number", "phone")
    (failed,) = [one for one in made.plugins if one.state == "failed"]
    assert failed.cause == "rule bad.asking: it sees 'id_numbr', which is no field; did you mean 'id_number'?"


def test_two_plugins_of_one_topic_are_both_named(install: Install) -> None:
    """A name can be claimed once, by a built-in or by a plugin."""
    install(one=bringing(OWN), other=bringing(OWN))
    assert refused() == "topic 'own' is claimed by both 'one' and 'other'"
    install(one=bringing(Topic("ledger", (small,))), other=bringing())
    assert refused() == "topic 'ledger' is claimed by both 'rules.ledger' and 'one'"


def test_a_topic_cannot_be_called_like_a_key(install: Install) -> None:
    """Its settings could not be told from the choice of rules."""
    install(one=bringing(Topic("select", (small,))))
    assert refused() == "plugin 'one': topic 'select' is a key of the campaign file's [rules]"


def test_a_topic_has_each_rule_once(install: Install) -> None:
    """A function that is listed twice would find everything twice."""
    install(one=bringing(Topic("own", (small, small))))
    assert refused() == "rule 'own.small' is claimed by both 'own' and 'own'"


# ------------------------------------------------------------------------------------------------ one-file rules


def test_a_one_file_rule_is_loaded_by_its_path(install: Install, tmp_path: Path) -> None:
    """A county's own rule needs no installation; its digest stands for its version."""
    install()
    path = tmp_path / "local.py"
    path.write_text(RULE, encoding="utf-8")
    equipment = equip([path])
    assert equipment.by_code["own.area-too-small"].question == "The dwelling is too small."
    (loaded,) = equipment.plugins
    assert (loaded.name, loaded.state, len(loaded.version)) == ("local.py", "loaded", 12)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("local.py", "1 / 0", "ZeroDivisionError"),
        ("local.py", "def", "SyntaxError"),
        ("local.txt", RULE, "it is no Python file"),
        ("gone.py", None, "FileNotFoundError"),
    ],
)
def test_a_one_file_rule_that_fails_ends_the_run(
    install: Install, tmp_path: Path, name: str, text: str | None, words: str
) -> None:
    """It was asked for by name, so that a run without it would not be the run asked for."""
    install()
    path = tmp_path / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    message = refused(path)
    assert message.startswith(str(path))
    assert words in message


# ------------------------------------------------------------------------------------------------ choosing


@pytest.fixture
def equipment(install: Install) -> Equipment:
    """Give the built-ins and one topic of a plugin."""
    install(small=bringing(OWN))
    return equip()


def choosing(*waivers: Waiver, **choice: Any) -> Campaign:
    """Give a campaign that chooses rules."""
    return campaign(rules=RuleChoice(**choice), waivers=waivers)


def waiver(code: str) -> Waiver:
    """Make a waiver of a rule."""
    day = campaign().rectify_by
    return Waiver(code, "理由", "县住建局", day, household_id="1")


def test_rules_are_chosen_by_code_topic_or_all(equipment: Equipment) -> None:
    """Selected and not ignored, in the order registered."""

    def codes(**choice: Any) -> list[str]:
        return [rule.code for rule in equipment.chosen(choosing(**choice))]

    assert codes(select=("own.small",)) == codes(select=("own",)) == codes(select=("own.*",)) == ["own.small"]
    assert len(codes()) == len(equipment.rules)
    assert len(codes(ignore=("own.*",))) == len(equipment.rules) - 1
    assert codes(select=("own", "ledger"), ignore=("ledger",)) == ["own.small"]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (choosing(select=("own.smal",)), "no rule is called 'own.smal'; did you mean 'own.small'?"),
        (choosing(ignore=("ledgr.*",)), "no rule is called 'ledgr.*'; did you mean 'ledger.*'?"),
        (choosing(mandatory=("own.smal",)), "no rule is called 'own.smal'"),
        (choosing(waiver("own.smal")), "no rule is called 'own.smal'; did you mean 'own.small'?"),
        (choosing(waiver("own.*")), "no rule is called 'own.*'"),
        (choosing(mandatory=("own.small",), ignore=("own",)), "rule 'own.small' is mandatory and cannot be ignored"),
        (choosing(mandatory=("own.*",), ignore=("own.small",)), "rule 'own.small' is mandatory and cannot be ignored"),
        (choosing(mandatory=("own",), select=("ledger",)), "rule 'own.small' is mandatory and cannot be ignored"),
        (choosing(waiver("own.small"), mandatory=("own.*",)), "rule 'own.small' is mandatory and cannot be waived"),
    ],
)
def test_a_wrong_choice_is_named(equipment: Equipment, made: Campaign, words: str) -> None:
    """A code that nobody brought, and a mandatory rule that would be left out or waived, are refused."""
    with pytest.raises(CampaignError) as error:
        equipment.chosen(made)
    assert words in str(error.value)


def test_settings_are_built_for_every_topic(equipment: Equipment) -> None:
    """What the campaign does not set has its default; a whole number may stand for an amount."""
    settings = settings_for(equipment, choosing(settings={"own": {"limit_km": 7, "strict": True}}))
    assert settings["own"] == Settings(7.0, 3, True, "a")
    assert set(settings) == set(equipment.topics)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"owm": {}}, "[rules.owm] is no topic; did you mean 'own'?"),
        ({"own": {"limit": 1}}, "[rules.own] 'limit' is no setting; did you mean 'limit_km'?"),
        ({"own": {"count": 3.9}}, "[rules.own] 'count' must be a int, not 3.9"),
        ({"own": {"count": True}}, "[rules.own] 'count' must be a int, not True"),
        ({"own": {"strict": "no"}}, "[rules.own] 'strict' must be a bool, not 'no'"),
        ({"own": {"limit_km": "5"}}, "[rules.own] 'limit_km' must be a float, not '5'"),
        ({"own": {"word": 1}}, "[rules.own] 'word' must be a str, not 1"),
    ],
)
def test_a_wrong_setting_is_named(equipment: Equipment, given: dict[str, Any], words: str) -> None:
    """A topic, a key or a kind of value that is not known is refused with the nearest."""
    with pytest.raises(CampaignError) as error:
        settings_for(equipment, choosing(settings=given))
    assert words in str(error.value)


def test_the_fingerprint_tells_rule_sets_apart(equipment: Equipment) -> None:
    """Other rules or other settings have another fingerprint, and their order has not."""
    rules = equipment.rules
    settings = settings_for(equipment, campaign())
    same = rule_set_fingerprint(rules, settings)
    assert rule_set_fingerprint(rules[::-1], settings) == same
    assert rule_set_fingerprint(rules[1:], settings) != same
    assert rule_set_fingerprint(rules, {**settings, "own": Settings(7.0)}) != same


def test_a_topic_may_say_of_which_campaigns_it_is_asked(install: Install) -> None:
    """The rules of one county are not asked of another, and stay known by their codes."""
    install(small=bringing(Topic("own", (small,), applies=lambda campaign: campaign.county_code == "632525")))
    equipment = equip()
    chosen = [
        {rule.code for rule in equipment.chosen(campaign(county_code=code))} & {"own.small"}
        for code in ("632525", "632524")
    ]
    assert chosen == [{"own.small"}, set()]
    assert "own.small" in equipment.by_code
