"""What is asked of a household's archive."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.errors import CampaignError
from housing_guarantee.findings import State, Verdict
from housing_guarantee.models import BadRow
from housing_guarantee.plugins import equip, settings_for
from housing_guarantee.rule import Breach, Proof
from housing_guarantee.rules import archive as rules
from housing_guarantee.runner import check
from housing_guarantee.testing import accommodated, ask, campaign, casefile, id_number, indexed, renovated

SETTINGS = rules.Settings()
COMPLETE = {"身份证.pdf": 9, "鉴定表.pdf": 9}


def missing_papers(subject: CaseFile, settings: rules.Settings = SETTINGS) -> list[tuple[object, object, str]]:
    """Give document, reason and slot of each paper that is not there."""
    answers = ask(rules.document_missing, subject, settings)
    return [(one.values["document"], one.values["reason"], one.slot) for one in answers if isinstance(one, Breach)]


# ------------------------------------------------------------------------------------------------ is there one


def test_a_household_without_an_archive() -> None:
    """It is said at the household's row of the roster, and nothing else is said of the archive."""
    subject = casefile(roles=["archive"])
    assert ask(rules.missing, subject) == Breach(subject.household.rows[0].at("household_id"))
    assert ask(rules.document_missing, subject, SETTINGS) == []
    assert ask(rules.field_differs, subject) == []


def test_a_folder_an_index_row_or_a_row_that_could_not_be_read_is_an_archive() -> None:
    """An empty folder is an archive that lacks its papers; an unreadable row is said where it stands."""
    row = indexed()
    bad = BadRow(row.origin, "grade", {}, row.household_id, row.place)
    for subject in (casefile(files={"": None}), casefile(archive_rows=[row]), casefile(bad_rows=[bad])):
        assert ask(rules.missing, subject) is None


# ------------------------------------------------------------------------------------------------ what it must hold


def test_the_papers_held_are_the_proof() -> None:
    """A complete archive proves itself, file by file."""
    subject = casefile(files=COMPLETE)
    assert ask(rules.document_missing, subject, SETTINGS) == [
        Proof(tuple(cell for paper in subject.archive for cell in paper.cells))
    ]
    assert [cell.source for cell in ask(rules.document_missing, subject, SETTINGS)[0].cells] == [
        "档案/10000000001/身份证.pdf",
        "档案/10000000001/鉴定表.pdf",
    ]


def test_each_type_asks_for_its_own_papers() -> None:
    """An appraisal for one, acceptance or a relocation's papers for the other, the identity for all."""
    files = {"户口簿.jpg": 9}
    assert missing_papers(casefile(files=files)) == [("鉴定表", "not-in-archive", "鉴定表")]
    either = "竣工验收表/搬迁协议/入住证明"
    assert missing_papers(casefile(renovated(), files=files)) == [(either, "not-in-archive", either)]
    assert missing_papers(casefile(renovated(), files={**files, "易地搬迁协议书.pdf": 1})) == []
    assert missing_papers(casefile(accommodated(), files=files)) == []
    assert missing_papers(casefile({"guarantee_type": "不清楚"}, files={"a.pdf": 1})) == []


def test_what_lacks_is_said_at_the_archive_and_at_the_type_that_asks_for_it() -> None:
    """The first place to open is the archive."""
    subject = casefile(files={"身份证.pdf": 9})
    (breach,) = ask(rules.document_missing, subject, SETTINGS)
    assert breach.cells == subject.archive[0].cells + subject.record.at("guarantee_type")


def test_an_empty_paper_is_not_there() -> None:
    """It is said at the file, with the reason."""
    subject = casefile(files={"身份证.pdf": 9, "鉴定表.pdf": 0})
    assert missing_papers(subject) == [("鉴定表", "empty-file", "鉴定表")]
    assert ask(rules.document_missing, subject, SETTINGS)[0].cells == subject.archive[1].cells


def test_an_empty_folder_is_one_finding() -> None:
    """One cause: not one finding for every paper that the type asks for."""
    assert missing_papers(casefile(files={"": None})) == [(("身份证明", "鉴定表"), "empty-folder", "")]


def test_a_paper_that_the_index_names_without_a_file() -> None:
    """A blank in the column of files, and a file that no folder holds; where no folder was given nobody can look."""
    rows = [
        indexed(row=3, document="身份证复印件", file="身份证.pdf"),
        indexed(row=4, document="鉴定报告", file=""),
    ]
    assert missing_papers(casefile(archive_rows=rows, files={"别的.pdf": 1})) == [
        ("身份证明", "file-not-found", "身份证明"),
        ("鉴定表", "file-not-named", "鉴定表"),
    ]
    assert missing_papers(casefile(archive_rows=rows)) == [("鉴定表", "file-not-named", "鉴定表")]


def test_an_index_without_a_column_of_files_is_believed() -> None:
    """A row of it stands for the paper."""
    rows = [indexed(document="户口簿"), indexed(row=4, document="房屋安全鉴定报告")]
    assert missing_papers(casefile(archive_rows=rows)) == []


def test_a_paper_that_nobody_asks_for_is_missing_where_it_is_named() -> None:
    """The archive is not what its index says; its name may be a person's, so it enters no key."""
    rows = [indexed(row=3, document="审批表", file=""), indexed(row=4, document="才让的信", file="")]
    answers = ask(rules.document_missing, casefile(archive_rows=rows, files=COMPLETE), SETTINGS)
    assert [(one.values, one.slot, one.hidden) for one in answers] == [
        ({"document": "审批表", "reason": "file-not-named"}, "审批表", ""),
        ({"document": "才让的信", "reason": "file-not-named"}, "", "才让的信"),
    ]


def test_an_empty_copy_of_a_paper_that_is_there_is_nothing() -> None:
    """The paper is not missing."""
    assert missing_papers(casefile(files={**COMPLETE, "鉴定表(2).pdf": 0})) == []


def test_a_county_sets_its_own_papers() -> None:
    """In its own list; what no word recognises could never be met, and is refused by name."""
    settings = rules.Settings(appraised=("申请书", "审批表/鉴定表"))
    assert missing_papers(casefile(files=COMPLETE), settings) == [("申请书", "not-in-archive", "申请书")]
    with pytest.raises(ValueError, match="'鉴定表格式' is no document"):
        rules.Settings(appraised=("鉴定表格式",))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"appraised": ["鉴定书"]}, "'鉴定书' is no document"),
        ({"appraised": "鉴定表"}, "'appraised' must be a list, not '鉴定表'"),
        ({"appraised": [1]}, "'appraised' must be a list, not [1]"),
        ({"apraised": []}, "'apraised' is no setting; did you mean 'appraised'?"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, Any], words: str) -> None:
    """In the campaign file, before anything is judged."""
    plain = campaign(path=Path("campaign.toml"))
    wrong = evolve(plain, rules=evolve(plain.rules, settings={"archive": given}))
    with pytest.raises(CampaignError) as refused:
        settings_for(equip(), wrong)
    assert "[rules.archive]" in str(refused.value)
    assert words in str(refused.value)


# ------------------------------------------------------------------------------------------------ what it says


def test_an_index_that_says_otherwise() -> None:
    """Both values, both places, and which the campaign holds right."""
    row = indexed(guarantee_type="保障安全")
    subject = casefile(archive_rows=[row])
    values = {
        "field": "guarantee_type",
        "archive_value": "保障安全",
        "role": "verifications",
        "other_value": "鉴定安全",
        "right": "verifications",
    }
    cells = row.at("guarantee_type") + subject.record.at("guarantee_type")
    assert ask(rules.field_differs, subject) == [Breach(cells, values, slot="guarantee_type")]


def test_the_campaign_may_hold_the_archive_right() -> None:
    """By its precedence."""
    subject = casefile(archive_rows=[indexed(guarantee_type="保障安全")])
    trusting = campaign(precedence={"guarantee_type": ("archive",)})
    (breach,) = ask(rules.field_differs, subject, campaign=trusting)
    assert breach.values["right"] == "archive"


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({}, {"grade": "A"}),
        ({}, {"grade": None, "guarantee_type": ""}),
        ({}, {"id_number": id_number()[:6] + "********" + id_number()[14:]}),
        ({}, {"id_number": None}),
        (renovated(), {"policy_year": "2017年6月", "programme": "危改"}),
        (renovated(grade="A"), {"grade": "D级"}),
        (accommodated(), {"guarantee_detail": "借住"}),
    ],
)
def test_what_agrees_or_says_nothing(record: dict[str, Any], fields: dict[str, Any]) -> None:
    """Another form of the same, a blank, and the grade of before the works."""
    assert ask(rules.field_differs, casefile(record, archive_rows=[indexed(**fields)])) == []


@pytest.mark.parametrize(
    ("record", "fields", "name"),
    [
        ({}, {"grade": "C级"}, "grade"),
        ({}, {"id_number": id_number(8)}, "id_number"),
        (renovated(), {"policy_year": "2016年"}, "policy_year"),
        (renovated(), {"programme": "易地搬迁"}, "programme"),
        (accommodated(), {"guarantee_detail": "公租房"}, "guarantee_detail"),
    ],
)
def test_each_field_is_compared(record: dict[str, Any], fields: dict[str, Any], name: str) -> None:
    """Once, however many rows of the index repeat it."""
    rows = [indexed(row=at, **fields) for at in (3, 4)]
    answers = ask(rules.field_differs, casefile(record, archive_rows=rows))
    assert [(one.slot, one.cells[0].row) for one in answers] == [(name, 3)]


def test_an_index_that_agrees_with_the_appraisal_list_is_not_at_fault() -> None:
    """That record and list differ is said already: one cause, one finding."""
    subject = casefile({"grade": "C"}, appraisals=[{}], archive_rows=[indexed(grade="A")])
    assert ask(rules.field_differs, subject) == []


# ------------------------------------------------------------------------------------------------ the verdict


def test_the_requirement_is_met_unmet_or_not_applicable() -> None:
    """R2 is part of the chain wherever archives were given."""

    def state(subject: CaseFile) -> tuple[State, Verdict]:
        (household,) = check([subject], campaign()).households
        return next(one.state for one in household.requirements if one.requirement.name == "archive"), household.verdict

    assert state(casefile(files=COMPLETE))[0] is State.MET
    assert state(casefile(files={"身份证.pdf": 1})) == (State.UNMET, Verdict.UNPROVEN)
    assert state(casefile(roles=["archive"])) == (State.UNMET, Verdict.UNPROVEN)
    assert state(casefile(archive_rows=[indexed(guarantee_type="保障安全")]))[1] is Verdict.CONTRADICTED
    assert state(casefile())[0] is State.NOT_APPLICABLE
    assert state(casefile(roles=["archive"], broken=["archive"]))[0] is State.COULD_NOT_CHECK
