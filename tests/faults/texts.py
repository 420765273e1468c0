"""Changed texts: delimited files as systems export them, the campaign file, the map of its areas."""

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from random import Random

from housing_guarantee import campaign, geo
from housing_guarantee.adapters import delimited
from housing_guarantee.adapters.grid import Sheet
from housing_guarantee.adapters.workbook import read_sheets
from housing_guarantee.errors import CampaignError, SourceError
from housing_guarantee.models import Position
from tests.faults.bytewise import CHANGES, changed, with_words
from tests.faults.targets import Target, replace_in

__all__ = ["AREAS", "CAMPAIGNS", "DELIMITED"]

_LINES = [
    "户编号,户主姓名,身份证号码,村,备注",
    *(f'10000{n:06},户主{n},="99252519700101{n:04}",巴塘村,"第{n}户，\n有""注""；䶮"' for n in range(12)),
]
_TEXT = "\r\n".join(_LINES)

# ----------------------------------------------------------------------------------------------------------- delimited


def exports() -> list[bytes]:
    """Write a delimited file in every encoding and with every delimiter."""
    tabs = _TEXT.replace(",", "\t")
    return [
        _TEXT.encode(),
        _TEXT.encode("utf-8-sig"),
        _TEXT.encode("gb18030"),
        tabs.encode("utf-16"),
        tabs.replace("\r\n", "\n").encode("gb18030"),
        _TEXT.replace(",", ";").encode(),
    ]


_NASTY_TEXT = with_words(
    [
        b'"',
        b'""',
        b"\0",
        b"\r",
        b"\n",
        b",",
        b"\t",
        b"=",
        "䶮".encode(),
        "户主".encode("gb18030"),
        b"\xff\xfe",
        b"\x81",
        b"x" * 140_000,
    ]
)


def change_text(data: bytes, random: Random) -> bytes:
    """Change a delimited file."""
    return changed(data, random, (*CHANGES, _NASTY_TEXT))


def read_text(data: bytes) -> bool:
    """Read a delimited file; what became a workbook by chance is no part of this."""
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        return False
    try:
        sheets: list[Sheet] = read_sheets(data, "changed.csv")
    except SourceError:
        return False
    return bool(sheets)


def unguard_text() -> None:
    """Let the errors of decoding through."""
    replace_in(delimited, _strictly=lambda data, encoding, name: data.decode(encoding))


DELIMITED = Target("delimited", exports, change_text, read_text, unguard_text, seconds=5)


# ------------------------------------------------------------------------------------------------------------ campaign

_CAMPAIGN = """
schema = 1
[campaign]
name = "贵南县住房安全有保障核验"
county_code = "632525"
planned_households = 2193
window = [2020-06-10, 2020-06-13]
rectify_by = 2020-06-30
policy_year = 2016
ledger_years = [2016, 2018]
as_of = 2020-06-13T20:00:00+08:00
language = "zh"
[[sources]]
role = "roster"
adapter = "excel"
path = "roster.xlsx"
sheet = "名册"
columns = { household_id = "户编号" }
[[sources]]
role = "verifications"
adapter = "app_export"
path = "verifications.xlsx"
values = { is_safe = { "0" = true, "1" = false } }
[[sources]]
role = "provincial"
adapter = "provincial"
url_env = "PROVINCIAL_DATABASE_URL"
tables = { household_archive = "T_NHDA" }
[rules]
select = ["*"]
ignore = ["photo-forensics.blurred"]
mandatory = ["appraised.grade-unsafe"]
[rules.photo-gps]
outside_county_km = 5.0
[[rules.local]]
code = "local.area-too-small"
when = "household_size > 0 and dwelling_area / household_size < 9"
message = "人均{dwelling_area}平方米"
message_en = "too small"
fix = "核实"
clause = "M0"
severity = "warning"
[precedence]
grade = ["appraisals", "verifications", "roster"]
[workspace]
path = "workspace.sqlite"
[[links]]
source = "ledger.xls"
file_no = "2017-0031"
household_id = "10000123456"
[[waivers]]
code = "photo-gps.position-absent"
household_id = "10000123456"
reason = "无信号，乡镇已现场复核"
approved_by = "县住建局"
expires = 2020-06-30
[plugins]
use = ["*"]
seconds = 10
"""
_VALUES = (
    b"1", b"-1", b"1.5", b"nan", b"inf", b"true", b'""', b'"\\u0000"', b'"x"', b"[]", b"{}", b"[[]]", b"[1, 'x']",
    b"{ a = 1 }", b"2020-02-30", b"0001-01-01", b"9999-12-31", b"2020-06-13T20:00:00", b"12:00:00",
    b"0x7fffffffffffffff", b"9" * 5000,
    b"[" * 4000, b'"' + b"x" * 70_000 + b'"', b"['a', 'b', 'c']", b"[true, false]", b"[{}]", b"'://'",
)  # fmt: skip

_TABLES = (
    b"campaign",
    b"sources",
    b"rules",
    b"rules.photo-gps",
    b"rules.local",
    b"precedence",
    b"workspace",
    b"links",
    b"waivers",
    b"plugins",
    b"linkage",
)


def campaigns() -> list[bytes]:
    """Write a campaign file."""
    return [_CAMPAIGN.encode()]


def change_campaign(data: bytes, random: Random) -> bytes:
    """Change a campaign file: another kind of value, a key or a table elsewhere; or its bytes."""
    if random.random() < 0.2:
        return changed(data, random)
    if random.random() < 0.2:  # a value where a table was
        sections = data.split(b"\n[")
        name = random.choice(_TABLES)
        kept = [section for section in sections if name not in section.partition(b"\n")[0]]
        kept[0] += b"\n" + name + b" = " + random.choice(_VALUES)
        return b"\n[".join(kept)
    lines = data.split(b"\n")
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(lines))
        key, equals, _ = lines[at].partition(b" = ")
        match random.randrange(4):
            case 0 | 1 if equals:
                lines[at] = key + equals + random.choice(_VALUES)
            case 2:
                lines.insert(random.randrange(len(lines)), lines.pop(at))
            case _:
                lines[at : at + 1] = random.choice(
                    ([], [lines[at]] * 2, [lines[at].replace(b"[[", b"[").replace(b"]]", b"]")])
                )
    return b"\n".join(lines)


_PLACE = Path(tempfile.gettempdir())


def _file(name: str, data: bytes) -> Path:
    """Put the bytes into a file of this process's own."""
    path = _PLACE / f"hg-fault-{os.getpid()}-{name}"
    path.write_bytes(data)
    return path


def read_campaign(data: bytes) -> bool:
    """Read a campaign file, also as far as is needed before its plugins are known."""
    path = _file("campaign.toml", data)
    try:
        campaign.asked_of(path)
        campaign.load_campaign(path)
    except CampaignError:
        return False
    finally:
        path.unlink()
    return True


def unguard_campaign() -> None:
    """Let the errors of TOML through."""
    replace_in(campaign, _read=lambda path: tomllib.loads(path.read_text(encoding="utf-8")))


CAMPAIGNS = Target("campaigns", campaigns, change_campaign, read_campaign, unguard_campaign, seconds=5)


# --------------------------------------------------------------------------------------------------------------- areas


def areas() -> list[bytes]:
    """Write a map of a county of two parts with a hole, and of a village."""
    ring = [[100.0, 35.0], [101.0, 35.0], [101.0, 36.0], [100.0, 36.0], [100.0, 35.0]]
    hole = [[100.2, 35.2], [100.4, 35.2], [100.4, 35.4], [100.2, 35.2]]
    feature = {"type": "Feature", "properties": {"code": "632525", "name": "贵南县"}}
    county = {**feature, "geometry": {"type": "MultiPolygon", "coordinates": [[ring, hole], [ring]]}}
    village = {
        **feature,
        "properties": {"code": "632525100201", "name": "巴塘村"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    both = {"type": "FeatureCollection", "features": [county, village]}
    return [json.dumps(one, ensure_ascii=False).encode() for one in (both, village)]


_VALUE = re.compile(rb'[0-9.]+|"[^"]*"|\[[0-9., ]+\]')
_JSON_VALUES = (
    [b"NaN", b"Infinity", b"-1e999", b"1e400", b"null", b"true", b"{}", b"[]", b'"', b"[" * 9000, b"9" * 5000,
     b'"\\ud800"', b"[[", b"]]",
     b"0", b"91", b"181", b'"Polygon"', b'"code":', b'{"type":"Feature"}', b",", b":",
     b"35.5", b"100.25", b"[100.2, 35.2]", b"[100.2, 35.2, 3000]"]
)  # fmt: skip
_NASTY_JSON = with_words(_JSON_VALUES)


def change_areas(data: bytes, random: Random) -> bytes:
    """Change a map: put nasty values in place of its own, or change its bytes."""
    if random.random() < 0.3:
        return changed(data, random, (*CHANGES, _NASTY_JSON))
    for _ in range(random.choice((1, 1, 2))):
        value = random.choice(list(_VALUE.finditer(data)))
        data = data[: value.start()] + random.choice(_JSON_VALUES) + data[value.end() :]
    return data


def read_map(data: bytes) -> bool:
    """Read a map, and ask of one position whether it lies within."""
    path = _file("area.geojson", data)
    try:
        found = geo.read_areas(path, "gcj02")
    except CampaignError:
        return False
    finally:
        path.unlink()
    for area in found:
        area.distance_km(Position(35.3, 100.3))
    return True


def unguard_map() -> None:
    """Take every point for sound."""
    replace_in(geo, _point=lambda pair, datum: (pair[0], pair[1]))


AREAS = Target("areas", areas, change_areas, read_map, unguard_map, seconds=5)
