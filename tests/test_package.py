"""A zip of the app's export and its photos, as it comes by mail, up to what is said of a household."""

import struct
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

import housing_guarantee as hg
from housing_guarantee.photos.facts import BYTES_AT_MOST
from housing_guarantee.report import Result
from housing_guarantee.runner import exit_code, run
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff
from tests.test_cli import CAMPAIGN, ROSTER

GOOD = jpeg(tiff(gps=GUINAN), size=(64, 48))
BARE = jpeg(tiff(), size=(48, 64))
HEADS = {1: "才让多杰", 2: "扎西卓玛"}


def zipped(path: Path, members: Mapping[bytes, bytes], method: int = ZIP_STORED) -> Path:
    """Pack files under names that are these bytes, without the mark of UTF-8, as old programs do."""
    plain = {name: f"{number:04}".ljust(len(name), "x") for number, name in enumerate(members)}
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(plain[name]), content, method)
    data = path.read_bytes()
    for name, stand_in in plain.items():
        data = data.replace(stand_in.encode(), name)
    path.write_bytes(data)
    return path


def checked(folder: Path, photos: Mapping[str, bytes], encoding: str = "utf-8", method: int = ZIP_STORED) -> Result:
    """Check a county of two households, each with the photo that its record names."""
    named = dict(zip(HEADS, (name.replace("\\", "/").rpartition("/")[2] for name in photos), strict=False))
    rows = "".join(f"{10_000_000_000 + n},鉴定安全,A级,2020-06-11,{named.get(n, '')}\n" for n in HEADS)
    table = f"户编号,保障方式,鉴定等级,核验时间,照片\n{rows}".encode()
    members = {name.encode(encoding): content for name, content in (("导出.csv", table), *photos.items())}
    zipped(folder / "app.zip", members, method)
    people = "".join(f"{10_000_000_000 + n},{name},,3,茫曲镇,塔哇村\n" for n, name in HEADS.items())
    (folder / "roster.csv").write_text(ROSTER + people, encoding="utf-8")
    return judged(folder)


def judged(folder: Path) -> Result:
    """Check what lies in a folder."""
    (folder / "campaign.toml").write_text(CAMPAIGN.replace("records.csv", "app.zip"), encoding="utf-8")
    return run(hg.load_campaign(folder / "campaign.toml"))


def of_photos(result: Result) -> list[tuple[str, str, str]]:
    """Give rule, household and file of what is said of photos' files and positions."""
    return sorted(
        (f.code.partition(".")[2], str(f.household_id)[-1], f.cells[0].source)
        for f in result.outcome.findings
        if f.code.startswith("photo-gps.")
    )


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_package_whose_names_do_not_say_their_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """A Chinese Windows packs names in GBK, others in bare UTF-8; table, photo and household find one another."""
    result = checked(tmp_path, {"照片/才让多杰.jpg": GOOD, r"照片\乗僜.jpg": BARE}, encoding)

    assert [account.problem for account in result.survey.accounts] == [None, None]
    assert of_photos(result) == [("position-absent", "2", "app.zip/照片/乗僜.jpg")]
    record = result.survey.casefiles[0].record
    assert record.origin.table.source == "app.zip/导出.csv"


def test_a_package_with_a_name_in_no_chinese_encoding_is_read(tmp_path: Path) -> None:
    """One name that only the code page of an American PC can be is no reason to refuse the table."""
    rows = "户编号,保障方式,鉴定等级,核验时间\n10000000001,鉴定安全,A级,2020-06-11\n"
    zipped(tmp_path / "app.zip", {b"export.csv": rows.encode(), b"10000000001/a\x80\xff.jpg": BARE})
    (tmp_path / "roster.csv").write_text(ROSTER + "10000000001,才让多杰,,3,茫曲镇,塔哇村\n", encoding="utf-8")

    assert of_photos(judged(tmp_path)) == [("position-absent", "1", "app.zip/10000000001/aÇ\u00a0.jpg")]


def test_a_name_that_leads_out_of_the_package_is_only_a_name(tmp_path: Path) -> None:
    """The photo is judged as any other, and nothing is written beside the campaign."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    result = checked(folder, {"../../up.jpg": BARE, "C:\\windows\\down.jpg": BARE + b"\0"})

    assert of_photos(result) == [
        ("position-absent", "1", "app.zip/up.jpg"),
        ("position-absent", "2", "app.zip/windows/down.jpg"),
    ]
    left = sorted(path.name for path in tmp_path.rglob("*") if path not in before)
    assert [name for name in left if not name.startswith("workspace")] == ["app.zip", "campaign.toml", "roster.csv"]


def test_a_package_that_says_that_it_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """Nothing of it is unpacked; the source could not be read, and no household is accused of what it held."""
    checked(tmp_path, {"a.jpg": GOOD, "b.jpg": GOOD})
    data = bytearray((tmp_path / "app.zip").read_bytes())
    said = data.rindex(b"PK\1\2") + 24
    data[said : said + 4] = struct.pack("<I", 4_000_000_000)
    (tmp_path / "app.zip").write_bytes(data)

    result = judged(tmp_path)

    assert [account.problem and account.problem["en"] for account in result.survey.accounts] == [
        None,
        "app.zip: it would unpack to 4000 MB, too much for its size",
    ]
    assert exit_code(result) == 3
    assert [f.code for f in result.outcome.findings] == []
    assert {h.verdict for h in result.outcome.households} == {hg.Verdict.COULD_NOT_CHECK}


def test_photos_that_unpack_to_more_than_they_may_are_findings_of_their_own(tmp_path: Path) -> None:
    """One is larger than any photo, one larger than the package says; the table is read all the same."""
    checked(tmp_path, {"large.jpg": bytes(BYTES_AT_MOST + 1), "liar.jpg": bytes(3_000_000)}, method=ZIP_DEFLATED)
    data = bytearray((tmp_path / "app.zip").read_bytes())
    said = data.rindex(b"PK\1\2") + 24
    data[said : said + 4] = struct.pack("<I", 10)
    (tmp_path / "app.zip").write_bytes(data)

    result = judged(tmp_path)

    assert of_photos(result) == [("unreadable", "1", "app.zip/large.jpg"), ("unreadable", "2", "app.zip/liar.jpg")]
    reasons = {f.cells[0].source: f.values["reason"] for f in result.outcome.findings if f.code.endswith("unreadable")}
    assert reasons == {"app.zip/large.jpg": "too large", "app.zip/liar.jpg": "cannot be read"}
