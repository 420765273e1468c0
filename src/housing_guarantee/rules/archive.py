"""一户一档: a household's archive is there, complete for its type, and says what the record says (四(二)末段).

Township leads check every village's records and photos against the households' archives. Which papers an archive must
hold the plan does not list; the defaults are our own reading, and a county sets its own.
"""

from collections.abc import Iterator
from functools import partial

from attrs import field, frozen

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import CaseFile, Paper
from housing_guarantee.documents import either, refuse_unknown
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.linkage.identity import Agreement, compare_numbers
from housing_guarantee.models import Cell, IdNumber
from housing_guarantee.rule import CONTRADICTED, ERROR, UNPROVEN, Breach, Fix, Proof, Topic, Words, rule
from housing_guarantee.testimony import COMPARED, Said, contradicting, said

filed = partial(rule, clause="R2", requirement="archive", severity=ERROR, needs=("archive",))


def _known(instance: object, attribute: object, value: tuple[str, ...] | None) -> None:
    refuse_unknown(value or ())


@frozen
class Settings:
    """Which papers an archive must hold; a stroke stands between papers of which one is enough.

    What is not set is as the campaign's definition has it, which is our own reading of R2.
    """

    appraised: tuple[str, ...] | None = field(default=None, validator=_known)
    """Papers that 鉴定安全 asks for."""

    renovated: tuple[str, ...] | None = field(default=None, validator=_known)
    """Papers that 改造安全 asks for."""

    accommodated: tuple[str, ...] | None = field(default=None, validator=_known)
    """Papers that 保障安全 asks for beside its proof (accommodated.proof-missing)."""

    def required(self, casefile: CaseFile) -> tuple[str, ...]:
        """Give the papers that a household's type asks for; without a type nobody can say."""
        guarantee_type, kind = casefile.guarantee_type, casefile.kind
        own: tuple[str, ...] | None = getattr(self, kind) if kind else None
        return guarantee_type.documents if own is None and guarantee_type else own or ()


@filed(
    effect=UNPROVEN,
    recorded=False,
    absence_of=("archive",),
    message=Words("没有一户一档", "no archive of the household"),
    fix=Fix("按一户一档要求建档；已建档的核对户编号", "make the archive, or correct the number it bears", "township"),
)
def missing(casefile: CaseFile) -> Breach | None:
    """Archives were given, and the household has none."""
    if casefile.archive or casefile.archive_rows or casefile.has_bad_row("archive"):
        return None
    return Breach(casefile.household.rows[0].at("household_id"))


@filed(
    effect=UNPROVEN,
    absence_of=("archive",),
    message=Words("档案缺“{document}”：{reason}", "the archive lacks {document}: {reason}"),
    fix=Fix("补齐该材料并归档", "complete the paper and file it", "township"),
)
def document_missing(casefile: CaseFile, settings: Settings) -> list[Breach | Proof]:
    """A paper that the guarantee type asks for, or that the archive's own index names, is not there."""
    papers = casefile.archive
    if not papers and not casefile.archive_rows:
        return []
    required = settings.required(casefile)
    if [paper.problem for paper in papers] == ["empty-folder"]:
        return [Breach(papers[0].cells, {"document": required, "reason": "empty-folder"})]
    breaches = [*_lacking(casefile, required), *_not_there(casefile, required)]
    held = [paper for paper in papers if not paper.problem]
    return [*breaches] or [Proof(tuple(cell for paper in held for cell in paper.cells))]


def _held(casefile: CaseFile) -> frozenset[str]:
    return frozenset[str]().union(*(paper.kinds for paper in casefile.archive if not paper.problem))


def _lacking(casefile: CaseFile, required: tuple[str, ...]) -> Iterator[Breach]:
    """Accuse each paper that the type asks for and that is not held, where the index names it, or in general."""
    for document in required:
        kinds = frozenset(either(document))
        if kinds & _held(casefile):
            continue
        named = next((paper for paper in casefile.archive if paper.kinds & kinds), None)
        values = {"document": document, "reason": named.problem if named else "not-in-archive"}
        yield Breach(named.cells if named else _at_archive(casefile), values, slot=document)


def _not_there(casefile: CaseFile, required: tuple[str, ...]) -> Iterator[Breach]:
    """Accuse each paper that is named and not there, unless it is held otherwise or accused already."""
    accused = frozenset(kind for document in required for kind in either(document))
    for paper in casefile.archive:
        if paper.problem and not paper.kinds & (accused | _held(casefile)):
            yield _named_only(paper)


def _named_only(paper: Paper) -> Breach:
    kinds = "/".join(sorted(paper.kinds))
    values = {"document": kinds or paper.name, "reason": paper.problem}
    return Breach(paper.cells, values, slot=kinds, hidden="" if kinds else paper.name)


def _at_archive(casefile: CaseFile) -> tuple[Cell, ...]:
    """Point at the archive's first paper or row, and at the type that asks for what is not beside it."""
    rows = [paper.cells for paper in casefile.archive] + [row.at("household_id") for row in casefile.archive_rows]
    return rows[0][:1] + casefile.record.at("guarantee_type")


@filed(
    effect=CONTRADICTED,
    message=Words(
        "档案的{field}为“{archive_value}”，{role}为“{other_value}”，以{right}为准",
        "{field} in the archive is “{archive_value}”; the {role} says “{other_value}”; {right} is held right",
    ),
    fix=Fix("对照原件，改正不为准的一方", "compare the papers; correct the one not held right", "township"),
)
def field_differs(casefile: CaseFile, campaign: Campaign) -> list[Breach]:
    """The archive's index says what no other source does, be it of who the household is or of its house."""
    breaches: dict[str, Breach] = {}
    for row in casefile.archive_rows:
        for name in filter(row.has, COMPARED):
            own, order = Said.by(row, name), campaign.trusted(name)
            other = contradicting(own, said(casefile, name), order) if own.value is not None else None
            if other is not None and _is_certain(own, other):
                breaches.setdefault(name, _difference(own, other, name, min(own.role, other.role, key=order.index)))
    return list(breaches.values())


def _is_certain(own: Said, other: Said) -> bool:
    """Say whether they certainly differ: a number that cannot be read is said at the topic `intake`."""
    is_number = isinstance(own.value, IdNumber)
    return not is_number or compare_numbers(own.value, other.value) is Agreement.DIFFERENT


def _difference(own: Said, other: Said, name: str, right: str) -> Breach:
    values = {
        "field": name,
        "archive_value": own.cells[0].value,
        "role": other.role,
        "other_value": other.value,
        "right": right,
    }
    return Breach(own.cells + other.cells, values, slot=name)


@hookimpl
def register_rules() -> list[Topic]:
    """Bring the topic."""
    return [Topic("archive", (missing, document_missing, field_differs), Settings)]
