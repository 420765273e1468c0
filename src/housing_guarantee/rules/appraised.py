"""鉴定安全: the house was appraised or assessed as grade A or B (四(一)2①).

The plan lets a household count as appraised safe when its housing policy was carried out before 2016, or none
ever was, and its house is of grade A or B; and it asks that the grade agrees with what is recorded of it.
"""

from functools import partial

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.definition import APPRAISED
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Appraisal, RosterRow, Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

appraised = partial(rule, guarantee=APPRAISED)
graded = partial(appraised, clause="M1", requirement="grade")
listed = partial(appraised, clause="M1a", requirement="appraisal")


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
    fix=Fix(
        "核实等级；确为C、D级或无房的，改造或另行保障后重新核验",
        "check the grade; where it is right, house the family safely and verify again",
        "county",
    ),
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
        "录入等级为{grade}，鉴定名册（没有的看户名册）为{listed_grade}",
        "recorded with grade {grade}; the appraisal list (or else the roster) says {listed_grade}",
    ),
    fix=Fix("对照鉴定报告，改正录入错误的一方", "correct whichever differs from the appraisal report", "township"),
)
def grade_differs(casefile: CaseFile, campaign: Campaign) -> Breach | Proof | None:
    """The appraisal list, or where it is silent the roster, says another grade than the record.

    Only the list can prove the grade; of several appraisals the latest counts. A record's grade that is no safe one is
    a finding already, whatever the list says.
    """
    record = casefile.record
    graded_rows = _latest([row for row in _listed(casefile) if row.grade])
    if record.grade is None:
        return None
    if agreeing := next((row for row in graded_rows if row.grade == record.grade), None):
        return Proof(record.at("grade") + agreeing.at("grade"))
    row = next(iter(graded_rows), None) or _roster_row(casefile)
    if row.grade in (None, record.grade) or record.grade not in campaign.definition.grades.safe:
        return None
    return Breach(record.at("grade") + row.at("grade"), {"grade": record.grade, "listed_grade": row.grade})


@listed(
    severity=ERROR,
    effect=UNPROVEN,
    needs=("appraisals",),
    absence_of=("appraisals",),
    message=Words(
        "鉴定名册中没有能确认为该户的记录（本村同名待确认的有{count}条）",
        "the appraisal list holds no row that is certainly the household's ({count} may be, by name)",
    ),
    fix=Fix(
        "核对鉴定名册，补列该户或补填其身份证号；没有鉴定的组织鉴定",
        "add the household or its number to the list; have the house appraised if it never was",
        "township",
    ),
)
def not_on_appraisal_list(casefile: CaseFile) -> Breach | None:
    """An appraisal list was given and does not hold the household."""
    unreadable = any(row.origin.table.role == "appraisals" for row in casefile.bad_rows)
    if unreadable or _listed(casefile):
        return None
    maybe = [match.record for match in casefile.appraisal_candidates]
    cells = [cell for row in maybe for cell in row.at("head_name")]
    return Breach((*casefile.record.at("grade"), *cells), {"count": len(maybe)})


@appraised(
    clause="M1",
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "{year}年享受过住房政策，应为改造安全，却录入为鉴定安全",
        "housing policy was carried out in {year}, so it is renovated safe, not appraised safe",
    ),
    fix=Fix(
        "核实政策年度；无误的改为改造安全并补录项目", "check the year; if right, record it as renovated", "village"
    ),
)
def belongs_to_renovated(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A household recorded as appraised safe had its housing policy in the policy year or later."""
    year = casefile.record.policy_year
    if year is None or year.year < campaign.policy_year:
        return None
    return Breach(casefile.record.at("policy_year", "guarantee_type"), {"year": year.year})


@appraised(
    clause="M1",
    severity=WARNING,
    message=Words(
        "鉴定日期{date}晚于{other_date}（核验或核查之时）", "appraised on {date}, which is after {other_date}"
    ),
    fix=Fix("核实鉴定日期和核验日期，改正写错的一个", "correct whichever date is wrong", "village"),
)
def dated_after_verification(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The appraisal is dated after the verification, or in the future."""
    record = casefile.record
    rows: list[Verification | Appraisal] = [record, *_latest(_listed(casefile))]
    for row in rows:
        date = row.appraised_on
        if date and record.verified_on and date.after(record.verified_on):
            cells = row.at("appraised_on") + record.at("verified_on")
            return Breach(cells, {"date": date, "other_date": record.verified_on})
        if date and date.start > campaign.now:
            return Breach(row.at("appraised_on"), {"date": date, "other_date": f"{campaign.now:%Y-%m-%d}"})
    return None


def _listed(casefile: CaseFile) -> list[Appraisal]:
    """Give the household's rows of the list, or the one of its name and village where the list has no numbers."""
    certain = [match.record for match in casefile.appraisals]
    named = [
        match.record
        for match in casefile.appraisal_candidates
        if len(match.household_ids) == 1
        and {"name", "village"} <= set(match.reasons)
        and not any(map(match.record.has, ("id_number", "household_id")))
    ]
    return certain or (named if len(named) == 1 else [])


def _latest(rows: list[Appraisal]) -> list[Appraisal]:
    """Leave out each appraisal that another one is certainly later than."""
    dates = [row.appraised_on for row in rows if row.appraised_on]
    return [row for row in rows if not any(row.appraised_on and d.after(row.appraised_on) for d in dates)]


def _roster_row(casefile: CaseFile) -> RosterRow:
    """Give the roster's row that says the grade, or any."""
    rows = casefile.household.rows
    return next((row for row in rows if row.grade), rows[0])


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [
        Topic(
            "appraised",
            (
                grade_missing,
                grade_unsafe,
                grade_differs,
                not_on_appraisal_list,
                belongs_to_renovated,
                dated_after_verification,
            ),
        )
    ]
