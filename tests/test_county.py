"""The main job, end to end: a synthetic county's own files in, a verdict with proof for every household out."""

import json
import shutil
import subprocess
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

import housing_guarantee as hg
from housing_guarantee.demo import VARIANTS, Truth, compare, write_county
from housing_guarantee.plugins import equip
from housing_guarantee.report import Result
from housing_guarantee.runner import exit_code, run, write_reports
from tests.programs import program

CATALOGUE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("rules").joinpath("catalogue.toml").read_text(encoding="utf-8")
)
SEEDS = (1, 7, 2020)
HOUSEHOLDS = 320


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def checked(folder: Path, out: str = "out") -> Result:
    """Check a county and write its reports."""
    equipment = equip()
    result = run(hg.load_campaign(folder / "campaign.toml"), equipment=equipment)
    write_reports(result, equipment, folder / out)
    return result


def county(folder: Path, seed: int, variant: str) -> tuple[Truth, Result]:
    """Write a county and check it."""
    truth = write_county(folder, seed=seed, variant=variant, households=HOUSEHOLDS)
    return truth, checked(folder)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth, Result]:
    """A county of the base variant, written and checked once."""
    folder = tmp_path_factory.mktemp("county")
    return (folder, *county(folder, 2020, "base"))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_fault_is_found_and_every_clean_household_is_proved(seed: int, tmp_path: Path) -> None:
    """Whatever the seed, what was found is what was planted."""
    truth, _ = county(tmp_path, seed, "base")

    comparison = compare(truth, lines(tmp_path / "out/findings.jsonl"), lines(tmp_path / "out/households.jsonl"))

    assert comparison.missed == ()
    assert comparison.unexpected == ()
    assert comparison.not_proved == ()
    assert comparison.wrong_verdicts == ()


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "base"])
def test_every_variant_is_found_out(variant: str, tmp_path: Path) -> None:
    """Faults that exclude each other or taint a whole source are found in their own counties."""
    truth, _ = county(tmp_path, 3, variant)

    comparison = compare(truth, lines(tmp_path / "out/findings.jsonl"), lines(tmp_path / "out/households.jsonl"))

    assert comparison == type(comparison)()


@pytest.mark.parametrize(
    ("variant", "reason"),
    [
        ("swapped", "coordinates-swapped"),
        ("gcj02", "datum-gcj02"),
        ("bd09", "datum-bd09"),
        ("shifted-photos", "photos-bd09"),
    ],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_tainted_source_is_said_once_and_judged_as_it_is_meant(
    variant: str, reason: str, seed: int, tmp_path: Path
) -> None:
    """No household is accused of what its whole source does, and every other fault is found all the same."""
    truth, _ = county(tmp_path, seed, variant)
    findings = lines(tmp_path / "out/findings.jsonl")

    assert compare(truth, findings, lines(tmp_path / "out/households.jsonl")).ok
    suspicions = [f["values"] for f in findings if f["code"] == "intake.source-suspicious"]
    assert [(values["source"], values["reason"]) for values in suspicions] == [("app/核验导出.xlsx", reason)]
    assert suspicions[0]["share"] >= 90


def test_every_implemented_rule_is_planted_in_some_county(tmp_path: Path) -> None:
    """No rule rests on its unit tests alone."""
    planted: set[str] = set()
    for variant in VARIANTS:
        truth = write_county(tmp_path / variant, seed=5, variant=variant, households=HOUSEHOLDS)
        planted |= {fault.code for fault in truth.planted}
    notices = {"ledger.not-checkable"}  # a notice about households that are in order

    assert set(equip().by_code) - planted - notices == set()


def system_of(file: str) -> str:
    """Say which system a photo stands in."""
    return "provincial" if file.startswith("省系统/") else "app"


def test_every_fault_of_a_photo_is_planted_in_each_system_that_is_asked(base: tuple[Path, Truth, Result]) -> None:
    """The catalogue says which rules judge the app's photos, and which the provincial system's front photos too."""
    _, truth, _ = base

    asked = {(code, system) for code, entry in CATALOGUE.items() for system in entry.get("systems", ())}

    assert {(p.code, system_of(p.file)) for p in truth.planted if p.code.startswith("photo-")} == asked


def test_every_reason_that_a_rule_of_photos_tells_apart_is_found(base: tuple[Path, Truth, Result]) -> None:
    """In the app's photos and in the provincial system's front photos."""
    folder, _, _ = base
    reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in lines(folder / "out/findings.jsonl"):
        if finding["code"].startswith("photo-") and {"reason", "system"} <= set(finding["values"]):
            reasons[finding["code"].partition(".")[2], finding["values"]["system"]].add(finding["values"]["reason"])

    told = {
        "unreadable": {"not an image", "truncated"},
        "position-impossible": {"out-of-range", "swapped"},
        "looks-rephotographed": {"moire", "paper-border"},
        "not-whole-front": {"close-up", "strip", "too-small"},
        "blurred": {"blurred", "dark"},
    }
    assert reasons == {(rule, system): words for rule, words in told.items() for system in ("app", "provincial")}


def test_two_runs_give_the_same_bytes(base: tuple[Path, Truth, Result]) -> None:
    """The same inputs with a fixed moment give byte-identical outputs, workbooks included."""
    folder, _, _ = base
    checked(folder, "again")

    def digests(out: str) -> dict[str, bytes]:
        root = folder / out
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}

    first, second = digests("out"), digests("again")

    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_every_finding_points_at_a_place_that_is_there(base: tuple[Path, Truth, Result]) -> None:
    """A workbook origin names a sheet and cell that hold the value it says, or the mask of it."""
    folder, _, _ = base
    books: dict[str, Any] = {}
    seen = 0
    for finding in lines(folder / "out/findings.jsonl"):
        for origin in finding["origins"]:
            if not origin["source"].endswith(".xlsx") or not origin["column"]:
                continue
            name = origin["source"]
            book = books.setdefault(name, openpyxl.load_workbook(folder / name))
            cell = book[origin["sheet"]][f"{origin['column']}{origin['row']}"]
            shown = origin["value"]
            if isinstance(shown, str) and isinstance(cell.value, str) and "*" not in shown:
                seen += 1
                assert cell.value.strip() == shown.strip()
    assert seen > 20


def test_every_cell_at_fault_is_marked_in_its_workbook_and_no_other(base: tuple[Path, Truth, Result]) -> None:
    """The copies have a comment at each cell of an open error or warning, and nowhere else; the list has every code."""
    folder, _, _ = base
    wanted: dict[str, set[tuple[str | None, str]]] = {}
    codes: dict[str, set[str]] = {}
    for finding in lines(folder / "out/findings.jsonl"):
        if finding["severity"] == "INFO" or finding["status"] == "waived":
            continue
        for origin in finding["origins"]:
            if origin["row"] is not None:
                name = origin["source"] + ("" if origin["source"].endswith(".xlsx") else ".xlsx")
                wanted.setdefault(name, set()).add((origin["sheet"], f"{origin['column'] or 'A'}{origin['row']}"))
                codes.setdefault(name, set()).add(finding["code"])
    copies = {path.relative_to(folder / "out/annotated").as_posix(): path for path in _copies(folder)}
    assert set(copies) == set(wanted)
    for name, path in copies.items():
        listed, *pages = openpyxl.load_workbook(path).worksheets
        for page in pages:
            places = {cell.coordinate for row in page.iter_rows() for cell in row if cell.comment}
            merged = list(page.merged_cells.ranges)
            shown = {
                next((range_.start_cell.coordinate for range_ in merged if place in range_), place)
                for sheet, place in wanted[name]
                if sheet in (None, page.title)
            }
            assert places == shown, (name, page.title)  # of merged cells only the first shows anything
        assert {row[4] for row in listed.iter_rows(min_row=2, values_only=True)} == codes[name], name


def test_another_program_opens_every_copy(base: tuple[Path, Truth, Result], tmp_path: Path) -> None:
    """LibreOffice reads each of them whole, and writes it again with as many sheets."""
    office = program("soffice")
    copies = _copies(base[0])
    home = f"-env:UserInstallation=file://{tmp_path / 'office'}"
    command = [office, home, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), *map(str, copies)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603 - our own copies
    for copy in copies:
        with ZipFile(tmp_path / f"{copy.stem}.ods") as archive:
            written = archive.read("content.xml").count(b"<table:table ")
        assert written == len(openpyxl.load_workbook(copy, read_only=True).sheetnames)


def _copies(folder: Path) -> list[Path]:
    return sorted((folder / "out/annotated").rglob("*.xlsx"))


def test_totals_are_exact(base: tuple[Path, Truth, Result]) -> None:
    """The summary counts what the lines hold, for the county and for each township and village."""
    folder, _, result = base
    households, findings = lines(folder / "out/households.jsonl"), lines(folder / "out/findings.jsonl")
    summary = json.loads((folder / "out/summary.json").read_text(encoding="utf-8"))

    assert summary["households"] == len(households) == len({h["household_id"] for h in households})
    assert {k: v for k, v in summary["verdicts"].items() if v} == Counter(h["verdict"] for h in households)
    assert summary["codes"] == Counter(f["code"] for f in findings)
    assert sum(t["households"] for t in summary["townships"]) == len(households)
    assert sum(v["households"] for v in summary["villages"]) == len(households)
    assert len(result.outcome.findings) == len(findings) == len({f["key"] for f in findings})


def test_every_row_read_is_accounted_for(base: tuple[Path, Truth, Result]) -> None:
    """Rows read, left out with a reason, and unreadable are counted for every source, and none is missing."""
    folder, _, result = base
    for account in result.survey.accounts:
        source = account.source
        if source.adapter != "excel" or not source.name.endswith(".xlsx"):
            continue
        book = openpyxl.load_workbook(folder / source.name)
        filled = sum(
            any(cell not in (None, "") for cell in row) for sheet in book for row in sheet.iter_rows(values_only=True)
        )
        left_out = sum(n for why, n in account.left_out.items() if why != "blank")
        header_rows = filled - account.read - account.unreadable - left_out
        assert 0 < header_rows <= 2 * len(book.sheetnames), source.name


def test_no_full_name_and_no_number_leaves_a_masked_run(base: tuple[Path, Truth, Result]) -> None:
    """The JSON outputs hold no full name of a person and no identity number in any form."""
    folder, _, result = base
    people = [person for c in result.survey.casefiles for person in c.household.members]
    numbers = {person.id_number.text for person in people if person.id_number}
    names = {person.name for person in people if person.name and len(person.name) > 2}
    for name in ("findings.jsonl", "households.jsonl", "summary.json", "manifest.json", "report.html"):
        text = (folder / "out" / name).read_text(encoding="utf-8")
        assert [n for n in numbers if n in text] == []
        assert [n for n in names if n in text] == []


def edit(path: Path, sheet: str, cell: str, value: object) -> None:
    """Change one cell of a workbook by hand, as a clerk would."""
    book = openpyxl.load_workbook(path)
    book[sheet][cell].value = value
    book.save(path)


def new_findings(before: Path, after: Path) -> list[dict[str, Any]]:
    """Give the findings that came with a change."""
    known = {finding["key"] for finding in lines(before / "findings.jsonl")}
    return [finding for finding in lines(after / "findings.jsonl") if finding["key"] not in known]


def proved_cell(result: Result, requirement: str, source: str, field: str, guarantee: str) -> Any:
    """Find a proved household of a type, and its cell of a field in a workbook source."""
    for household in result.outcome.households:
        if household.verdict is not hg.Verdict.PROVED or household.guarantee_type != guarantee or household.codes:
            continue
        for link in household.requirements:
            for proof in link.proofs:
                for cell in proof.cells:
                    if link.requirement.name == requirement and source in cell.source and cell.field == field:
                        return household.household_id, cell
    raise AssertionError(f"no proved household shows {requirement} in {source}")


def test_a_d_grade_planted_by_hand_is_found_at_its_cell(base: tuple[Path, Truth, Result], tmp_path: Path) -> None:
    """A clean household's grade changed to D gives its findings, pointing at the cell."""
    folder, _, result = base
    number, cell = proved_cell(result, "grade", ".xlsx", "grade", "鉴定安全")
    copy = tmp_path / "county"
    shutil.copytree(folder, copy)
    edit(copy / cell.source, cell.sheet, f"{cell.column}{cell.row}", "D级")

    checked(copy, "after")

    found = new_findings(copy / "out", copy / "after")
    assert {finding["household_id"] for finding in found} == {number}
    unsafe = next(finding for finding in found if finding["code"] == "appraised.grade-unsafe")
    place = unsafe["origins"][0]
    assert (place["source"], place["sheet"], place["row"], place["column"]) == (
        cell.source, cell.sheet, cell.row, cell.column,
    )  # fmt: skip


def test_a_ledger_year_off_by_one_is_the_one_new_finding(base: tuple[Path, Truth, Result], tmp_path: Path) -> None:
    """A ledger year changed by one gives that one finding, with the ledger's cell beside the record's."""
    folder, _, result = base
    number, cell = proved_cell(result, "ledger", ".xlsx", "year", "改造安全")
    copy = tmp_path / "county"
    shutil.copytree(folder, copy)
    year = int(str(cell.value).removesuffix("年度").removesuffix("年").removesuffix(".0")[:4])
    edit(copy / cell.source, cell.sheet, f"{cell.column}{cell.row}", str(year + 1 if year < 2018 else year - 1))

    checked(copy, "after")

    found = new_findings(copy / "out", copy / "after")
    assert [(finding["code"], finding["household_id"]) for finding in found] == [("ledger.year-differs", number)]
    assert (cell.source, cell.row, cell.column) in [
        (origin["source"], origin["row"], origin["column"]) for origin in found[0]["origins"]
    ]


def test_a_photo_with_a_gps_block_of_zeros_is_the_one_new_finding(
    base: tuple[Path, Truth, Result], tmp_path: Path
) -> None:
    """A proved household's photo, zeroed as a gallery does, gives that one finding, pointing at the file."""
    from PIL import Image

    folder, _, result = base
    household = next(
        h for h in result.outcome.households
        if h.verdict is hg.Verdict.PROVED and not h.codes
        and any(c.source.startswith("照片/") for link in h.requirements for p in link.proofs for c in p.cells)
    )  # fmt: skip
    photo = next(
        c.source
        for link in household.requirements
        for p in link.proofs
        for c in p.cells
        if c.source.startswith("照片/")
    )
    copy = tmp_path / "county"
    shutil.copytree(folder, copy)
    with Image.open(copy / photo) as image:
        exif = image.getexif()
        exif.get_ifd(0x8825).update({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)})
        image.load()
        image.save(copy / photo, exif=exif)

    checked(copy, "after")

    found = new_findings(copy / "out", copy / "after")
    assert [(f["code"], f["household_id"]) for f in found] == [("photo-gps.position-zeroed", household.household_id)]
    place = found[0]["origins"][0]
    assert (Path(place["source"]).parent, place["column"]) == (Path(photo).parent, "GPSLatitude")
    assert household.household_id in place["source"]


def test_a_broken_source_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    """With unreadable sources the exit code is 3, and nothing that rests on them is called missing."""
    _, result = county(tmp_path, 4, "broken-sources")

    problems = [account.problem for account in result.survey.accounts if account.problem]

    assert exit_code(result) == 3
    assert len(problems) == 2
    assert result.outcome.households
    assert {f.code for f in result.outcome.findings}.isdisjoint(
        {"ledger.entry-missing", "appraised.not-on-appraisal-list"}
    )


def test_the_order_of_the_sources_changes_no_finding(base: tuple[Path, Truth, Result], tmp_path: Path) -> None:
    """The same files named in another order give the same findings and verdicts."""
    folder, _, result = base
    campaign = hg.load_campaign(folder / "campaign.toml")
    from attrs import evolve

    other = run(evolve(campaign, sources=tuple(reversed(campaign.sources))))

    def facts(one: Result) -> tuple[Any, Any]:
        findings = sorted((f.key, f.severity, f.effect) for f in one.outcome.findings)
        return findings, sorted((h.household_id, h.verdict) for h in one.outcome.households)

    assert facts(other) == facts(result)
