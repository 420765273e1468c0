"""A county that nobody has seen is taken in from its folder of files, and found to be as it is."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from housing_guarantee.onboarding import look_at
from housing_guarantee.report import Result

from .conftest import begin, without_campaign

BY_SOURCE = {"ledger.match-uncertain", "provincial.record-missing"}
"""Codes whose findings are told apart by the file and row of a ledger, which have other names here."""


def by_household(result: Result) -> Counter[tuple[str, str | None]]:
    """Count the findings by code and household."""
    return Counter((finding.code, finding.household_id) for finding in result.outcome.findings)


def verdicts(result: Result) -> dict[str, str]:
    """Give every household's verdict."""
    return {household.household_id: household.verdict for household in result.outcome.households}


def test_a_folder_alone_gives_the_findings_of_the_county_s_own_campaign(
    county: Path, original: Result, links: str, tmp_path: Path
) -> None:
    """The file written for the demo county's folder finds what its own file finds, by key, and nothing else."""
    found = begin(without_campaign(county, tmp_path / "county"), links)

    assert Counter(f.key for f in found.outcome.findings) == Counter(f.key for f in original.outcome.findings)
    assert verdicts(found) == verdicts(original)
    assert [account.problem for account in found.survey.accounts if account.problem] == []


def test_other_headers_rows_sheets_and_files_give_the_same_findings(
    original: Result, strange: tuple[Path, Result]
) -> None:
    """Renamed, moved, and split over sheets and files, the county is found to be what it was."""
    _, found = strange

    assert by_household(found) == by_household(original)
    assert verdicts(found) == verdicts(original)
    assert [account.problem for account in found.survey.accounts if account.problem] == []
    keys = {f.key for f in original.outcome.findings} ^ {f.key for f in found.outcome.findings}
    assert {key.partition("/")[0] for key in keys} == BY_SOURCE


def test_every_row_is_read_once(original: Result, strange: tuple[Path, Result]) -> None:
    """The tables that were split are whole again: each role has as many rows as before."""

    def rows(result: Result) -> Counter[str]:
        count: Counter[str] = Counter()
        for account in result.survey.accounts:
            count[account.source.role] += account.read + account.unreadable
        return count

    assert rows(strange[1]) == rows(original)


def run_cli(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the program away from a terminal, with nobody to answer."""
    return subprocess.run(  # noqa: S603 - our own interpreter on our own program
        [sys.executable, "-m", "housing_guarantee", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def people(result: Result) -> set[str]:
    """Give every full name and number of the county's people."""
    persons = [person for casefile in result.survey.casefiles for person in casefile.household.members]
    names = {person.name for person in persons if person.name and len(person.name) > 2}
    return names | {person.id_number.text for person in persons if person.id_number}


def test_nothing_personal_stands_in_any_output(strange: tuple[Path, Result]) -> None:
    """No full name and no identity number stands in what inspect and init print or write."""
    folder, result = strange
    texts = [run_cli("inspect", folder, *more).stdout for more in ([], ["--json"])]
    (folder / "campaign.toml").unlink()
    texts += [run_cli("init", folder).stdout, (folder / "campaign.toml").read_text(encoding="utf-8")]

    assert all(texts)
    assert len(people(result)) > 1000
    assert [secret for secret in sorted(people(result)) for text in texts if secret in text] == []


def test_inspect_says_what_each_file_is(county: Path) -> None:
    """Workbooks of either kind, text in GBK, packages, photos, archives, a database and borders."""
    looks = {look.name: look for look in look_at([(county, "")])}

    assert {name: (look.form, look.encoding) for name, look in looks.items()} == {
        "app/核验导出.xlsx": ("xlsx", ""),
        "app/茫曲镇.zip": ("package", ""),
        "area.geojson": ("area", ""),
        "一户一档/塔秀乡": ("archive", ""),
        "一户一档/塔秀乡目录.xlsx": ("xlsx", ""),
        "一户一档/档案目录.csv": ("csv", "gb18030"),
        "台账/危房改造台账2016-2018.xlsx": ("xlsx", ""),
        "台账/巴塘新村搬迁台账.xls": ("xls", ""),
        "台账/易地扶贫搬迁台账.csv": ("csv", "gb18030"),
        "名册/塔秀乡名册.csv": ("csv", "gb18030"),
        "名册/建档立卡名册.xlsx": ("xlsx", ""),
        "照片": ("photos", ""),
        "省系统/provincial.sqlite": ("database", ""),
        "省系统/正面照.zip": ("photos", ""),
        "鉴定/房屋鉴定表.xlsx": ("xlsx", ""),
    }


def test_inspect_prints_how_columns_are_understood(strange: tuple[Path, Result]) -> None:
    """Each column has its field, certainty and masked samples; each role what it lacks."""
    done = run_cli("inspect", strange[0] / "名册/塔秀乡名册.csv", "--json")

    (file,) = json.loads(done.stdout)["files"]
    (sheet,) = file["sheets"]
    assert done.returncode == 0
    assert (sheet["role"], sheet["header_rows"], sheet["data_rows"]) == ("roster", [5, 5], 52)
    assert [(column["header"], column["field"], column["certainty"]) for column in sheet["columns"]] == [
        ("家庭编号", "household_id", "exact"),
        ("农户姓名", "head_name", "exact"),
        ("户主身份证", "head_id_number", "exact"),
        ("家庭人数", "household_size", "exact"),
        ("镇街", "township", "exact"),
        ("村居", "village", "exact"),
        ("户主联系电话", "phone", "partly"),
    ]
    assert all(sample.startswith("*" * 11) for sample in sheet["columns"][2]["samples"])
    lacks = {role["role"]: role["missing"] for role in sheet["roles"]}
    assert (lacks["roster"], lacks["appraisals"], lacks["archive"]) == ([], ["grade"], ["document"])
