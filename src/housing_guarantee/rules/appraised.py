"""鉴定安全: the house was appraised or assessed as grade A or B (四(一)2①).

The plan lets a household count as appraised safe when its housing policy was carried out before 2016, or none ever
was, and its house is of grade A or B; and it asks that the grade agrees with what is recorded of the household.
"""

from functools import partial

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Cell
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

appraised = partial(rule, guarantee="鉴定安全")
graded = partial(appraised, clause="M1", requirement="grade")
listed = partial(appraised, clause="M1a", requirement="appraisal", needs=("appraisals",))


@graded(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("鉴定安全，但没有鉴定等级", "recorded as appraised safe, without a grade"),
    fix=Fix("补录鉴定（评定）等级；没有鉴定的，请乡镇组织鉴定", "enter the grade; have the house appraised", "village"),
)
def grade_missing(casefile: CaseFile) -> Breach | None:
    """A house recorded as appraised safe has no grade."""
    return Breach(casefile.record.at("grade")) if casefile.record.grade is None else None


@graded(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("鉴定安全，但等级为{grade}，不是A级或B级", "recorded as appraised safe, with grade {grade}"),
    fix=Fix("核实等级；确为C、D级或无房的，改造或另行保障后重新核验", "check the grade; house the family safely", "county"),
)
def grade_unsafe(casefile: CaseFile, campaign: Campaign) -> Breach | Proof | None:
    """A house recorded as appraised safe is of grade C or D, or there is no house."""
    record = casefile.record
    if record.grade is None:
        return None
    if record.grade in campaign.definition.grades.safe:
        return Proof(record.at("grade"))
    return Breach(record.at("grade"), {"grade": record.grade})


@listed(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "录入等级{grade}，鉴定名册（或建档立卡名册）为{listed_grade}",
        "recorded with grade {grade}; the appraisal list (or the roster) says {listed_grade}",
    ),
    fix=Fix("对照鉴定报告，改正录入错误的一方", "correct whichever differs from the appraisal report", "township"),
)
def grade_differs(casefile: CaseFile) -> Breach | Proof | None:
    """The appraisal list says another grade than the record."""
    record = casefile.record
    grades = [(match.record.grade, match.record.at("grade")) for match in casefile.appraisals if match.record.grade]
    if record.grade is None or not grades:
        return None
    grade, cells = next(((g, c) for g, c in grades if g != record.grade), grades[-1])
    if grade == record.grade:
        return Proof(cells)
    return Breach(record.at("grade") + cells, {"grade": record.grade, "listed_grade": grade})


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("appraised", (grade_missing, grade_unsafe, grade_differs))]
