"""Which papers a household's archive holds."""

from housing_guarantee.assemble import assemble
from housing_guarantee.definition import load_definition
from housing_guarantee.documents import documents_of, either, known_documents
from housing_guarantee.papers import Shelf
from housing_guarantee.photos.facts import Photo
from housing_guarantee.source import DocumentFile, Item, PhotoFile
from housing_guarantee.testing import HOUSEHOLD_ID, household, indexed, papers

OTHER = "10000000002"


def file(name: str, size: int | None = 1) -> DocumentFile:
    """Make a file of the archives."""
    return DocumentFile("档案", name, size)


def held(*found: DocumentFile, rows: tuple[object, ...] = ()) -> list[tuple[str, str | None]]:
    """Give name and problem of every paper of the usual household."""
    return [(one.name, one.problem) for one in Shelf.of(found, {HOUSEHOLD_ID, OTHER}).papers_of(HOUSEHOLD_ID, rows)]  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ what a name means


def test_a_name_means_papers_by_its_longest_words() -> None:
    """Whatever stands around them; a lease's agreement is no building agreement."""
    assert documents_of("10000000001/房屋安全鉴定报告(1).pdf") == {"鉴定表"}
    assert documents_of("身份证、户口簿复印件") == {"身份证明"}
    assert documents_of("易地搬迁协议书") == {"搬迁协议"}
    assert documents_of("房屋租赁协议.pdf") == {"租赁合同"}
    assert documents_of("申请书", "审批表") == {"申请书", "审批表"}
    assert documents_of("IMG_0001.jpg", None) == frozenset()


def test_what_is_required_can_be_recognised() -> None:
    """Every paper that a default names is one that words mean."""
    required = [one for kind in load_definition().types for one in (*kind.documents, *kind.proofs)]
    assert len(required) == 6
    assert {name for one in required for name in either(one)} <= set(known_documents())
    assert all(documents_of(name) == {name} for name in known_documents())


# ------------------------------------------------------------------------------------------------ whose a file is


def test_a_file_is_a_households_by_the_number_in_its_path() -> None:
    """In a folder's name or its own; a longer number is another's."""
    found = [
        file(f"甲村/{HOUSEHOLD_ID} 才让/a.pdf"),
        file(f"鉴定表/{HOUSEHOLD_ID}.pdf"),
        file(f"{HOUSEHOLD_ID}9/b.pdf"),
        file(f"{OTHER}/c.pdf"),
    ]
    assert [name for name, _ in held(*found)] == [found[0].name, found[1].name]
    assert Shelf.of(found, {HOUSEHOLD_ID, OTHER}).papers_of(HOUSEHOLD_ID, ())[1].kinds == {"鉴定表"}


def test_an_empty_folder_beside_papers_says_nothing() -> None:
    """Alone it says that the archive is empty, once."""
    folders = [file(f"{HOUSEHOLD_ID}/照片", None), file(f"{HOUSEHOLD_ID}/其他", None)]
    assert held(*folders) == [(folders[0].name, "empty-folder")]
    assert held(*folders, file(f"{HOUSEHOLD_ID}/a.pdf")) == [(f"{HOUSEHOLD_ID}/a.pdf", None)]


def test_a_file_that_the_index_names_is_one_paper() -> None:
    """Found in the household's own folder, although others have one of the same name; it is both names' paper."""
    found = [file(f"{OTHER}/1.pdf"), file(f"{HOUSEHOLD_ID}/1.pdf"), file(f"{HOUSEHOLD_ID}/户口簿.pdf")]
    row = indexed(document="审批", file="1.pdf")
    own = Shelf.of(found, {HOUSEHOLD_ID, OTHER}).papers_of(HOUSEHOLD_ID, [row])
    assert [(paper.name, paper.file, paper.problem) for paper in own] == [
        ("审批", found[1], None),
        (found[2].name, found[2], None),
    ]
    assert own[0].kinds == {"审批表"}
    assert own[0].cells == row.at("document", "file") + found[1].at()


def test_a_file_without_a_number_is_found_by_a_name_of_its_own() -> None:
    """By its path, where several have the name; a name that two have is nobody's."""
    found = [file("甲/scan1.pdf"), file("乙/scan1.pdf"), file("甲/scan2.pdf")]
    assert held(*found, rows=(indexed(file="SCAN2.PDF"),)) == [("鉴定报告", None)]
    assert held(*found, rows=(indexed(file="乙\\scan1.pdf"),)) == [("鉴定报告", None)]
    assert held(*found, rows=(indexed(file="scan1.pdf"),)) == [("鉴定报告", "file-not-found")]


def test_a_file_of_another_household_is_nobody_elses() -> None:
    """Be it the only one of its name; a number that is no household's tells nothing."""
    row = indexed(document="身份证", file="身份证.pdf")
    assert held(file(f"{OTHER}/身份证.pdf"), rows=(row,)) == [("身份证", "file-not-found")]
    assert held(file("20200611/身份证.pdf"), rows=(row,)) == [("身份证", None)]


def test_a_row_may_name_several_files_or_only_say_something_of_the_house() -> None:
    """Each file is a paper; a row without a paper is none."""
    rows = (indexed(file="1.pdf；2.pdf"), indexed(row=4, document=None, file=None))
    assert held(file(f"{HOUSEHOLD_ID}/1.pdf", 0), rows=rows) == [
        ("鉴定报告", "empty-file"),
        ("鉴定报告", "file-not-found"),
    ]


def test_an_empty_file_is_not_there_whoever_names_it() -> None:
    """By the index or by its folder."""
    assert papers(files={"鉴定表.pdf": 0})[0].problem == "empty-file"


# ------------------------------------------------------------------------------------------------ in a county


def test_what_belongs_to_nobody_is_kept() -> None:
    """Papers of ordinary households are counted, and never dropped."""
    photo = PhotoFile("档案", f"{HOUSEHOLD_ID}/a.jpg", Photo("a", "0" * 64, 1, "absent"), "archive")
    stranger = indexed(household_id="19999999999", document="审批表")
    items: list[Item] = [file(f"{HOUSEHOLD_ID}/a.jpg"), file("19999999999/b.pdf"), photo, indexed(), stranger]
    made = assemble([*household().rows, *items])
    casefile = made.by_id[HOUSEHOLD_ID]
    assert [paper.name for paper in casefile.archive] == ["鉴定报告", f"{HOUSEHOLD_ID}/a.jpg"]
    assert [paper.name for paper in made.unfiled] == ["审批表", "19999999999/b.pdf"]
    assert [(one.slot, one.system) for one in casefile.archive_photos] == [("archive1", "archive")]
    assert casefile.photos == ()
