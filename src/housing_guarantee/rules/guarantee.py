"""保障方式: what the three types share, whichever a household claims (四(一)2, 四(二)).

Every household is verified on the spot as exactly one of 鉴定安全, 改造安全 and 保障安全, for the dwelling in which it
lives now (现住房), by somebody who entered it; whether the type has changed is one of the things to be recorded.
"""

from functools import partial

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import clean
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

claimed = partial(rule, clause="M0", requirement="verified")


@claimed(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("没有填写保障方式", "no guarantee type"),
    fix=Fix(
        "补录保障方式：鉴定安全、改造安全或保障安全",
        "enter the type: 鉴定安全 (appraised), 改造安全 (renovated) or 保障安全 (accommodated)",
        "village",
    ),
)
def type_missing(casefile: CaseFile) -> Breach | Proof | None:
    """A record has no guarantee type."""
    cells = casefile.record.at("guarantee_type")
    if casefile.record.guarantee_type:
        return Proof(cells)
    return None if clean(cells[0].value) else Breach(cells)


@claimed(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words(
        "保障方式填写为“{typed}”，不能确定是三种方式中的哪一种",
        "the guarantee type is “{typed}”, which is none or more than one of the three",
    ),
    fix=Fix(
        "改为鉴定安全、改造安全、保障安全三者之一",
        "make it one of 鉴定安全 (appraised), 改造安全 (renovated) and 保障安全 (accommodated)",
        "village",
    ),
)
def type_ambiguous(casefile: CaseFile) -> Breach | None:
    """The word typed as guarantee type means none or more than one of the three."""
    cells = casefile.record.at("guarantee_type")
    typed = clean(cells[0].value)
    return Breach(cells, {"typed": typed}) if typed and casefile.record.guarantee_type is None else None


@rule(
    clause="S2",
    severity=WARNING,
    message=Words("保障方式有变化：{reason}", "the guarantee type has changed: {reason}"),
    fix=Fix("核实变化原因，并更新一户一档", "check why it changed and bring the archive up to date", "township"),
)
def type_changed(casefile: CaseFile) -> Breach | None:
    """The record says that the type has changed, or denies it while the provincial system has another type."""
    record = casefile.record
    if record.type_changed:
        return Breach(record.at("type_changed"), {"reason": "said-changed"})
    if record.type_changed is None or record.guarantee_type is None:
        return None
    earlier = (match.record for match in casefile.provincial if match.record.guarantee_type)
    other = next((row for row in earlier if row.guarantee_type != record.guarantee_type), None)
    if other is None:
        return None
    cells = record.at("type_changed", "guarantee_type") + other.at("guarantee_type")
    return Breach(cells, {"reason": "change-denied", "earlier_type": other.guarantee_type})


@claimed(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("核验的不是现住房", "the house verified is not the current dwelling"),
    fix=Fix("到该户现住房重新核验", "verify again at the house in which the household lives now", "village"),
)
def not_current_dwelling(casefile: CaseFile) -> Breach | None:
    """The house verified is not the one in which the household lives now."""
    record = casefile.record
    return Breach(record.at("is_current_dwelling")) if record.is_current_dwelling is False else None


@claimed(
    clause="V0",
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("记录称没有入户", "the record says that nobody entered the house"),
    fix=Fix("入户实地核验后重新录入", "enter the home, see for yourself and record again", "village"),
)
def not_visited(casefile: CaseFile) -> Breach | None:
    """The record says that nobody entered the house."""
    return Breach(casefile.record.at("visited")) if casefile.record.visited is False else None


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("guarantee", (type_missing, type_ambiguous, type_changed, not_current_dwelling, not_visited))]
