"""改造安全: since 2016 the house was renovated, or the family moved, by one of five programmes (四(一)2②).

The plan names dilapidated-house renovation, poverty-relief relocation, ecological migration, reservoir
resettlement and hazard-avoidance relocation. What was carried out before the policy year belongs to 鉴定安全, and
what is not finished yet has given nobody a safe house.
"""

from datetime import datetime
from functools import partial

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import WordList, clean
from housing_guarantee.data import read_toml
from housing_guarantee.definition import RENOVATED
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import LedgerEntry, Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, Breach, Fix, Proof, Topic, Words, rule

renovated = partial(rule, clause="M2", guarantee=RENOVATED)
recorded = partial(renovated, requirement="programme")


@recorded(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("改造安全，但没有填写改造项目", "recorded as renovated safe, without a programme"),
    fix=Fix("补录改造项目（五类之一）", "enter which of the five programmes it was", "village"),
)
def programme_missing(casefile: CaseFile) -> Breach | None:
    """A household recorded as renovated safe has no programme."""
    record = casefile.record
    if record.programme is not None or _typed(record):
        return None
    return Breach(record.at("programme" if record.has("programme") else "guarantee_detail"))


@recorded(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("改造项目录入为“{typed}”，不是五类项目之一", "“{typed}” is not one of the five programmes"),
    fix=Fix("按实际改为五类项目之一；都不是的，重新确定保障方式", "enter one of the five, or another type", "village"),
)
def programme_unknown(casefile: CaseFile) -> Breach | None:
    """The programme is not one of the five."""
    record = casefile.record
    fields = _typed(record)
    if record.programme is not None or not fields:
        return None
    return Breach(record.at(*fields), {"typed": clean(record.origin.raw[fields[0]])})


@recorded(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("改造安全，但没有填写改造年度", "recorded as renovated safe, without a year"),
    fix=Fix("按台账或档案补录改造（搬迁）年度", "enter the year from the ledger or the archive", "village"),
)
def year_missing(casefile: CaseFile) -> Breach | None:
    """A household recorded as renovated safe has no year."""
    return Breach(casefile.record.at("policy_year")) if casefile.record.policy_year is None else None


@recorded(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words(
        "改造年度为{year}，早于{expected}年，应按鉴定安全核验",
        "renovated in {year}, before {expected}: it must be appraised safe instead",
    ),
    fix=Fix("核实年度；无误的组织鉴定，改为鉴定安全", "check the year; if right, have the house appraised", "township"),
)
def before_policy_year(casefile: CaseFile, campaign: Campaign) -> Breach | Proof | None:
    """The house was renovated before the policy year."""
    record = casefile.record
    year = record.policy_year
    if year is None:
        return None
    if year.end <= datetime(campaign.policy_year, 1, 1):  # noqa: DTZ001 - cells hold local time without a zone
        return Breach(record.at("policy_year"), {"year": year, "expected": campaign.policy_year})
    if record.programme is None or year.year < campaign.policy_year:
        return None
    return Proof(record.at(*_typed(record), "policy_year"))


@renovated(
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("改造（竣工）时间为{date}，晚于{other_date}", "renovated {date}, which is after {other_date}"),
    fix=Fix(
        "核实改造时间；确未完成的，重新确定保障方式", "check the date; if not finished, enter another type", "village"
    ),
)
def after_verification(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """The renovation is dated after the verification, or in the future."""
    record = casefile.record
    dated = [(record.policy_year, record.at("policy_year"))]
    dated += [(m.record.completed_on, m.record.at("completed_on")) for m in casefile.ledger]
    for date, cells in dated:
        if date and record.verified_on and date.after(record.verified_on):
            both = cells + record.at("verified_on")
            return Breach(both, {"date": date, "other_date": record.verified_on})
        if date and date.start > campaign.now:
            return Breach(cells, {"date": date, "other_date": f"{campaign.now:%Y-%m-%d}"})
    return None


@renovated(
    severity=ERROR,
    effect=UNPROVEN,
    needs=("ledger",),
    message=Words(
        "台账没有显示已竣工、验收或入住（进度：{progress}）",
        "the ledger does not say that it is completed, accepted or moved into (progress: {progress})",
    ),
    fix=Fix("核实工程进度；已完成的补登台账，未完成的督促完成", "complete the ledger, or the house", "township"),
)
def not_completed(casefile: CaseFile) -> Breach | None:
    """The ledger says that the house is not completed, accepted or moved into; of several rows every one does."""
    entries = [match.record for match in casefile.ledger]
    if not entries or not all(_is_unfinished(entry) for entry in entries):
        return None
    entry = entries[0]
    fields = [name for name in ("progress", *_DATES) if entry.has(name)]
    return Breach(entry.at(*fields), {"progress": entry.progress})


_DATES = ("completed_on", "accepted_on", "moved_in_on")


def _is_unfinished(entry: LedgerEntry) -> bool:
    """Say whether a row denies completion: in words, or by dates that it has columns for and all are blank."""
    if entry.progress:
        return _denies(clean(entry.progress), clean(entry.origin.table.headers.get("progress")))
    asked = [name for name in _DATES if entry.has(name)]
    return bool(asked) and not any(getattr(entry, name) for name in asked)


def _denies(progress: str, header: str) -> bool:
    """Read a state of works; under a question (是否竣工) a figure is an answer and not a stage."""
    words = read_toml("words.toml")
    stages = words["not_completed"]["words"]
    if "是否" in header:
        stages = [word for word in stages if not word.isascii()] + words["yes_no"]["no"]
    denials = [word for word in stages if word.startswith("未") and len(word) > 1]
    exactly = WordList.of({True: stages}).exactly(progress)
    return exactly is not None or any(word in progress for word in denials)


def _typed(record: Verification) -> list[str]:
    """List the fields in which something is said of the programme."""
    return [name for name in ("programme", "guarantee_detail") if clean(record.origin.raw.get(name))]


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (programme_missing, programme_unknown, year_missing, before_policy_year, after_verification, not_completed)
    return [Topic("renovated", rules)]
