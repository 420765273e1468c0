"""The files in which a workbook's own corrections are handed over, in its columns and order."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

import housing_guarantee as hg
from housing_guarantee.cli import _run
from housing_guarantee.errors import OutputError
from housing_guarantee.testing import id_number
from housing_guarantee.writeback.apply import Applied, apply_plan
from housing_guarantee.writeback.plan import load_plan
from tests.servers import Database

from .province import RECORDS, VARIABLE, county, fill, numbers, system_row

FIRST, SECOND, THIRD = numbers(3)
TRUSTING = 'grade = ["provincial", "verifications"]'


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county that trusts its system of the grade, which is B for two of three houses; the plan is made."""
    url = f"sqlite:///{tmp_path / 'province.sqlite'}"
    monkeypatch.setenv(VARIABLE, url)
    fill(Database("sqlite", url, url), [system_row(FIRST, 1), system_row(SECOND, 2), system_row(THIRD, 3, JDDJ="A级")])
    path = county(tmp_path, 3, precedence=TRUSTING)
    assert _run(["push", str(path)]) == 0
    return path


def applied(path: Path, level: str = "county") -> Applied:
    """Apply the plan that was saved."""
    loaded, out = hg.load_campaign(path), path.parent / "out" / "push"
    return apply_plan(load_plan(out / "plan.json", loaded), loaded, out, level=level)


def digest_of(path: Path) -> str:
    """Give the seal of the plan that was saved."""
    return load_plan(path.parent / "out/push/plan.json", hg.load_campaign(path)).digest


def cells(file: Path) -> list[tuple[Any, ...]]:
    """Read a correction file with another reader."""
    (sheet,) = openpyxl.load_workbook(file).worksheets
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def states(done: Applied) -> list[tuple[str, str | None]]:
    """Give what became of every row."""
    return [(outcome.entry.state.value, outcome.entry.reason) for outcome in done.outcomes]


def test_the_rows_that_change_stand_in_the_sources_own_columns(campaign: Path) -> None:
    """As text, with coordinates and photos; the original is as it was, and there is nothing to undo."""
    original = (campaign.parent / "核验导出.csv").read_bytes()
    done = applied(campaign)
    (file,) = done.files
    assert file == campaign.parent / f"out/push/corrections-{digest_of(campaign)[:16]}/核验导出.xlsx"
    header, first, second = cells(file)
    assert header == tuple(RECORDS.strip().split(","))
    when = ("是", "2020-06-11 09:30", "100.75", "35.58")
    assert first == (FIRST, "才让多杰", id_number(1), "鉴定安全", "B级", *when, f"{FIRST}.jpg", "x")
    assert second == (SECOND, "才让多杰", id_number(2), "鉴定安全", "B级", *when, f"{SECOND}.jpg", "x")
    assert states(done) == [("applied", None)] * 2
    assert (campaign.parent / "核验导出.csv").read_bytes() == original
    assert file.stat().st_mode & 0o777 == 0o600
    assert done.undo is None


def test_a_villages_file_has_no_coordinates_and_no_photos(campaign: Path) -> None:
    """The app shows them to townships and the county alone."""
    (file,) = applied(campaign, "village").files
    header = cells(file)[0]
    assert header == ("户编号", "户主姓名", "证件号码", "保障方式", "鉴定等级", "住房是否安全", "核验时间", "备用")


def test_the_same_plan_gives_the_same_file(campaign: Path) -> None:
    """Byte for byte."""
    (file,) = applied(campaign).files
    data = file.read_bytes()
    assert applied(campaign).files == (file,)
    assert file.read_bytes() == data


def test_once_it_is_imported_nothing_is_left(campaign: Path) -> None:
    """An export that holds the new values already is as it should be."""
    export = campaign.parent / "核验导出.csv"
    export.write_text(export.read_text(encoding="utf-8").replace("A级", "B级"), encoding="utf-8")
    done = applied(campaign)
    assert states(done) == [("already", None)] * 2
    assert done.files == ()


def test_an_export_that_changed_is_a_conflict(campaign: Path) -> None:
    """Another value, or another household in that row: it stands in no correction file."""
    export = campaign.parent / "核验导出.csv"
    head, first, second, third = export.read_text(encoding="utf-8").splitlines()
    export.write_text("\n".join([head, first.replace("A级", "C级"), third, second]) + "\n", encoding="utf-8")
    done = applied(campaign)
    assert states(done) == [("conflict", "value-differs"), ("conflict", "row-differs")]
    assert done.files == ()
    assert _run(["push", str(campaign), "--apply"]) == 4


def test_a_file_that_is_out_of_date_does_not_stay(campaign: Path) -> None:
    """Imported once more it would take back what somebody has entered since."""
    (file,) = applied(campaign).files
    export = campaign.parent / "核验导出.csv"
    export.write_text(export.read_text(encoding="utf-8").replace("A级", "C级"), encoding="utf-8")
    assert states(applied(campaign)) == [("conflict", "value-differs")] * 2
    assert not file.exists()


def test_files_of_one_name_do_not_replace_each_other(campaign: Path) -> None:
    """Two townships may call their exports the same."""
    export = campaign.parent / "核验导出.csv"
    head, first, second, third = export.read_text(encoding="utf-8").splitlines()
    for name, lines in (("甲", [head, first, third]), ("乙", [head, second])):
        (campaign.parent / name).mkdir()
        (campaign.parent / name / export.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = campaign.read_text(encoding="utf-8")
    source = text[text.index('[[sources]]\nrole = "verif') : text.rindex("[[sources]]")]
    both = "".join(source.replace("核验导出.csv", f"{name}/核验导出.csv") for name in "甲乙")
    campaign.write_text(text.replace(source, both), encoding="utf-8")
    assert _run(["push", str(campaign)]) == 0
    files = applied(campaign).files
    assert [file.name for file in files] == ["核验导出.xlsx", "核验导出 2.xlsx"]
    assert [[row[0] for row in cells(file)[1:]] for file in files] == [[FIRST], [SECOND]]


def test_sheets_of_one_workbook_are_read_as_their_own_source_says(campaign: Path) -> None:
    """A roster and an export may be sheets of one workbook, with headers of their own."""
    book = openpyxl.Workbook()
    for title, name in (("名册", "roster.csv"), ("核验", "核验导出.csv")):
        sheet = book.create_sheet(title)
        for line in (campaign.parent / name).read_text(encoding="utf-8").splitlines():
            sheet.append([{"鉴定等级": "结果"}.get(word, word) for word in line.split(",")])
    book.remove(book.worksheets[0])
    book.save(campaign.parent / "全县.xlsx")
    text = campaign.read_text(encoding="utf-8")
    text = text.replace('"roster.csv"', '"全县.xlsx"\nsheet = "名册"')
    text = text.replace('"核验导出.csv"', '"全县.xlsx"\nsheet = "核验"\ncolumns = { grade = "结果" }')
    campaign.write_text(text, encoding="utf-8")
    assert _run(["push", str(campaign)]) == 0
    (file,) = applied(campaign).files
    assert [row[4] for row in cells(file)] == ["结果", "B级", "B级"]


def test_an_original_is_never_written_over(campaign: Path) -> None:
    """Even where somebody has put a source in the place of a correction file."""
    (file,) = applied(campaign).files
    text = campaign.read_text(encoding="utf-8")
    kept = file.relative_to(campaign.parent).as_posix()
    source = f'\n[[sources]]\nrole = "appraisals"\nadapter = "excel"\npath = "{kept}"\n'
    campaign.write_text(text + source, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(OutputError, match="must not be written over"):
        applied(campaign)
    assert file.read_bytes() == before


def test_an_export_that_is_gone_is_said(campaign: Path) -> None:
    """Its rows are not come to; exit code 3."""
    (campaign.parent / "核验导出.csv").unlink()
    assert states(applied(campaign)) == [("unreached", None)] * 2
    assert _run(["push", str(campaign), "--apply"]) == 3


def test_a_table_in_a_package_is_found_again(campaign: Path) -> None:
    """The app's export may be a zip of its table and the photos."""
    export = campaign.parent / "核验导出.csv"
    with ZipFile(campaign.parent / "app.zip", "w") as package:
        package.write(export, "导出.csv")
    text = campaign.read_text(encoding="utf-8")
    campaign.write_text(text.replace("核验导出.csv", "app.zip"), encoding="utf-8")
    assert _run(["push", str(campaign)]) == 0
    (file,) = applied(campaign).files
    assert file.name == "导出.xlsx"
    assert [row[4] for row in cells(file)] == ["鉴定等级", "B级", "B级"]


def test_a_sheet_that_is_gone_is_a_conflict(campaign: Path) -> None:
    """A workbook with a title above its header keeps its sheet's name and its header alone."""
    book = openpyxl.Workbook()
    book.active.title = "核验"
    book.active.append(["核验结果"])
    for line in (campaign.parent / "核验导出.csv").read_text(encoding="utf-8").splitlines():
        book.active.append(line.split(","))
    book.save(campaign.parent / "app.xlsx")
    text = campaign.read_text(encoding="utf-8")
    campaign.write_text(text.replace("核验导出.csv", "app.xlsx"), encoding="utf-8")
    assert _run(["push", str(campaign)]) == 0
    (file,) = applied(campaign).files
    assert [row[0] for row in cells(file)] == ["户编号", FIRST, SECOND]
    book.active.title = "其他"
    book.save(campaign.parent / "app.xlsx")
    assert states(applied(campaign)) == [("conflict", "sheet-missing")] * 2
