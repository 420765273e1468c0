"""保障安全: the family lives safely in a house that is not its own (四(一)2③).

The plan names four methods: collective public rental, the courtyard for the elderly, a rented idle farmhouse, and
living with relatives or friends. Which of them it is must be on record, and a lease must still run.
"""

from functools import partial

from attrs import field, frozen

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.converters import clean
from housing_guarantee.definition import ACCOMMODATED
from housing_guarantee.documents import either, refuse_unknown
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.rule import ERROR, UNPROVEN, WARNING, Breach, Fix, Proof, Topic, Words, rule

accommodated = partial(rule, clause="M3", guarantee=ACCOMMODATED, requirement="method")


def _known(instance: object, attribute: object, value: tuple[str, ...] | None) -> None:
    refuse_unknown(value or ())


@frozen
class Settings:
    """What shows in the archive that a household is housed."""

    proofs: tuple[str, ...] | None = field(default=None, validator=_known)
    """Papers that the archive must hold; a stroke stands between papers of which one is enough. What is not set is as
    the campaign's definition has it, which is our own reading."""


@accommodated(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("保障安全，但没有填写保障措施", "recorded as accommodated, without a method"),
    fix=Fix(
        "补录保障措施：集体公租房、幸福大院、租赁闲置农房或投亲靠友", "enter which of the four methods it is", "village"
    ),
)
def method_missing(casefile: CaseFile) -> Breach | None:
    """A household recorded as accommodated has no method."""
    record = casefile.record
    if record.method is not None or clean(record.origin.raw.get("guarantee_detail")):
        return None
    return Breach(record.at("guarantee_detail"))


@accommodated(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words("保障措施录入为“{typed}”，不是四种之一", "“{typed}” is not one of the four methods"),
    fix=Fix("按实际改为四种措施之一；都不是的，重新确定保障方式", "enter one of the four, or another type", "village"),
)
def method_unknown(casefile: CaseFile) -> Breach | Proof | None:
    """The method is not one of the four."""
    record = casefile.record
    cells = record.at("guarantee_detail")
    if record.method is not None:
        return Proof(cells)
    typed = clean(record.origin.raw.get("guarantee_detail"))
    return Breach(cells, {"typed": typed}) if typed else None


@accommodated(
    severity=WARNING,
    effect=UNPROVEN,
    needs=("archive",),
    absence_of=("archive",),
    message=Words("档案中没有{document}", "the archive holds no {document}"),
    fix=Fix(
        "补齐租赁合同、分配手续或接纳人的协议", "file the lease, the allocation or the host's agreement", "township"
    ),
)
def proof_missing(casefile: CaseFile, settings: Settings) -> list[Breach]:
    """An archive holds no lease, allocation or host's agreement.

    An archive that holds nothing at all is said by the topic `archive`, and so is a paper that is named and not there.
    """
    papers = casefile.archive
    if all(paper.problem == "empty-folder" for paper in papers):
        return []
    asked = casefile.guarantee_type.proofs if settings.proofs is None and casefile.guarantee_type else settings.proofs
    named = frozenset[str]().union(*(paper.kinds for paper in papers))
    return [
        Breach(papers[0].cells[:1] + casefile.record.at("guarantee_detail"), {"document": document}, slot=document)
        for document in asked or ()
        if not named & set(either(document))
    ]


@accommodated(
    severity=ERROR,
    effect=UNPROVEN,
    message=Words(
        "租期至{date}，在{other_date}核验之前已到期", "the lease ended {date}, before the visit {other_date}"
    ),
    fix=Fix("续租或另行安排住处，更新租期后重新核验", "renew the lease or house the family elsewhere", "village"),
)
def lease_expired(casefile: CaseFile) -> Breach | None:
    """The lease ended before the verification."""
    until, verified_on = casefile.record.lease_until, casefile.record.verified_on
    if until is None or verified_on is None or not verified_on.after(until):
        return None
    cells = casefile.record.at("lease_until", "verified_on")
    return Breach(cells, {"date": until, "other_date": verified_on})


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("accommodated", (method_missing, method_unknown, proof_missing, lease_expired), Settings)]
