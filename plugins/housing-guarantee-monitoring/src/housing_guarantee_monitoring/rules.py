"""住房安全动态监测: what the monitoring after 2020 asks beside the rules of the library.

A household belongs to one of six groups, each certified by a department; it is visited again in every round, what one
round found is followed to its end in the next, and the house must stand an earthquake. Clauses are those of this
plugin's README.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise

from attrs import evolve, frozen

from housing_guarantee import Breach, Fix, Proof, Topic, Words
from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import WordList
from housing_guarantee.definition import TargetGroup
from housing_guarantee.models import RosterRow, Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, rule

NAME = "monitoring"

listed = partial(rule, clause="E2", requirement="eligible", recorded=False, severity=ERROR, effect=UNPROVEN)


@frozen
class Settings:
    """Which round is under way, and where a house must stand an earthquake."""

    round: str = ""
    """The round under way, as the records write it (``2024-2``); where none is set, any round will do."""

    intensity: float = 7.0
    """Seismic intensity (设防烈度) from which a house must stand an earthquake; our own reading of the notices."""


# ------------------------------------------------------------------------------------------------ who is entitled


@listed(
    message=Words("名单上写的是“{typed}”，不是六类重点对象", "the lists say “{typed}”, none of the six groups"),
    fix=Fix("由主管部门认定并写明对象类别", "have the department in charge say which group it is", "county"),
)
def group_unknown(casefile: CaseFile) -> Breach | None:
    """No list says to which of the six target groups a household belongs."""
    rows = casefile.household.rows
    if any(_group(row, casefile) for row in rows):
        return None
    return Breach(rows[0].at("poverty_type"), {"typed": rows[0].poverty_type})


@listed(
    message=Words(
        "“{target_group}”由{found}认定，应由{expected}认定", "{target_group} is certified by {found}, not by {expected}"
    ),
    fix=Fix("由主管部门核实认定", "have the department in charge certify it", "county"),
)
def wrong_department(casefile: CaseFile) -> Breach | Proof | None:
    """No group of a household is certified by a department that may certify it."""
    known = [(row, group) for row in casefile.household.rows if (group := _group(row, casefile))]
    proof = next((row for row, group in known if _certifies(row, group)), None)
    if proof is not None:
        return Proof(proof.at("poverty_type", "listed_by"))
    if not known:
        return None
    row, group = known[0]
    values = {"target_group": group.name, "found": row.extra.get("listed_by"), "expected": group.certified_by}
    return Breach(row.at("listed_by", "poverty_type"), values)


@listed(
    severity=WARNING,
    effect=None,
    requirement=None,
    message=Words("同一部门的名单上出现两次：{found}", "twice on the list of one department: {found}"),
    fix=Fix("删去名单中重复的行", "delete the repeated row", "county"),
)
def listed_twice(casefile: CaseFile) -> list[Breach]:
    """A household stands on the list of one department more than once."""
    first: dict[str | None, RosterRow] = {}
    breaches = []
    for row in casefile.household.rows:
        department = row.extra.get("listed_by")
        if row.member_name is None and department in first:
            cells = row.at("household_id") + first[department].at("household_id")
            breaches.append(Breach(cells, {"found": department}, slot=str(department)))
        first.setdefault(department, row)
    return breaches


def _group(row: RosterRow, casefile: CaseFile) -> TargetGroup | None:
    groups = casefile.given.definition.target_groups
    named = _words(groups).exactly(row.poverty_type or "") or _words(groups).only(row.poverty_type or "")
    return next((group for group in groups if group.name == named), None)


@cache
def _words(groups: tuple[TargetGroup, ...]) -> WordList:
    return WordList.of({group.name: group.words for group in groups})


def _certifies(row: RosterRow, group: TargetGroup) -> bool:
    department = row.extra.get("listed_by") or ""
    return any(word in department for word in group.certified_by)


# ------------------------------------------------------------------------------------------------ rounds


@rule(
    clause="R2",
    requirement="round",
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("最近一次排查为{found}轮次，本轮为{expected}", "last visited in round {found}, not {expected}"),
    fix=Fix("本轮次入户排查并录入", "visit the household in this round and record it", "village"),
)
def not_in_round(casefile: CaseFile, settings: Settings) -> Breach | Proof:
    """A household was not visited in the round under way, or its record does not say in which."""
    record = casefile.record
    found = record.extra.get("round")
    if found and settings.round in ("", found):
        return Proof(record.at("round", "verified_on"))
    return Breach(record.at("round"), {"found": found, "expected": settings.round or None})


@rule(
    clause="R2",
    severity=ERROR,
    effect=CONTRADICTED,
    requirement="round",
    message=Words("{found}轮次有{count}条记录，{reason}", "{count} records in round {found}: {reason}"),
    fix=Fix("核实后每轮次保留一条", "keep one record a round, the right one", "village"),
)
def twice_in_round(casefile: CaseFile) -> list[Breach]:
    """A household has more than one record in a round: they disagree, or one repeats the other."""
    breaches = []
    for name, records in _by_round(casefile).items():
        if len(records) < 2:
            continue
        differ = len({_answers(record) for record in records}) > 1
        cells = tuple(cell for record in records for cell in record.at("round"))
        values = {"found": name, "count": len(records), "reason": "records-disagree" if differ else "records-agree"}
        breach = Breach(cells, values, slot=name)
        breaches.append(breach if differ else evolve(breach, severity=WARNING, effect=None))
    return breaches


@rule(
    clause="R4",
    severity=WARNING,
    message=Words(
        "等级由{earlier}变为{grade}，却没有记录问题",
        "the grade fell from {earlier} to {grade}; no problem is recorded",
    ),
    fix=Fix("核实房屋变化，记录问题并处置", "look what happened to the house, and record it", "township"),
)
def worse_without_reason(casefile: CaseFile) -> Breach | None:
    """The last round has a worse grade than the one before it, and says nothing of a problem."""
    graded = [record for record in casefile.verifications if record.grade]
    order = (*casefile.given.definition.grades.safe, *casefile.given.definition.grades.unsafe)
    for earlier, later in list(pairwise(graded))[-1:]:
        told = later.problems or later.became_dangerous
        if order.index(later.grade or "") > order.index(earlier.grade or "") and not told:
            values = {"earlier": earlier.grade, "grade": later.grade}
            return Breach(later.at("grade") + earlier.at("grade"), values)
    return None


@rule(
    sees=("problems",),  # its words say which problem
    clause="R4",
    severity=ERROR,
    effect=UNPROVEN,
    requirement="verified",
    message=Words("{found}轮次发现的问题没有结果：{problems}", "what round {found} found came to no end: {problems}"),
    fix=Fix("写明是否已解决、何时解决", "say whether it is solved, and since when", "village"),
)
def problem_dropped(casefile: CaseFile) -> Breach | None:
    """A problem of an earlier round was not solved there, and the rounds after it say nothing of it."""
    for earlier, later in list(pairwise(casefile.verifications))[-1:]:
        is_open = earlier.problems and earlier.rectify_status != "已整改"
        if is_open and not (later.problems or later.rectification or later.rectify_status):
            values = {"found": earlier.extra.get("round"), "problems": earlier.problems}
            return Breach(later.at("problems") + earlier.at("problems"), values)
    return None


@rule(
    clause="R4",
    severity=ERROR,
    effect=UNPROVEN,
    requirement="verified",
    message=Words("应于{date}前解决的问题仍未解决", "what was to be solved by {date} is still open"),
    fix=Fix("立即处置，或说明原因并重新确定时限", "solve it now, or say why and set another date", "township"),
)
def past_due(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A problem's own date for its solution is past, as of the run."""
    record = casefile.record
    due = record.extra.get("due_on")
    if due is None or not record.problems or record.rectify_status == "已整改" or due.end > campaign.now:
        return None
    return Breach(record.at("due_on", "problems", "rectify_status"), {"date": due})


def _by_round(casefile: CaseFile) -> Mapping[str, Sequence[Verification]]:
    rounds: dict[str, list[Verification]] = defaultdict(list)
    for record in casefile.verifications:
        if name := record.extra.get("round"):
            rounds[name].append(record)
    return rounds


def _answers(record: Verification) -> tuple[object, ...]:
    return record.guarantee_type, record.grade, record.is_safe


# ------------------------------------------------------------------------------------------------ earthquakes


@rule(
    clause="Q1",
    severity=WARNING,
    message=Words("没有填写是否具备抗震能力", "not said whether the house stands an earthquake"),
    fix=Fix("按鉴定表补填防灾措施鉴定结果", "enter what the appraisal says of it", "village"),
)
def readiness_missing(casefile: CaseFile) -> Breach | None:
    """A record has a column for seismic readiness, and does not answer it."""
    record = casefile.record
    if not record.has("earthquake_ready") or record.extra.get("earthquake_ready") is not None:
        return None
    return Breach(record.at("earthquake_ready"))


@rule(
    clause="Q1",
    severity=WARNING,
    message=Words(
        "设防烈度{intensity}度，房屋不具备抗震能力", "seismic intensity {intensity}, and the house is not made for it"
    ),
    fix=Fix("按意愿列入农房抗震改造", "offer the household seismic renovation", "county"),
)
def not_ready(casefile: CaseFile, settings: Settings) -> Breach | None:
    """A house that does not stand an earthquake stands where it must."""
    record = casefile.record
    intensity = record.extra.get("intensity")
    if record.extra.get("earthquake_ready") is not False or intensity is None or intensity < settings.intensity:
        return None
    return Breach(record.at("earthquake_ready", "intensity"), {"intensity": intensity})


def of_monitoring(campaign: Campaign) -> bool:
    """Say whether a campaign is one of the monitoring."""
    return bool(campaign.definition.name == NAME)


def topics() -> Iterator[Topic]:
    """Bring the rules, which are asked of campaigns of the monitoring alone."""
    rules = (
        group_unknown,
        wrong_department,
        listed_twice,
        not_in_round,
        twice_in_round,
        worse_without_reason,
        problem_dropped,
        past_due,
        readiness_missing,
        not_ready,
    )
    yield Topic(NAME, rules, Settings, applies=of_monitoring)
