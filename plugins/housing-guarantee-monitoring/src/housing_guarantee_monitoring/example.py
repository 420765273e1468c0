"""A small county under monitoring, with planted faults: what the rules must find, all of it and nothing else.

Every name and number is generated. A clean household stands on the list of the department that certifies its group,
was visited in both rounds, and is safe in one of the three ways.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from attrs import define, field

__all__ = ["FAULTS", "write_example"]

Row = dict[str, str]

_COUNTY = "999901"  # a code that GB/T 2260 gives to nobody
_PLACES = (
    ("东河镇", "上河村", "100201"),
    ("东河镇", "下河村", "100202"),
    ("南坡乡", "柳树村", "200201"),
    ("南坡乡", "石桥村", "200202"),
)
_PARTS = ("扎西", "才让", "卓玛", "多杰", "索南", "央金", "达哇", "尼玛", "仁青", "格日", "华旦", "措毛")
_GROUPS = (
    ("农村低保户", "民政局"),
    ("脱贫不稳定户", "乡村振兴局"),
    ("特困人员", "民政局"),
    ("低保边缘户", "民政局"),
    ("边缘易致贫户", "乡村振兴局"),
    ("其他脱贫户", "乡村振兴局"),
)
_ROUNDS = (("2023", "2023-09-1"), ("2024", "2024-05-1"))
_CAMPAIGN = """\
schema = 1

[campaign]
name = "示例县住房安全动态监测（2024年轮次）"
county_code = "{county}"
definition = "monitoring"
planned_households = {households}
window = [2024-05-10, 2024-05-20]
rectify_by = 2024-09-30
policy_year = 2016
ledger_years = [2021, 2025]
as_of = 2024-06-01T09:00:00+08:00

[[sources]]
role = "roster"
adapter = "excel"
path = "名单-民政局.csv"
listed_by = "民政局"

[[sources]]
role = "roster"
adapter = "excel"
path = "名单-乡村振兴局.csv"
listed_by = "乡村振兴局"

[[sources]]
role = "verifications"
adapter = "excel"
path = "排查-2023.csv"

[[sources]]
role = "verifications"
adapter = "excel"
path = "排查-2024.csv"

[[sources]]
role = "appraisals"
adapter = "excel"
path = "鉴定名册.csv"

[rules.monitoring]
round = "2024"
"""


@define
class _Home:
    """One household's rows: on the lists of departments, of each round, in the appraisal list."""

    number: str
    lists: dict[str, list[Row]]
    rounds: dict[str, list[Row]]
    appraisal: Row | None = field(default=None)

    def now(self) -> Row:
        """Give its row of the present round."""
        return self.rounds["2024"][0]


Plant = Callable[[_Home], None]


def _unknown_group(home: _Home) -> None:
    for row in home.lists["民政局"]:
        row["对象类别"] = "一般户"


def _wrong_department(home: _Home) -> None:
    home.lists = {"民政局": [], "乡村振兴局": home.lists["民政局"]}


def _listed_twice(home: _Home) -> None:
    home.lists["民政局"] *= 2


def _left_out_of_round(home: _Home) -> None:
    home.rounds["2024"] = []


def _never_visited(home: _Home) -> None:
    home.rounds = {"2023": [], "2024": []}


def _twice_in_round(home: _Home) -> None:
    home.rounds["2024"].insert(0, {**home.now(), "鉴定等级": "B级", "排查日期": "2024-05-10"})


def _worse(home: _Home) -> None:
    home.now()["鉴定等级"] = "B级"
    if home.appraisal:
        home.appraisal["鉴定等级"] = "B级"


def _dropped(home: _Home) -> None:
    home.rounds["2023"][0] |= {"存在问题": "屋面漏雨", "整改状态": "未整改"}


def _past_due(home: _Home) -> None:
    home.now().update({"存在问题": "墙体开裂", "整改状态": "未整改", "整改时限": "2024-05-25"})


def _unanswered(home: _Home) -> None:
    home.now()["是否具备抗震能力"] = ""


def _not_ready(home: _Home) -> None:
    home.now()["是否具备抗震能力"] = "否"


def _unsafe(home: _Home) -> None:
    for rows in home.rounds.values():
        rows[0]["鉴定等级"] = "C级"
    if home.appraisal:
        home.appraisal["鉴定等级"] = "C级"


FAULTS: Mapping[str, tuple[Plant, frozenset[str]]] = {
    "unknown group": (_unknown_group, frozenset({"monitoring.group-unknown"})),
    "wrong department": (_wrong_department, frozenset({"monitoring.wrong-department"})),
    "listed twice": (_listed_twice, frozenset({"monitoring.listed-twice"})),
    "left out of the round": (_left_out_of_round, frozenset({"monitoring.not-in-round"})),
    "never visited": (_never_visited, frozenset({"roster.household-not-verified"})),
    "twice in the round": (_twice_in_round, frozenset({"monitoring.twice-in-round"})),
    "worse without a reason": (_worse, frozenset({"monitoring.worse-without-reason"})),
    "problem dropped": (_dropped, frozenset({"monitoring.problem-dropped"})),
    "past its date": (_past_due, frozenset({"monitoring.past-due", "safety.problem-open", "safety.hazard-denied"})),
    "readiness not said": (_unanswered, frozenset({"monitoring.readiness-missing"})),
    "not ready": (_not_ready, frozenset({"monitoring.not-ready"})),
    "unsafe grade": (_unsafe, frozenset({"appraised.grade-unsafe"})),
}
"""Name → what it does to a household appraised safe on the list of 民政局, and the codes that must be found of it."""


def write_example(folder: Path, *, households: int = 48, seed: int = 2024) -> Mapping[str, frozenset[str]]:
    """Write the county's files and campaign, and give the codes that must be found, by household.

    :param households: how many; at least 36, so that every fault has a household of its own
    """
    if households < 3 * len(FAULTS):
        raise ValueError(f"a county needs at least {3 * len(FAULTS)} households, so that every fault has its own")
    random = Random(seed)  # noqa: S311 - a seeded county is meant to be predictable
    homes = [_home(at, random) for at in range(households)]
    expected: dict[str, frozenset[str]] = {}
    for home, (plant, codes) in zip(homes[::3], FAULTS.values(), strict=False):  # every third is appraised safe
        plant(home)
        expected[home.number] = codes
    folder.mkdir(parents=True, exist_ok=True)
    for department in ("民政局", "乡村振兴局"):
        _write(folder / f"名单-{department}.csv", (row for home in homes for row in home.lists[department]))
    for name, _ in _ROUNDS:
        _write(folder / f"排查-{name}.csv", (row for home in homes for row in home.rounds[name]))
    _write(folder / "鉴定名册.csv", (home.appraisal for home in homes if home.appraisal))
    text = _CAMPAIGN.format(county=_COUNTY, households=households)
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    return expected


def _home(at: int, random: Random) -> _Home:
    township, village, code = _PLACES[at % len(_PLACES)]
    number = f"{20000000001 + at}"
    group, department = ("农村低保户", "民政局") if at % 3 == 0 else _GROUPS[at % len(_GROUPS)]
    who = {"户编号": number, "户主姓名": "".join(random.sample(_PARTS, 2)), "户主证件号码": _id_number(random)}
    place = {"乡镇": township, "村": village, "行政区划代码": f"{_COUNTY}{code}"}
    size = str(random.randint(1, 6))
    lists: dict[str, list[Row]] = {"民政局": [], "乡村振兴局": []}
    lists[department].append({**who, **place, "家庭人口": size, "对象类别": group})
    rounds = {name: [_visit(at, name, day, {**who, **place, "家庭人口": size})] for name, day in _ROUNDS}
    appraisal = {**who, **place, "鉴定等级": "A级", "鉴定日期": "2023-08-20"} if at % 3 == 0 else None
    return _Home(number, lists, rounds, appraisal)


def _visit(at: int, name: str, day: str, who: Row) -> Row:
    route = (
        {"保障方式": "鉴定安全", "鉴定等级": "A级"},
        {"保障方式": "改造安全", "改造项目": "农村危房改造", "改造年度": "2022"},
        {"保障方式": "保障安全", "保障措施": "租赁闲置农房", "租赁到期": "2026-12-31"},
    )[at % 3]
    answers = dict.fromkeys(("住房是否安全", "是否现住房", "是否入户", "是否具备抗震能力"), "是")
    blank = dict.fromkeys(
        ("鉴定等级", "改造项目", "改造年度", "保障措施", "租赁到期", "存在问题", "整改状态", "整改时限"), ""
    )
    visit = {"轮次": name, "排查日期": f"{day}{at % 9}", "核验人身份": "村干部", "设防烈度": "7"}
    return {**who, **blank, **route, **answers, "是否变危返危": "否", **visit}


def _id_number(random: Random) -> str:
    """Make a number of GB 11643-1999 whose area is nobody's."""
    body = f"{_COUNTY}19{random.randint(50, 99)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    body += f"{random.randint(1, 999):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def _write(path: Path, rows: Iterable[Row]) -> None:
    found: Sequence[Row] = list(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
