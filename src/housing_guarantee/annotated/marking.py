"""A workbook with its faulty cells filled and commented, and a list of them before its sheets.

What is changed are a few places of its parts; every other byte that it holds is copied: formulas with their results,
charts, pictures, shapes, whatever a program has put there that we have never heard of.
"""

from collections.abc import Mapping, Sequence

from housing_guarantee.annotated.book import Book
from housing_guarantee.annotated.comments import comment
from housing_guarantee.annotated.listing import listing
from housing_guarantee.annotated.marks import GRAVITY, Mark
from housing_guarantee.annotated.package import Package
from housing_guarantee.annotated.sheet import Place, Selected, SheetScan, column_number, first_of_merged
from housing_guarantee.annotated.splices import Strange
from housing_guarantee.annotated.styles import MINIMAL, Styles
from housing_guarantee.annotated.wording import Say
from housing_guarantee.reports.workbook import clean, unique_name

__all__ = ["marked"]


def marked(data: bytes, marks: Sequence[tuple[str, Mark]], say: Say, remark: str = "") -> Package:
    """Mark a workbook.

    :param marks: each with the name of its sheet
    :param remark: what is said above the list
    :raises Strange: it is written in a way in which it cannot be changed safely
    """
    package = Package(data)
    book = Book(package)
    if book.styles is None:
        styles = Styles(MINIMAL.format(namespace=book.namespace).encode())
    else:
        styles = Styles(package.read(book.styles))
    taken: set[str] = set()
    for name in book.names:
        unique_name(name, taken)
    title = unique_name(say("list"), taken)
    by_sheet: dict[str, list[Mark]] = {name: [] for name in book.parts}
    for sheet, mark in marks:
        if sheet not in by_sheet:
            raise Strange("a sheet that was read is not in its list")
        by_sheet[sheet].append(mark)
    for sheet, own in by_sheet.items():
        part = book.parts[sheet]
        if own:
            _mark(package, book, styles, part, own, say, title)
        else:
            package.splice(part, Selected().over(package.blocks(part)).splices)
    book.add_first(title, listing(marks, say, styles, book.namespace, remark))
    if book.styles is None:
        book.add_styles(styles.data())
    else:
        package.change(book.styles, styles.data())
    return package


def _mark(package: Package, book: Book, styles: Styles, part: str, marks: Sequence[Mark], say: Say, title: str) -> None:
    shown = _shown(package, part, marks)
    kinds = {place: min((mark.kind for mark in own), key=GRAVITY.__getitem__) for place, own in shown.items()}
    scan = SheetScan(kinds, lambda base, place: styles.filled(base, kinds[place]))
    scan.over(package.blocks(part))
    texts = {
        place: clean(say.comment([note for mark in own for note in mark.notes], title)) for place, own in shown.items()
    }
    comment(package, book, part, scan, texts)
    package.splice(part, scan.splices)


def _shown(package: Package, part: str, marks: Sequence[Mark]) -> Mapping[Place, list[Mark]]:
    """Give the marks by the cell that shows them."""
    places = [(mark.row, column_number(mark.column or "A")) for mark in marks]
    firsts = first_of_merged(package.blocks(part), places)
    shown: dict[Place, list[Mark]] = {}
    for place, mark in zip(places, marks, strict=True):
        shown.setdefault(firsts[place], []).append(mark)
    return dict(sorted(shown.items()))
