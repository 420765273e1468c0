"""Read a campaign file: what is verified, from which files, by which rules, until when.

Anything unknown or misspelt is a `CampaignError` that names the key and the nearest known one. What a topic's or an
adapter's own options may be is known only to what is registered; `plugins.py` checks those.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from attrs import field, frozen

from housing_guarantee.definition import Definition, load_definition
from housing_guarantee.errors import CampaignError
from housing_guarantee.geo import Area, read_areas
from housing_guarantee.linkage.match import Link
from housing_guarantee.models import Period
from housing_guarantee.records import ROLES, fields_of
from housing_guarantee.source import Source

__all__ = ["LOCAL", "RESERVED", "Campaign", "RuleChoice", "Waiver", "load_campaign", "nearest"]

LOCAL = timezone(timedelta(hours=8))
"""The plan's own time, UTC+8; the zone Asia/Shanghai had summer time once, which no date here should meet."""

_ROLES = ("roster", "verifications", "ledger", "appraisals", "archive", "photos", "provincial")
_TOP = ("schema", "campaign", "sources", "rules", "precedence", "workspace", "links", "waivers")
_SOURCE = ("role", "adapter", "path", "sheet", "columns", "values", "url", "url_env", "tables", "system")
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


@frozen
class Campaign:
    """One verification campaign, as its file says.

    :param window: first and last day of verification, inclusive, local (T1)
    :param policy_year: 鉴定安全 before it, 改造安全 from it (M1, M2)
    :param ledger_years: first and last year that the ledgers cover, inclusive (M2a)
    :param as_of: the moment of the run, in UTC+8
    :param areas: the county's, townships' and villages' areas in WGS-84, where a file was given
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
    precedence: Mapping[str, tuple[str, ...]] = field(factory=dict)
    workspace: str = "workspace.sqlite"
    links: tuple[Link, ...] = ()
    waivers: tuple[Waiver, ...] = ()

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

    def area(self, code: str) -> Area | None:
        """Give the area of a unit by its code, where the area file has it."""
        return next((area for area in self.areas if area.code == code), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word is nearest, as the end of a sentence; empty where none is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def load_campaign(path: str | Path, *, as_of: datetime | None = None) -> Campaign:
    """Read a campaign file and check its shape.

    :param as_of: instead of the file's own moment, or of now
    :raises CampaignError: it cannot be read, or a key or value of it is wrong
    """
    path = Path(path)
    raw = _read(path)
    _check_keys(path.name, raw, _TOP)
    if raw.get("schema") != 1:
        raise CampaignError(f"{path.name}: schema must be 1")
    table = _Table(path.name, "campaign", raw.get("campaign"))
    moment = table.take("as_of", datetime, datetime.now(LOCAL))
    definition = load_definition()
    campaign = Campaign(
        path=path,
        name=table.take("name", str),
        county_code=table.take("county_code", str),
        planned_households=table.take("planned_households", int),
        window=table.pair("window", date),
        rectify_by=table.take("rectify_by", date),
        policy_year=table.take("policy_year", int),
        ledger_years=table.pair("ledger_years", int),
        as_of=as_of or moment,
        language=table.one_of("language", ("zh", "en"), "zh"),
        areas=_areas(path, table),
        definition=definition,
        sources=tuple(_source(path, s, definition) for s in raw.get("sources", [])),
        rules=_rules(path.name, raw.get("rules", {})),
        precedence=_precedence(path.name, raw.get("precedence", {})),
        workspace=_Table(path.name, "workspace", raw.get("workspace", {})).workspace(),
        links=tuple(_link(path.name, t) for t in raw.get("links", [])),
        waivers=tuple(_waiver(path.name, t) for t in raw.get("waivers", [])),
    )
    table.done()
    return _checked(campaign)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CampaignError(f"{path}: there is no such campaign file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CampaignError(f"{path}: it cannot be read as UTF-8 text ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise CampaignError(f"{path}: it is not valid TOML: {error}") from error


def _check_keys(file: str, table: Mapping[str, Any], known: Iterable[str], where: str = "") -> None:
    for key in table:
        if key not in known:
            raise CampaignError(f"{file}: {where}{key!r} is not a key of the campaign file{nearest(key, known)}")


class _Table:
    """One table of the file: what is taken is checked, and what is never asked for is a mistake."""

    def __init__(self, file: str, where: str, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise CampaignError(f"{file}: [{where}] must be a table")
        self._file, self._where, self._raw, self._asked = file, where, raw, list[str]()

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Take a value of this kind.

        :raises CampaignError: it is missing and has no default, or it is of another kind
        """
        self._asked.append(key)
        value = self._raw.get(key, default)
        if value is None or value == "":
            raise CampaignError(f"{self._file}: [{self._where}] {key!r} is missing")
        exact = type(value) is kind or (kind is not date and kind is not int and isinstance(value, kind))
        if not exact:
            raise self.wrong(key, f"must be a {kind.__name__}, not {value!r}")
        if kind is datetime and value.tzinfo is None:
            return value.replace(tzinfo=LOCAL)
        return value

    def maybe(self, key: str, kind: type) -> Any:
        """Take a value that may be missing."""
        self._asked.append(key)
        return self.take(key, kind) if key in self._raw else None

    def pair(self, key: str, kind: type) -> Any:
        """Take two values in order."""
        values = self.take(key, list)
        if len(values) != 2 or any(type(v) is not kind for v in values) or values[0] > values[1]:
            raise self.wrong(key, f"must be two of {kind.__name__}, the earlier first, not {values!r}")
        return tuple(values)

    def one_of(self, key: str, known: tuple[str, ...], default: str | None = None) -> str:
        """Take one of a few words."""
        value = self.take(key, str, default)
        if value not in known:
            raise self.wrong(key, f"must be one of {', '.join(known)}{nearest(value, known)}")
        return str(value)

    def words(self, key: str, known: Iterable[str] = ()) -> tuple[str, ...]:
        """Take a list of words, each of which must be known where some are."""
        words = self.maybe(key, list) or []
        for word in words:
            if not isinstance(word, str) or (known and word not in known):
                raise self.wrong(key, f"must be a list of words{nearest(str(word), known)}, not of {word!r}")
        return tuple(words)

    def workspace(self) -> str:
        """Take where the workspace is."""
        path = self.maybe("path", str)
        if self.maybe("url_env", str) is not None:
            raise self.wrong("url_env", "cannot be used yet: this version keeps its workspace in a file; name its path")
        self.done()
        return str(path or "workspace.sqlite")

    def done(self) -> None:
        """Refuse what nobody asked for.

        :raises CampaignError: naming the key and the nearest known one
        """
        for key in self._raw:
            if key not in self._asked:
                raise self.wrong(key, f"is not known here{nearest(key, self._asked)}")

    def wrong(self, key: str, why: str) -> CampaignError:
        """Make the error for a key."""
        return CampaignError(f"{self._file}: [{self._where}] {key!r} {why}")


def _areas(path: Path, table: _Table) -> tuple[Area, ...]:
    file, datum = table.maybe("area", str), table.one_of("area_datum", ("wgs84", "gcj02", "bd09"), "wgs84")
    return read_areas(path.parent / file, datum) if file else ()


def _source(path: Path, raw: Any, definition: Definition) -> Source:
    if not isinstance(raw, dict):
        raise CampaignError(f"{path.name}: sources must be tables, [[sources]]")
    table = _Table(path.name, "sources", raw)
    role = table.one_of("role", _ROLES)
    fields = fields_of(role) if role in ROLES else ()
    _check_keys(path.name, raw, (*_SOURCE, *fields), "[[sources]] ")
    name = table.maybe("path", str) or table.maybe("url_env", str) or table.maybe("url", str)
    if name is None:
        raise CampaignError(f"{path.name}: [[sources]] of role {role!r} has no path")
    return Source(
        role=role,
        adapter=table.take("adapter", str),
        name=name,
        path=path.parent / name,
        sheet=table.maybe("sheet", str),
        columns=_by_field(path.name, "columns", raw, role, str),
        values=_by_field(path.name, "values", raw, role, dict),
        constants=_constants(path.name, {k: v for k, v in raw.items() if k in fields}, definition),
        options={k: v for k, v in raw.items() if k in ("url", "url_env", "tables", "system")},
    )


def _by_field(file: str, key: str, raw: Mapping[str, Any], role: str, kind: type) -> Mapping[str, Any]:
    fields = fields_of(role) if role in ROLES else ()
    table = _Table(file, f"sources.{key}", raw.get(key, {}))
    for name in raw.get(key, {}):
        if name not in fields:
            raise table.wrong(name, f"is no field of {role}{nearest(name, fields)}")
    return {name: table.take(name, kind) for name in raw.get(key, {})}


def _precedence(file: str, raw: Any) -> Mapping[str, tuple[str, ...]]:
    table = _Table(file, "precedence", raw)
    known = {name for role in ROLES for name in fields_of(role)}
    for name in raw:
        if name not in known:
            raise table.wrong(name, f"is no field{nearest(name, known)}")
    return {name: table.words(name, _ROLES) for name in raw}


def _constants(file: str, given: Mapping[str, Any], definition: Definition) -> Mapping[str, Any]:
    programmes = [term.name for term in definition.programmes]
    programme = given.get("programme")
    if programme is not None and programme not in programmes:
        raise CampaignError(
            f"{file}: [[sources]] 'programme': {programme!r} is none of {', '.join(programmes)}"
            f"{nearest(str(programme), programmes)}"
        )
    return given


def _rules(file: str, raw: Any) -> RuleChoice:
    table = _Table(file, "rules", raw)
    if "local" in raw:
        raise table.wrong("local", "cannot be used yet: this version takes local rules as a file, under plugins")
    lists = {key: table.words(key) for key in RESERVED if key != "local"}
    settings = {key: value for key, value in raw.items() if key not in RESERVED}
    for topic, given in settings.items():
        if not isinstance(given, dict):
            raise CampaignError(f"{file}: [rules] {topic!r} is not known here{nearest(topic, RESERVED)}")
    return RuleChoice(**{**lists, "select": lists["select"] or ("*",)}, settings=settings)


def _link(file: str, raw: Any) -> Link:
    table = _Table(file, "links", raw)
    found = Link(
        source=table.take("source", str),
        household_id=table.take("household_id", str),
        file_no=table.maybe("file_no", str),
        sheet=table.maybe("sheet", str),
        row=table.maybe("row", int),
    )
    table.done()
    if found.file_no is None and found.row is None:
        raise CampaignError(f"{file}: [[links]] names neither a file_no nor a row")
    return found


def _waiver(file: str, raw: Any) -> Waiver:
    table = _Table(file, "waivers", raw)
    waiver = Waiver(
        code=table.take("code", str),
        reason=table.take("reason", str),
        approved_by=table.take("approved_by", str),
        expires=table.take("expires", date),
        household_id=table.maybe("household_id", str),
        area_code=table.maybe("area_code", str),
    )
    table.done()
    if waiver.household_id is None and waiver.area_code is None:
        raise CampaignError(f"{file}: [[waivers]] of {waiver.code!r} names neither a household_id nor an area_code")
    return waiver


def _checked(campaign: Campaign) -> Campaign:
    if not any(source.role == "roster" for source in campaign.sources):
        raise CampaignError(f'{campaign.path.name}: no [[sources]] has role = "roster": nothing can be judged')
    return campaign
