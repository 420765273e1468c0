"""Folders and archives of photos: names, what is left out, and faults that stay with one photo."""

import os
import random
import stat
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from housing_guarantee.errors import SourceError
from housing_guarantee.models import Position
from housing_guarantee.photos import PhotoStore, open_photos
from housing_guarantee.photos.archive import ArchiveLimits
from housing_guarantee.photos.facts import BYTES_AT_MOST
from housing_guarantee.testing.exif import GUINAN, jpeg, tiff

PHOTO = jpeg(tiff(gps=GUINAN), size=(8, 8))
OUTCOMES = {"ok", "no_exif", "absent", "zeroed", "impossible", "unreadable"}


def fill(root: Path, *names: str) -> Path:
    """Put a photo under each name into a folder."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PHOTO)
    return root


def archive(path: Path, *names: str) -> Path:
    """Put a photo under each name into an archive."""
    with ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, PHOTO)
    return path


def plain_zip(path: Path, *names: bytes) -> Path:
    """Write an archive whose names are these bytes, without the mark of UTF-8, as old programs do."""
    with ZipFile(path, "w", ZIP_STORED) as file:
        for i, name in enumerate(names):
            file.writestr(ZipInfo("x" * (len(name) - 1) + chr(97 + i)), PHOTO)
    data = path.read_bytes()
    for i, name in enumerate(names):
        data = data.replace(b"x" * (len(name) - 1) + bytes([97 + i]), name)
    path.write_bytes(data)
    return path


@pytest.fixture(params=["folder", "zip"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    """Give one set of photos as a folder and as an archive."""
    names = (
        "632525100/10000123456/正面.JPG",
        "632525100/10000123457/正面.JPG",
        "a.jpeg",
        "读我.txt",
        ".hidden/b.jpg",
        "__MACOSX/._a.jpeg",
        "Thumbs.db",
    )
    if request.param == "folder":
        return open_photos(fill(tmp_path / "photos", *names))
    return open_photos(archive(tmp_path / "photos.zip", *names))


def test_photos_are_listed_and_the_rest_is_counted(store: PhotoStore) -> None:
    """Image suffixes count in either case; what systems leave behind and other files are counted."""
    assert store.names() == ["632525100/10000123456/正面.JPG", "632525100/10000123457/正面.JPG", "a.jpeg"]
    assert store.left_out == {"not an image": 1, "hidden": 3}


@pytest.mark.parametrize(
    "suffix", ["jpg", "JPEG", "jpe", "jfif", "MPO", "png", "webp", "tif", "TIFF", "heic", "HEIF", "hif"]
)
def test_a_photo_may_be_called_as_phones_cameras_and_windows_call_it(tmp_path: Path, suffix: str) -> None:
    """Its bytes tell what it is, whatever the suffix says."""
    store = open_photos(fill(tmp_path / "photos", f"a.{suffix}"))
    assert [store.read(name).gps for name in store.names()] == ["ok"]


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("632525100/10000123456/正面.JPG", "632525100/10000123456/正面.JPG"),
        (r"D:\照片\632525100\10000123457\正面.jpg", "632525100/10000123457/正面.JPG"),
        ("10000123457/正面.jpg", "632525100/10000123457/正面.JPG"),
        ("正面.jpg", None),
        ("https://example.org/upload/A.JPEG?sign=1", "a.jpeg"),
        ("https://example.org/10000123456/%E6%AD%A3%E9%9D%A2.jpg", "632525100/10000123456/正面.JPG"),
        (" ./a.jpeg ", "a.jpeg"),
        ("../a.jpeg", "a.jpeg"),
        ("b.jpg", None),
        ("http://[half an address", None),
        ("", None),
    ],
)
def test_a_photo_is_found_as_the_export_names_it(store: PhotoStore, named: str, found: str | None) -> None:
    """Paths of Windows, addresses, another case and bare names find it; an ambiguous name finds none."""
    assert store.find(named) == found


def test_a_photo_is_read_from_where_it_lies(store: PhotoStore) -> None:
    """A folder and an archive give the same facts, under the same name."""
    photo = store.read("632525100/10000123456/正面.JPG")
    assert (photo.name, photo.gps) == ("632525100/10000123456/正面.JPG", "ok")
    assert photo.position == Position(35.58, 100.75)
    with pytest.raises(KeyError):
        store.read("../a.jpeg")


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_that_do_not_say_their_encoding_are_put_right(tmp_path: Path, encoding: str) -> None:
    """A Chinese Windows writes GBK, where a backslash may be half a character; others write bare UTF-8."""
    names = ("照片/乗僜.jpg", "照片/张三.jpg")
    store = open_photos(plain_zip(tmp_path / "a.zip", *(name.encode(encoding) for name in names)))
    assert store.names() == sorted(names)
    assert store.read("照片/乗僜.jpg").gps == "ok"


def test_a_name_in_no_known_encoding_still_has_a_photo(tmp_path: Path) -> None:
    """What is neither UTF-8 nor GB 18030 is kept as an American PC would show it."""
    store = open_photos(plain_zip(tmp_path / "a.zip", b"a\x80\xff.jpg"))
    assert [store.read(name).gps for name in store.names()] == ["ok"]


def test_a_name_leads_nowhere(tmp_path: Path) -> None:
    """Absolute paths, drives and steps upward in an archive are only names."""
    store = open_photos(archive(tmp_path / "a.zip", "../../etc/a.jpg", "/b.jpg", "C:\\c.jpg"))
    assert store.names() == ["b.jpg", "c.jpg", "etc/a.jpg"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip"]


def test_a_name_that_stands_twice_is_counted(tmp_path: Path) -> None:
    """Of two equal ones the first stands; the second is not silently forgotten."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(tmp_path / "a.zip", "a.jpg", "a.jpg")
    store = open_photos(path)
    assert (store.names(), store.left_out) == (["a.jpg"], {"same name twice": 1})


def test_of_two_different_photos_of_one_name_neither_is_chosen(tmp_path: Path) -> None:
    """Which of them the export means nobody can say, so that none proves anything."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        file.writestr("a.jpg", PHOTO)
        file.writestr("b.jpg", PHOTO)
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("a.jpg", PHOTO + b"another")
    store = open_photos(path)
    assert (store.names(), store.find("a.jpg")) == (["b.jpg"], None)
    assert store.left_out == {"same name twice": 2}


def test_a_file_name_of_another_code_page_is_put_right(tmp_path: Path) -> None:
    """An archive unpacked carelessly leaves names in GBK bytes, which no report could be written with."""
    (tmp_path / os.fsdecode("张三.jpg".encode("gbk"))).write_bytes(PHOTO)
    store = open_photos(tmp_path)
    assert store.names() == ["张三.jpg"]
    assert store.read("张三.jpg").gps == "ok"


# ----------------------------------------------------------------------------------------------------- faults


def test_a_crc_fault_stays_with_its_photo(tmp_path: Path) -> None:
    """One damaged member is unreadable; its neighbour is fine."""
    path = archive(tmp_path / "a.zip", "a.jpg", "b.jpg")
    data = bytearray(path.read_bytes())
    data[data.index(PHOTO) + 200] ^= 0xFF
    path.write_bytes(data)
    store = open_photos(path)
    assert [(store.read(name).gps, store.read(name).problem) for name in store.names()] == [
        ("unreadable", "cannot be read"),
        ("ok", None),
    ]


def test_a_member_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    """A bomb is given up at 60 MB, whatever the directory of the archive says."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(BYTES_AT_MOST + 100_000))
    photo = open_photos(path).read("a.jpg")
    assert (photo.gps, photo.problem, photo.digest) == ("unreadable", "too large", "")


def test_a_photo_that_vanished_is_unreadable(tmp_path: Path) -> None:
    """What happens between listing and reading is a fact about one photo."""
    store = open_photos(fill(tmp_path / "photos", "a.jpg"))
    (tmp_path / "photos" / "a.jpg").unlink()
    assert (store.read("a.jpg").gps, store.read("a.jpg").problem) == ("unreadable", "cannot be read")


def test_an_unknown_compression_is_unreadable(tmp_path: Path) -> None:
    """A method that this zip reader lacks is no reason to stop."""
    path = archive(tmp_path / "a.zip", "a.jpg")
    data = bytearray(path.read_bytes())
    for method in (8, data.index(b"PK\1\2") + 10):  # in the member's own header and in the directory
        data[method : method + 2] = struct.pack("<H", 97)
    path.write_bytes(data)
    assert open_photos(path).read("a.jpg").problem == "cannot be read"


def test_an_encrypted_archive_is_a_fault_of_the_source(tmp_path: Path) -> None:
    """The operator is told to send it without a password, in both languages."""
    path = archive(tmp_path / "a.zip", "a.jpg")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(SourceError, match=r"a\.zip: the archive is encrypted") as caught:
        open_photos(path)
    assert caught.value.text("zh") == "a.zip: 压缩包已加密，请去掉密码"


def test_a_damaged_archive_never_escapes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whichever byte is wrong, it is a fault of the source, or each photo has an outcome."""
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    sound = archive(path, "a.jpg", "照片/b.jpg").read_bytes()
    pictures = range(len(PHOTO) * 2)
    for place in [*range(60), *range(len(sound) - 250, len(sound)), *random.Random(1).sample(pictures, 100)]:
        for value in (0, 0x7F, 0xFF):
            path.write_bytes(sound[:place] + bytes([value]) + sound[place + 1 :])
            try:
                store = open_photos(path)
            except SourceError:
                continue
            assert {store.read(name).gps for name in store.names()} <= OUTCOMES


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no archive", zlib.compress(b"x")])
def test_what_is_no_archive_is_a_fault_of_the_source(tmp_path: Path, content: bytes) -> None:
    """A corrupt archive is named once, and not once a photo."""
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.zip: not a folder and not a sound zip file"):
        open_photos(path)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    """Neither folder nor archive."""
    with pytest.raises(SourceError, match="photos: there is no such folder or zip file"):
        open_photos(tmp_path / "photos")


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """The number of files has a bound."""
    with pytest.raises(SourceError, match="over 1 files in the archive"):
        open_photos(archive(tmp_path / "a.zip", "a.jpg", "b.jpg"), ArchiveLimits(members=1))


@pytest.mark.parametrize(
    "limits", [ArchiveLimits(unpacked=1_000_000), ArchiveLimits(ratio=100, ordinary=1_000_000)], ids=["sum", "ratio"]
)
def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path: Path, limits: ArchiveLimits) -> None:
    """Too much together, or too much for its size, before a byte is unpacked."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(3_000_000))
    with pytest.raises(SourceError, match=r"a\.zip: it would unpack to 3 MB, too much for its size") as caught:
        open_photos(path, limits)
    assert caught.value.text("zh") == "a.zip: 解压后达3MB，与文件大小不符，请重新打包"


def test_a_member_that_unpacks_to_more_than_it_says_is_stopped_there(tmp_path: Path) -> None:
    """The directory says ten bytes; the rest is not unpacked, and its checksum is then wrong."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("a.jpg", bytes(3_000_000))
    data = bytearray(path.read_bytes())
    said = data.index(b"PK\1\2") + 24
    data[said : said + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    photo = open_photos(path).read("a.jpg")
    assert (photo.gps, photo.problem) == ("unreadable", "cannot be read")
    assert photo.size <= 10


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """Ten thousand names for one stretch of the file unpack it ten thousand times."""
    path = archive(tmp_path / "a.zip", "a.jpg", "b.jpg")
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\1\2")
    data[second + 20 : second + 24] = struct.pack("<I", len(data))
    path.write_bytes(data)
    with pytest.raises(SourceError, match="its files lie over one another"):
        open_photos(path)


def test_an_archive_within_is_counted_and_not_opened(tmp_path: Path) -> None:
    """However deep it lies."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        file.writestr("a.jpg", PHOTO)
        file.writestr("within/b.ZIP", b"PK")
    assert open_photos(path).left_out == {"archive inside": 1}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO], ids=["link", "device", "pipe"])
def test_links_and_devices_in_an_archive_are_counted_and_not_followed(tmp_path: Path, kind: int) -> None:
    """What is no plain file is no photo, whatever it is called."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        member = ZipInfo("a.jpg")
        member.create_system, member.external_attr = 3, (kind | 0o777) << 16
        file.writestr(member, "/etc/passwd")
        file.writestr("b.jpg", PHOTO)
    store = open_photos(path)
    assert (store.names(), store.left_out) == (["b.jpg"], {"link or device": 1})


def test_a_name_that_info_zip_wrote_beside_the_old_one_is_taken(tmp_path: Path) -> None:
    """The old name may be one that its code page could not hold; a field of another name is left."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        for old, belongs in (("1.jpg", "1.jpg"), ("2.jpg", "3.jpg")):
            member = ZipInfo(old)
            name = b"\1" + struct.pack("<I", zlib.crc32(belongs.encode())) + "照片/䶮.jpg".encode()
            member.extra = struct.pack("<HH", 0x5455, 1) + b"\0" + struct.pack("<HH", 0x7075, len(name)) + name
            file.writestr(member, PHOTO)
    store = open_photos(path)
    assert store.names() == ["2.jpg", "照片/䶮.jpg"]
    assert store.read("照片/䶮.jpg").gps == "ok"


@pytest.mark.parametrize(("one", "other"), [("IMG.JPG", "img.jpg"), ("caf\u00e9.jpg", "cafe\u0301.jpg")])
def test_of_names_that_another_system_holds_for_one_neither_is_chosen(tmp_path: Path, one: str, other: str) -> None:
    """Where names differ by case, or by how an accent is written, only the exact one finds its photo."""
    store = open_photos(archive(tmp_path / "a.zip", one, other))
    assert store.find(one) == one
    assert store.find(one.upper() if one.islower() else one.title()) is None


def test_sixty_thousand_files_are_listed_and_no_more_than_the_bound(tmp_path: Path) -> None:
    """A county's archive may hold many; the bound is on files and on what they unpack to."""
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as file:
        for number in range(60_000):
            file.writestr(ZipInfo(f"{number}.jpg"), b"")
    assert len(open_photos(path).names()) == 60_000
    with pytest.raises(SourceError, match="over 59999 files in the archive"):
        open_photos(path, ArchiveLimits(members=59_999))


@pytest.mark.parametrize("name", ["CON.jpg", "aux.jpeg", "NUL/a.jpg", "a. .jpg", "a:b.jpg", "长" * 80 + ".jpg"])
def test_names_that_no_windows_can_hold_are_read_all_the_same(tmp_path: Path, name: str) -> None:
    """A member is read where it lies, and no file is ever made of its name."""
    store = open_photos(archive(tmp_path / "a.zip", name))
    assert [store.read(found).gps for found in store.names()] == ["ok"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]
