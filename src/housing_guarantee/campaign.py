"""Read a campaign file: what is verified, from which files, by which rules, until when.

Anything unknown or misspelt is a `CampaignError` that names the key and the nearest known one. What a topic's or an
adapter's own options may be is known only to what is registered; `plugins.py` checks those.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from housing_guarantee.definition import BUILTIN, Definition, load_definition
from housing_guarantee.errors import CampaignError
from housing_guarantee.geo import Area, read_areas
from housing_guarantee.limits import SETTINGS, Limits
from housing_guarantee.limits_table import limits_from
from housing_guarantee.linkage.match import Link, LinkOptions
from housing_guarantee.local import LocalRule
from housing_guarantee.local_table import local_rule
from housing_guarantee.models import Period
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.source import Source
from housing_guarantee.source_table import ALL_ROLES, source_of
from housing_guarantee.toml_table import Table, as_typed, check_keys, nearest, nearest_zh

__all__ = [
    "KEYS",
    "LOCAL",
    "RESERVED",
    "Asked",
    "Campaign",
    "PluginChoice",
    "RuleChoice",
    "Waiver",
    "asked_of",
    "load_campaign",
]

LOCAL = timezone(timedelta(hours=8))
"""The plan's own time, UTC+8; the zone Asia/Shanghai had summer time once, which no date here should meet."""

_TOP = (
    *("schema", "campaign", "sources", "rules", "plugins", "limits"),
    *("precedence", "workspace", "linkage", "links", "waivers"),
)
KEYS: Mapping[str, tuple[str, ...]] = {
    "campaign": (
        *("name", "county_code", "planned_households", "window", "rectify_by", "policy_year", "ledger_years"),
        *("as_of", "language", "area", "area_datum", "definition"),
    ),
    "plugins": ("use", "block", "seconds"),
    "limits": tuple(SETTINGS),
    "workspace": ("path", "url_env"),
    "linkage": ("certain_without_number", "renderings", "former_villages"),
    "links": ("source", "household_id", "file_no", "sheet", "row"),
    "waivers": ("code", "reason", "approved_by", "expires", "household_id", "area_code"),
}
"""The keys of the tables whose keys are always the same."""

RESERVED = ("select", "ignore", "mandatory", "plugins", "local")


@frozen
class Waiver:
    """A finding that an office answers for, with its reason and its end (inclusive)."""

    code: str
    reason: str
    approved_by: str
    expires: date
    household_id: str | None = None
    area_code: str | None = None


@frozen
class RuleChoice:
    """Which rules are asked, and the settings of their topics, unchecked."""

    select: tuple[str, ...] = ("*",)
    ignore: tuple[str, ...] = ()
    mandatory: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    local: tuple[LocalRule, ...] = ()


@frozen
class PluginChoice:
    """Which installed plugins are imported, by the names of their entry points.

    :param use: those that this campaign uses, or ``*``; each must be installed
    :param block: those that are never imported
    :param seconds: how long a rule that is not built in may take over one household or group
    """

    use: tuple[str, ...] = ("*",)
    block: tuple[str, ...] = ()
    seconds: float = 10.0


@frozen
class Campaign:
    """One verification campaign, as its file says.

    :param window: first and last day of verification, inclusive, local (T1)
    :param policy_year: 鉴定安全 before it, 改造安全 from it (M1, M2)
    :param ledger_years: first and last year that the ledgers cover, inclusive (M2a)
    :param as_of: the moment of the run, in UTC+8
    :param inputs: the campaign file and the files that it names beside its sources → SHA-256
    :param areas: the county's, townships' and villages' areas in WGS-84, where a file was given
    :param limits: of strangers' files, which its sources have too
    :param workspace: the file that keeps the runs, against the folder; its key stands beside it
    :param workspace_url_env: the environment variable with a server's URL, where a database keeps them instead
    """

    path: Path
    name: str
    county_code: str
    planned_households: int
    window: tuple[date, date]
    rectify_by: date
    policy_year: int
    ledger_years: tuple[int, int]
    as_of: datetime
    sources: tuple[Source, ...]
    definition: Definition
    language: str = "zh"
    areas: tuple[Area, ...] = ()
    rules: RuleChoice = field(factory=RuleChoice)
    plugins: PluginChoice = field(factory=PluginChoice)
    limits: Limits = field(factory=Limits)
    precedence: Mapping[str, tuple[str, ...]] = field(factory=dict)
    workspace: str = "workspace.sqlite"
    workspace_url_env: str | None = None
    linkage: LinkOptions = field(factory=LinkOptions)
    links: tuple[Link, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    inputs: Mapping[str, str] = field(factory=dict)

    @property
    def folder(self) -> Path:
        """The folder of the campaign file, against which its paths are resolved."""
        return self.path.parent

    @property
    def now(self) -> datetime:
        """The moment of the run as local time without a zone, comparable with what cells hold."""
        return self.as_of.astimezone(LOCAL).replace(tzinfo=None)

    def in_window(self, when: Period) -> bool:
        """Say whether a date may lie within the window, whatever part of it is meant."""
        first = datetime(self.window[0].year, self.window[0].month, self.window[0].day)  # noqa: DTZ001
        last = datetime(self.window[1].year, self.window[1].month, self.window[1].day)  # noqa: DTZ001
        return when.end > first and when.start < last + timedelta(days=1)

    def covers(self, year: int) -> bool:
        """Say whether the ledgers cover the year."""
        return self.ledger_years[0] <= year <= self.ledger_years[1]

    def trusted(self, field: str) -> tuple[str, ...]:
        """Rank the roles by whose word on a field is held right: the file's own order, then that of the definition."""
        given, usual = self.precedence.get(field, ()), self.definition.precedence.get(field, ())
        return tuple(dict.fromkeys((*given, *usual, *ALL_ROLES)))

    def area(self, code: str) -> Area | None:
        """Give the area of a unit by its code, where the area file has it."""
        return next((area for area in self.areas if area.code == code), None)


@frozen
class Asked:
    """What must be known before a campaign file can be read: its definition, and what may bring one."""

    definition: str
    plugins: PluginChoice
    files: tuple[Path, ...]


def asked_of(path: Path) -> Asked:
    """Look into a campaign file for the definition that it names, and for the plugins that it uses.

    :raises CampaignError: it cannot be read, or one of these is wrong
    """
    raw = _read(path)
    files = Table(path.name, "rules", raw.get("rules", {})).words("plugins")
    return Asked(
        definition=Table(path.name, "campaign", raw.get("campaign")).take("definition", str, BUILTIN),
        plugins=_plugins(path.name, raw.get("plugins", {})),
        files=tuple(path.parent / file for file in files),
    )


def load_campaign(
    path: str | Path, *, as_of: datetime | None = None, definitions: Mapping[str, Definition] | None = None
) -> Campaign:
    """Read a campaign file and check its shape.

    :param as_of: instead of the file's own moment, or of now
    :param definitions: by name, what the file may choose from; the package's own where nothing is given
    :raises CampaignError: it cannot be read, or a key or value of it is wrong
    """
    path = Path(path)
    raw = _read(path)
    check_keys(path.name, raw, _TOP)
    if raw.get("schema") != 1:
        raise CampaignError(f"{path.name}: schema must be 1", zh=f"{path.name}：schema 应为 1")
    table = Table(path.name, "campaign", raw.get("campaign"), KEYS["campaign"])
    moment: datetime = table.take("as_of", datetime, datetime.now(LOCAL))
    definition = _definition(table, definitions or {BUILTIN: load_definition()})
    limits = limits_from(path.name, raw.get("limits", {}))
    campaign = Campaign(
        path=path,
        name=table.take("name", str),
        county_code=table.take("county_code", str),
        planned_households=table.take("planned_households", int),
        window=table.pair("window", date),
        rectify_by=table.take("rectify_by", date),
        policy_year=table.take("policy_year", int),
        ledger_years=table.pair("ledger_years", int),
        as_of=as_of or (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)),
        language=table.one_of("language", ("zh", "en"), "zh"),
        areas=_areas(path, table),
        definition=definition,
        sources=tuple(evolve(source_of(path, s, definition), limits=limits) for s in raw.get("sources", [])),
        rules=_rules(path.name, raw.get("rules", {}), definition),
        plugins=_plugins(path.name, raw.get("plugins", {})),
        limits=limits,
        precedence=_precedence(path.name, raw.get("precedence", {})),
        **_workspace(path.name, raw.get("workspace", {})),
        linkage=_linkage(path.name, raw.get("linkage", {})),
        links=tuple(_link(path.name, t) for t in raw.get("links", [])),
        waivers=tuple(_waiver(path.name, t) for t in raw.get("waivers", [])),
    )
    return evolve(_checked(campaign), inputs=_digests(path, (table.maybe("area", str), *campaign.rules.plugins)))


def _definition(table: Table, known: Mapping[str, Definition]) -> Definition:
    name = table.take("definition", str, BUILTIN)
    if name not in known:
        problem = f"{name!r} is not known; there are {', '.join(known)}{nearest(name, known)}"
        raise table.wrong("definition", problem, f"“{name}”不存在，现有 {'、'.join(known)}{nearest_zh(name, known)}")
    return known[name]


def _digests(path: Path, names: Iterable[str | None]) -> dict[str, str]:
    """Digest the campaign file and those of its other files that are there; what is missing is said by who needs it."""
    files = {path.name: path, **{name: path.parent / name for name in names if name}}
    return {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items() if file.is_file()}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CampaignError(f"{path}: there is no such campaign file", zh=f"{path}：没有这个文件") from error
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{path}: it cannot be read as UTF-8 text ({type(error).__name__})"
        raise CampaignError(problem, zh=f"{path}：无法读取，应为 UTF-8 编码的文本") from error
    except tomllib.TOMLDecodeError as error:
        raise CampaignError(f"{path}: it is not valid TOML: {error}", zh=f"{path}：不符合 TOML 格式") from error


def _workspace(file: str, raw: Any) -> dict[str, Any]:
    """Take where the workspace is: a file, or the variable that holds a URL, which itself never stands in the file."""
    table = Table(file, "workspace", raw, (*KEYS["workspace"], "url"))
    path, url_env = table.maybe("path", str), table.maybe("url_env", str)
    for key in ("url", "path", "url_env"):
        if (key == "url" and "url" in raw) or "://" in raw.get(key, ""):
            problem = "is a URL, which may hold a password: name the variable that holds it as url_env"
            raise table.wrong(key, problem, "是数据库地址，可能含密码：请把地址放在环境变量里，并用 url_env 写明变量名")
    if path and url_env:
        raise table.wrong("url_env", "stands beside a path: name one of them", "与 path 只能写一个")
    return {"workspace": path or "workspace.sqlite", "workspace_url_env": url_env}


def _areas(path: Path, table: Table) -> tuple[Area, ...]:
    file, datum = table.maybe("area", str), table.one_of("area_datum", ("wgs84", "gcj02", "bd09"), "wgs84")
    return read_areas(path.parent / file, datum) if file else ()


def _precedence(file: str, raw: Any) -> Mapping[str, tuple[str, ...]]:
    table = Table(file, "precedence", raw)
    known = {name for role in ROLES for name in fields_of(role)}
    for name in raw:
        if name not in known:
            raise table.wrong(name, f"is no field{nearest(name, known)}", f"不是字段{nearest_zh(name, known)}")
    return {name: table.words(name, ALL_ROLES) for name in raw}


def _rules(file: str, raw: Any, definition: Definition) -> RuleChoice:
    table = Table(file, "rules", raw)
    lists = {key: table.words(key) for key in RESERVED if key != "local"}
    local = tuple(local_rule(file, one, definition) for one in table.maybe("local", list) or [])
    settings = {key: value for key, value in raw.items() if key not in RESERVED}
    for topic, given in settings.items():
        if not isinstance(given, dict):
            problem = f"is not known here{nearest(topic, RESERVED)}"
            raise table.wrong(topic, problem, f"不认识{nearest_zh(topic, RESERVED)}")
    return RuleChoice(**{**lists, "select": lists["select"] or ("*",)}, settings=settings, local=local)


def _plugins(file: str, raw: Any) -> PluginChoice:
    table = Table(file, "plugins", raw, KEYS["plugins"])
    use = table.words("use") if "use" in raw else ("*",)
    seconds = table.take("seconds", int, 10)
    if seconds < 1:
        raise table.wrong("seconds", "must be 1 or more", "应至少为 1")
    return PluginChoice(use, table.words("block"), float(seconds))


def _linkage(file: str, raw: Any) -> LinkOptions:
    table = Table(file, "linkage", raw, KEYS["linkage"])
    renderings = table.maybe("renderings", list) or []
    for group in renderings:
        if not isinstance(group, list) or len(group) < 2 or not all(isinstance(form, str) and form for form in group):
            problem = f"must be lists of two or more written forms of one name part, not {as_typed(group)}"
            raise table.wrong("renderings", problem, "应为若干列表，每个列出同一名字成分的两种以上写法")
    former = table.maybe("former_villages", dict) or {}
    for name in former.values():
        if not isinstance(name, str) or not name:
            problem = f"must say what a village is called now, not {as_typed(name)}"
            raise table.wrong("former_villages", problem, "应写明旧村名现在叫什么")
    return LinkOptions(
        certain_without_number=table.take("certain_without_number", bool, False),
        renderings=tuple(map(tuple, renderings)),
        former_villages=former,
    )


def _link(file: str, raw: Any) -> Link:
    table = Table(file, "links", raw, KEYS["links"])
    found = Link(
        source=table.take("source", str),
        household_id=table.take("household_id", str),
        file_no=table.maybe("file_no", str),
        sheet=table.maybe("sheet", str),
        row=table.maybe("row", int),
    )
    if found.file_no is None and found.row is None:
        problem = f"{file}: [[links]] names neither a file_no nor a row"
        raise CampaignError(problem, zh=f"{file}：[[links]] 应写 file_no 或 row")
    return found


def _waiver(file: str, raw: Any) -> Waiver:
    table = Table(file, "waivers", raw, KEYS["waivers"])
    waiver = Waiver(
        code=table.take("code", str),
        reason=table.take("reason", str),
        approved_by=table.take("approved_by", str),
        expires=table.take("expires", date),
        household_id=table.maybe("household_id", str),
        area_code=table.maybe("area_code", str),
    )
    if waiver.household_id is None and waiver.area_code is None:
        problem = f"{file}: [[waivers]] of {waiver.code!r} names neither a household_id nor an area_code"
        raise CampaignError(problem, zh=f"{file}：[[waivers]]（{waiver.code}）应写 household_id 或 area_code")
    return waiver


def _checked(campaign: Campaign) -> Campaign:
    """Refuse figures that cannot be, a campaign without a roster, and a file that would be counted twice."""
    file, sources = campaign.path.name, campaign.sources
    if campaign.planned_households < 1:
        problem = f"{file}: [campaign] 'planned_households' must be 1 or more"
        raise CampaignError(problem, zh=f"{file}：[campaign] 的“planned_households”应至少为 1")
    if not re.fullmatch(r"[0-9]{6}", campaign.county_code):
        problem = f"{file}: [campaign] 'county_code' must be the six digits of GB/T 2260, such as \"632525\""
        raise CampaignError(problem, zh=f'{file}：[campaign] 的“county_code”应为六位区划代码，如 "632525"')
    if not any(source.role == "roster" for source in sources):
        problem = f'{file}: no [[sources]] has role = "roster": nothing can be judged'
        raise CampaignError(problem, zh=f'{file}：没有 role = "roster" 的 [[sources]]，无法判定任何一户')
    for number, source in enumerate(sources):
        if any(_same_rows(source, other) for other in sources[:number]):
            problem = (
                f"{file}: [[sources]] {source.name!r} stands there twice as {source.role!r}: each row would count twice"
            )
            raise CampaignError(problem, zh=f"{file}：[[sources]] 中“{source.name}”（{source.role}）重复，每行会算两次")
    return campaign


def _same_rows(one: Source, other: Source) -> bool:
    """Say whether two sources would read the same rows for the same purpose."""
    same_sheet = None in (one.sheet, other.sheet) or one.sheet == other.sheet
    is_file = "url" not in one.options and "url_env" not in one.options
    return is_file and (one.role, one.path.resolve()) == (other.role, other.path.resolve()) and same_sheet
