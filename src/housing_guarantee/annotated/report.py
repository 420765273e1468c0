"""``annotated/``: a copy of each workbook that has faulty cells, with these filled and commented, and a list of them.

Every sheet, format, formula, filter and column stays as it is, and every other cell: what differs from the original is
the fill and the comment of the marked cells, and a first sheet that lists them with links. Nothing is masked but
identity numbers in what we say: the copy goes to the office that holds the original.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from housing_guarantee.annotated.accounts import cover_accounts
from housing_guarantee.annotated.copies import copy_of, originals, save
from housing_guarantee.annotated.marks import Mark, Note, marks_of
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.report import Report, Result, replace_file
from housing_guarantee.reports.workbook import LONGEST_TEXT, clean, cut, unique_name

__all__ = ["Annotated"]

_FILLS = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "compared": "FFDDEBF7"}
_MOST_NOTES = 6  # of a comment: what a clerk still reads beside the cell; the list has them all
_AUTHOR = "housing-guarantee"
_WORDS: Mapping[str, tuple[str, str]] = {
    "list": ("核验问题清单", "Findings"),
    "sheet": ("工作表", "sheet"),
    "cell": ("单元格", "cell"),
    "mark": ("标记", "mark"),
    "household": ("户", "household"),
    "code": ("问题代码", "code"),
    "message": ("问题", "problem"),
    "fix": ("怎么改", "what to do"),
    "by": ("由谁", "who"),
    "error": ("错误", "error"),
    "warning": ("提醒", "warning"),
    "compared": ("与之比对", "compared with"),
    "row": ("整行", "row"),
    "more": ("其余见“{list}”：{count}条", "more in “{list}”: {count}"),
}
_COLUMNS = {"sheet": 18, "cell": 9, "mark": 10, "household": 24, "code": 30, "message": 60, "fix": 44, "by": 8}


class Annotated:
    """Writes the copies; a workbook in which nothing is at fault any more loses its copy."""

    name = "annotated"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the copies, each beside its place first.

        :raises OutputError: a file cannot be written, or an original changed while it was checked
        """
        marks, written = marks_of(result), []
        for account in result.survey.accounts:
            path = account.source.path
            if account.problem or not account.digest or not path.is_file():
                continue
            names = [
                name for name in marks if name == account.source.name or name.startswith(f"{account.source.name}/")
            ]
            if not names:
                _lose(folder / self.name, account.source.name)
                continue
            try:
                books = [(name, data) for name, data in originals(account) if name in marks]
                written += [_annotate(result, folder / self.name, name, data, marks[name]) for name, data in books]
            except SourceError:  # what a plugin's adapter read is no workbook
                continue
        return written


def _annotate(result: Result, folder: Path, name: str, data: bytes, marks: Sequence[Mark]) -> Path:
    book, ending = copy_of(data, name)
    cover_accounts(book)
    say = _Say(result.language)
    title = unique_name(say("list"), {sheet.casefold() for sheet in book.sheetnames})
    placed = [(_page(book, mark), mark) for mark in marks]
    for page, mark in placed:
        _mark(page, mark, say, title)
    _list(book, title, placed, say)
    return replace_file(_path(folder, f"{name}{ending}"), lambda part: save(book, part, result.campaign.as_of))


def _lose(folder: Path, name: str) -> None:
    for ending in ("", ".xlsx", ".xlsm"):
        _path(folder, f"{name}{ending}").unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    """Give a place within the folder, whatever the campaign file calls the source."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return folder.joinpath(*(unique_name(part, set(), 120) for part in parts))


class _Say:
    """Says a word of this report in the language of the run."""

    def __init__(self, language: str) -> None:
        self._index = int(language != "zh")

    def __call__(self, word: str, **values: Any) -> str:
        return _WORDS[word][self._index].format(**values)


def _page(book: Any, mark: Mark) -> Any:
    """Give the mark's sheet; a csv has one, without a name."""
    return book[mark.sheet] if mark.sheet in book.sheetnames else book.worksheets[0]


def _mark(page: Any, mark: Mark, say: _Say, title: str) -> None:
    """Fill the cell and write what is said of it into its comment, behind any comment that was there."""
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = _anchor(page, f"{mark.column or 'A'}{mark.row}")
    cell.fill = PatternFill("solid", fgColor=_FILLS[mark.kind])
    lines = [_said(note, say) for note in mark.notes[:_MOST_NOTES]]
    if more := len(mark.notes) - len(lines):
        lines.append(say("more", list=title, count=more))
    before = [cell.comment.text] if cell.comment else []
    text = cut(clean("\n\n".join([*before, *lines])), LONGEST_TEXT)
    cell.comment = Comment(text, _AUTHOR, height=60 + 18 * min(20, text.count("\n") + len(text) // 24), width=340)


def _anchor(page: Any, place: str) -> Any:
    """Give the cell, or the first of the merged cells that it is part of: only that one shows anything."""
    cell = page[place]
    for merged in page.merged_cells.ranges:
        if place in merged:
            return page.cell(merged.min_row, merged.min_col)
    return cell


def _said(note: Note, say: _Say) -> str:
    head = f"[{say(note.kind)}] {note.code}" + (f"  {note.household}" if note.household else "")
    return f"{head}\n{note.message}\n→ {note.fix}（{note.by}）"


def _list(book: Any, title: str, placed: Sequence[tuple[Any, Mark]], say: _Say) -> None:
    """Add the first sheet: every mark with a link to its cell."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink
    from openpyxl.worksheet.properties import PageSetupProperties

    page = book.create_sheet(title, 0)
    page.append([say(column) for column in _COLUMNS])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", _COLUMNS.values(), strict=True):
        page.column_dimensions[letter].width = width
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for own, mark in placed:
        sheet, place = own.title, f"{mark.column or 'A'}{mark.row}"
        shown = place if mark.column else f"{mark.row} {say('row')}"
        for note in mark.notes:
            row = page.max_row + 1
            texts = (sheet, shown, say(note.kind), note.household, note.code, note.message, note.fix, note.by)
            for column, text in enumerate(texts, 1):
                cell = page.cell(row, column, clean(text))
                cell.data_type = "s"  # text stays text, whatever it begins with
                cell.alignment = Alignment(wrap_text=column in (6, 7), vertical="top")
            link = page.cell(row, 2)
            quoted = sheet.replace("'", "''")
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!{place}")
            link.font = Font(color="FF0563C1", underline="single")
            page.cell(row, 3).fill = PatternFill("solid", fgColor=_FILLS[note.kind])
    page.auto_filter.ref = page.dimensions
    book.active = 0
    for other in book.worksheets:  # two sheets that are both selected would be typed into at once
        other.sheet_view.tabSelected = other is page


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Annotated()]
