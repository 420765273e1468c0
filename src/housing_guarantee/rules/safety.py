"""看、记: the answers about the house, and the problems written down (四(一)1, 四(二)).

The plan asks whether the house is safe, whether the guarantee changed, and whether the house has become dangerous
or dangerous again (变危、返危); hazards seen must be written down, and every problem rectified by the end of June.
"""

import re
from functools import cache, partial

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import WordList, clean
from housing_guarantee.data import read_toml
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.models import Verification
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

QUESTIONS = ("is_safe", "type_changed", "became_dangerous")
_CLAUSE = re.compile(r"[,。;!?\s]+")  # of normalised text, in which ，；！？ are these

safety = partial(rule, requirement="verified")


@safety(
    clause="S2",
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("“{column}”没有填写", "“{column}” has no answer"),
    fix=Fix("实地核实后补填", "see for yourself and enter the answer", "village"),
)
def answer_missing(casefile: CaseFile) -> list[Breach]:
    """One of the plan's questions has no answer: safe, changed, become dangerous."""
    record = casefile.record
    headers = record.origin.table.headers
    return [Breach(record.at(name), {"column": headers.get(name, name)}, slot=name) for name in _unanswered(record)]


@safety(
    clause="S2",
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("记录为不安全或已变危、返危，却录入为{guarantee_type}", "unsafe, yet recorded as {guarantee_type}"),
    fix=Fix("核实住房状况；确不安全的，落实保障后重新核验", "check the house; house the family safely", "county"),
)
def unsafe(casefile: CaseFile) -> Breach | Proof | None:
    """The house is recorded as unsafe, or as become dangerous, and yet carries a guarantee."""
    record = casefile.record
    dangers = [
        name
        for name, danger in (("is_safe", record.is_safe is False), ("became_dangerous", record.became_dangerous))
        if danger
    ]
    if dangers:
        return Breach(record.at(*dangers, "guarantee_type"), {"guarantee_type": record.guarantee_type})
    if record.guarantee_type is None or _unanswered(record) or _is_open(record):
        return None
    shown = [name for name in ("is_safe", "became_dangerous", "problems") if record.has(name)]
    return Proof(record.at("guarantee_type", *shown))


@safety(
    clause="V2",
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("问题尚未整改：{problem}", "a problem is not rectified: {problem}"),
    fix=Fix("立行立改，补录整改情况和完成时间", "rectify it; enter what was done and when", "village"),
)
def problem_open(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A problem is recorded and not rectified."""
    record = casefile.record
    if not _is_open(record) or _is_past(campaign):
        return None
    return Breach(record.at("problems", "rectify_status"), {"problem": record.problems})


@safety(
    clause="W2",
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("问题超过{date}仍未整改：{problem}", "a problem is not rectified, though due by {date}: {problem}"),
    fix=Fix("限期整改，由乡镇督办并销号", "rectify it at once; the township follows it up", "township"),
)
def problem_overdue(casefile: CaseFile, campaign: Campaign) -> Breach | None:
    """A problem is not rectified and the last day for it is past."""
    record = casefile.record
    if not _is_open(record) or not _is_past(campaign):
        return None
    values = {"problem": record.problems, "date": campaign.rectify_by.isoformat()}
    return Breach(record.at("problems", "rectify_status"), values)


@safety(
    clause="V1",
    severity=ERROR,
    effect=CONTRADICTED,
    message=Words("记录有安全隐患未整改（{problem}），却填写为安全", "said to be safe, with a hazard open: {problem}"),
    fix=Fix("核实隐患，整改后填写整改情况，或改正安全结论", "rectify the hazard, or correct the answer", "township"),
)
def hazard_denied(casefile: CaseFile) -> Breach | None:
    """A hazard is recorded and not rectified, and the same record says that the house is safe.

    Where something is said to have been done about it, only the open problem speaks.
    """
    record = casefile.record
    if not record.is_safe or not _is_open(record) or not names_hazard(record.problems or ""):
        return None
    if record.rectification is not None and _status(record) is None:
        return None
    return Breach(record.at("is_safe", "problems"), {"problem": record.problems})


@rule(
    clause="W2",
    severity=WARNING,
    message=Words("填写为已整改，但没有整改时间和整改情况", "said to be rectified, without a date or what was done"),
    fix=Fix("补录整改时间和整改情况，上传整改后照片", "enter when and what was done, with a photo", "village"),
)
def rectified_without_proof(casefile: CaseFile) -> Breach | None:
    """A problem is said to be rectified, and neither a date nor a description shows it."""
    record = casefile.record
    told = record.rectification is not None and _status_word(record.rectification) is None
    if _status(record) != "已整改" or record.rectified_on is not None or told:
        return None
    shown = [name for name in ("rectify_status", "rectified_on", "rectification") if record.has(name)]
    return Breach(record.at(*shown))


# ------------------------------------------------------------------------------------------------ reading a record


def _unanswered(record: Verification) -> list[str]:
    """List the questions that the source has a column for and the record does not answer."""
    return [name for name in QUESTIONS if record.has(name) and getattr(record, name) is None]


def _is_open(record: Verification) -> bool:
    """Say whether a problem is recorded and nothing says that it was rectified."""
    if record.problems is None or is_denial(record.problems):
        return False
    status = _status(record)
    return status == "未整改" or (status is None and record.rectified_on is None)


def _status(record: Verification) -> str | None:
    """Give 已整改 or 未整改, of its own column or as the whole of 整改情况."""
    return record.rectify_status or _status_word(record.rectification or "")


def _status_word(text: str) -> str | None:
    word: str | None = _status_words().exactly(text)
    return word


@cache
def _status_words() -> WordList:
    return WordList.of(read_toml("words.toml")["rectify_status"])


def _is_past(campaign: Campaign) -> bool:
    return campaign.now.date() > campaign.rectify_by


# ------------------------------------------------------------------------------------------------ reading a problem


def names_hazard(text: str) -> bool:
    """Say whether a problem's text names a hazard that it does not deny (无裂缝，屋面漏雨)."""
    hazards = read_toml("hazards.toml")["hazards"]
    return any(word in _undenied(clause) for clause in _clauses(text) for word in hazards)


def is_denial(text: str) -> bool:
    """Say whether every clause of a problem's text says that there is none (无安全隐患；房屋未见裂缝)."""
    return all(_denies(clause) or _assures(clause) for clause in _clauses(text))


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(clean(text)) if clause]


def _undenied(clause: str) -> str:
    """Give what is left of a clause without what it denies."""
    return _patterns()[0].sub("", clause)


def _denies(clause: str) -> bool:
    rest = _undenied(clause)
    return rest != clause and _patterns()[1].fullmatch(rest) is not None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Build the pattern of a denial, and that of words which alone say nothing.

    A denial must stand right before what it denies: 无圈梁致墙体裂缝 denies no crack.
    """
    words = read_toml("hazards.toml")
    named, denial, filler = (
        f"(?:{'|'.join(sorted(alternatives, key=len, reverse=True))})"
        for alternatives in (words["hazards"] + words["matters"], words["denials"], words["fillers"])
    )
    denied = re.compile(f"{denial}{filler}*{named}(?:{filler}*{named})*|{named}:?{denial}$")
    return denied, re.compile(f"{filler}*")


def _assures(clause: str) -> bool:
    words = read_toml("hazards.toml")
    fine = clause.endswith(tuple(words["assurances"]))
    return fine and not any(word in clause for word in (*words["reservations"], *words["hazards"]))


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    rules = (answer_missing, unsafe, problem_open, problem_overdue, hazard_denied, rectified_without_proof)
    return [Topic("safety", rules)]
