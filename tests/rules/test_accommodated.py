"""What is asked of a household recorded as accommodated."""

import pytest

from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import accommodated as rules
from housing_guarantee.testing import accommodated, ask, casefile


def test_no_method() -> None:
    """A blank detail names no method."""
    subject = casefile(accommodated(guarantee_detail=" "))
    assert ask(rules.method_missing, subject) == Breach(subject.record.at("guarantee_detail"))
    assert ask(rules.method_unknown, subject) is None


def test_a_method_that_is_none_of_the_four() -> None:
    """What was typed is said; it is not missing as well."""
    subject = casefile(accommodated(guarantee_detail="敬老院集中供养"))
    cells = subject.record.at("guarantee_detail")
    assert ask(rules.method_unknown, subject) == Breach(cells, {"typed": "敬老院集中供养"})
    assert ask(rules.method_missing, subject) is None


@pytest.mark.parametrize("typed", ["集体公租房", "互助幸福院", "租赁闲置农房", "借住亲戚家"])
def test_one_of_the_four_methods_is_the_proof(typed: str) -> None:
    """Each method proves itself in whatever accepted words."""
    subject = casefile(accommodated(guarantee_detail=typed))
    assert ask(rules.method_unknown, subject) == Proof(subject.record.at("guarantee_detail"))
    assert ask(rules.method_missing, subject) is None


def test_a_lease_that_ended_before_the_visit() -> None:
    """The day before the visit is too early."""
    subject = casefile(accommodated(lease_until="2020-06-10"))
    record = subject.record
    cells, values = (
        record.at("lease_until", "verified_on"),
        {
            "date": record.lease_until,
            "other_date": record.verified_on,
        },
    )
    assert ask(rules.lease_expired, subject) == Breach(cells, values)


@pytest.mark.parametrize("until", ["2020-06-11", "2020年6月", "2020", None])
def test_a_lease_that_may_still_run(until: str | None) -> None:
    """The day of the visit, or a month or year that holds it, is not certainly over."""
    assert ask(rules.lease_expired, casefile(accommodated(lease_until=until))) is None


def test_an_archive_without_a_lease_an_allocation_or_an_agreement() -> None:
    """It is said at the archive and at the method."""
    subject = casefile(accommodated(), files={"身份证.pdf": 1})
    document = "租赁合同/分配证明/接纳协议"
    cells = subject.archive[0].cells + subject.record.at("guarantee_detail")
    breach = Breach(cells, {"document": document}, slot=document)
    assert ask(rules.proof_missing, subject, rules.Settings()) == [breach]


@pytest.mark.parametrize("name", ["租房协议.pdf", "公租房分配通知.jpg", "投亲靠友证明/1.jpg"])
def test_any_of_the_three_is_enough(name: str) -> None:
    """By the name of the file, or of its folder."""
    subject = casefile(accommodated(), files={name: 1})
    assert ask(rules.proof_missing, subject, rules.Settings()) == []


@pytest.mark.parametrize("files", [{"": None}, {"租赁合同.pdf": 0}, None])
def test_what_the_topic_of_archives_says_is_not_said_again(files: dict[str, int | None] | None) -> None:
    """No archive, an empty one, and a lease that is named and not there."""
    subject = casefile(accommodated(), files=files, roles=["archive"])
    assert ask(rules.proof_missing, subject, rules.Settings()) == []


def test_a_county_may_ask_for_more() -> None:
    """Each requirement by itself."""
    settings = rules.Settings(proofs=("租赁合同", "接纳协议"))
    found = ask(rules.proof_missing, casefile(accommodated(), files={"租赁合同.pdf": 1}), settings)
    assert [breach.values for breach in found] == [{"document": "接纳协议"}]


def test_a_lease_without_a_visit() -> None:
    """Without a day of verification nothing can have ended before it."""
    assert ask(rules.lease_expired, casefile(accommodated(lease_until="2019", verified_on=None))) is None
