"""What is read of the households' archives: folders of papers, and indexes of them."""

import os
from pathlib import Path

import pytest

from housing_guarantee.adapters.archive import Archive
from housing_guarantee.definition import load_definition
from housing_guarantee.errors import SourceError
from housing_guarantee.models import ArchiveRecord
from housing_guarantee.source import Account, DocumentFile, Found, PhotoAt, Source
from housing_guarantee.testing.exif import jpeg


def read(path: Path) -> tuple[list[Found], Account]:
    """Read a folder or an index as the campaign names it."""
    account = Account(Source("archive", "archive", path.name, path))
    return list(Archive().read(account.source, account, load_definition(), lambda done, total: None)), account


def put(folder: Path, name: str, data: bytes = b"x") -> None:
    """Write a file with the folders above it."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def test_every_file_is_a_paper_and_every_photo_is_a_photo_too(tmp_path: Path) -> None:
    """A scan is often a picture; papers come in the order of their names, then the photos."""
    root = tmp_path / "一户一档"
    put(root, "加土乎村/10000000001 才让/鉴定表.pdf", b"12345")
    put(root, "加土乎村/10000000001 才让/房屋照片.jpg", jpeg())
    items, account = read(root)
    size = len(jpeg())
    assert items[:2] == [
        DocumentFile("一户一档", "加土乎村/10000000001 才让/房屋照片.jpg", size),
        DocumentFile("一户一档", "加土乎村/10000000001 才让/鉴定表.pdf", 5),
    ]
    (photo,) = items[2:]
    assert isinstance(photo, PhotoAt)
    assert (photo.source, photo.role, photo.place.name) == (
        "一户一档",
        "archive",
        "加土乎村/10000000001 才让/房屋照片.jpg",
    )
    assert (account.read, account.left_out) == (2, {})


def test_empty_folders_and_empty_papers_are_told(tmp_path: Path) -> None:
    """A folder that holds nothing, be it for what systems leave behind; a paper without bytes."""
    root = tmp_path / "档案"
    (root / "10000000001").mkdir(parents=True)
    put(root, "10000000002/Thumbs.db")
    put(root, "10000000002/~$鉴定表.docx")
    put(root, "10000000003/鉴定表.pdf", b"")
    items, account = read(root)
    assert items == [
        DocumentFile("档案", "10000000001", None),
        DocumentFile("档案", "10000000002", None),
        DocumentFile("档案", "10000000003/鉴定表.pdf", 0),
    ]
    assert account.left_out == {"hidden": 2}


def test_a_paper_that_leads_nowhere_holds_nothing(tmp_path: Path) -> None:
    """A link whose end is gone."""
    root = tmp_path / "档案"
    root.mkdir()
    (root / "10000000001.pdf").symlink_to(tmp_path / "gone.pdf")
    assert read(root)[0] == [DocumentFile("档案", "10000000001.pdf", 0)]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps names as text")
def test_names_from_a_chinese_windows_are_put_right(tmp_path: Path) -> None:
    """Their bytes are GBK."""
    root = tmp_path / "档案"
    root.mkdir()
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/" + "鉴定表.pdf".encode("gbk"))).write_bytes(b"1")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert read(root)[0] == [DocumentFile("档案", "鉴定表.pdf", 1)]


def test_a_folder_that_holds_nothing_at_all_is_refused(tmp_path: Path) -> None:
    """It would have everybody's archive missing."""
    (tmp_path / "档案").mkdir()
    with pytest.raises(SourceError, match="档案: the folder holds nothing"):
        read(tmp_path / "档案")


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    """One line says so."""
    with pytest.raises(SourceError, match="档案: there is no such file"):
        read(tmp_path / "档案")


def test_the_digest_changes_with_names_and_sizes(tmp_path: Path) -> None:
    """What was read is what it is the digest of."""
    root = tmp_path / "档案"
    put(root, "1/a.pdf", b"1")
    first = read(root)[1].digest
    assert read(root)[1].digest == first
    put(root, "1/a.pdf", b"12")
    second = read(root)[1].digest
    put(root, "1/b.pdf", b"1")
    assert len({first, second, read(root)[1].digest}) == 3


def test_an_index_has_a_row_a_paper(tmp_path: Path) -> None:
    """With a file, and with whatever it says of the house."""
    index = tmp_path / "目录.csv"
    index.write_text(
        "户编号,户主姓名,材料名称,文件名,保障方式,改造年度\n10000000001,才让,验收表,a.pdf；b.pdf,危房改造,2017年\n",
        encoding="utf-8",
    )
    (record,), account = read(index)
    assert isinstance(record, ArchiveRecord)
    assert (record.household_id, record.document, record.file) == ("10000000001", "验收表", ("a.pdf", "b.pdf"))
    assert (record.guarantee_type, str(record.policy_year)) == ("改造安全", "2017")
    assert account.read == 1


def test_an_index_without_papers_is_none(tmp_path: Path) -> None:
    """Household and paper are needed, and their usual names are said."""
    index = tmp_path / "目录.csv"
    index.write_text("户编号,户主姓名\n1,才让\n", encoding="utf-8")
    with pytest.raises(SourceError, match="户编号 \\+ 材料名称"):
        read(index)
