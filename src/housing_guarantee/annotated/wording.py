"""What the copies say, whichever way they are written: the comments, and the list that is the first sheet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from housing_guarantee.annotated.marks import Kind, Mark, Note
from housing_guarantee.reports.workbook import LONGEST_TEXT, clean, cut

__all__ = ["AUTHOR", "COLUMNS", "FILLS", "Line", "Say", "comment", "lines", "shortened", "size"]

FILLS: Mapping[Kind, str] = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "compared": "FFDDEBF7"}
AUTHOR = "housing-guarantee"
COLUMNS = {"sheet": 18, "cell": 9, "mark": 10, "household": 24, "code": 30, "message": 60, "fix": 44, "by": 8}
"""The columns of the list, and their widths."""

_MOST_NOTES = 6  # of a comment: what a clerk still reads beside the cell; the list has them all
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


class Say:
    """Says a word of this report in the language of the run."""

    def __init__(self, language: str) -> None:
        self._index = int(language != "zh")

    def __call__(self, word: str, **values: Any) -> str:
        """Give the word, with the values in it."""
        return _WORDS[word][self._index].format(**values)


@frozen
class Line:
    """One line of the list.

    :param location: where its link leads to, within the workbook
    :param texts: one for each column
    """

    kind: Kind
    location: str
    texts: tuple[str, ...]


def comment(mark: Mark, say: Say, title: str) -> str:
    """Say what is said of a cell; where that is long, the sheet of this title says the rest."""
    said = [_said(note, say) for note in mark.notes[:_MOST_NOTES]]
    if more := len(mark.notes) - len(said):
        said.append(say("more", list=title, count=more))
    return "\n\n".join(said)


def _said(note: Note, say: Say) -> str:
    head = f"[{say(note.kind)}] {note.code}" + (f"  {note.household}" if note.household else "")
    return f"{head}\n{note.message}\n→ {note.fix}（{note.by}）"


def shortened(text: str) -> str:
    """Give a text as a comment or a cell can hold it."""
    return cut(clean(text), LONGEST_TEXT)


def size(text: str) -> tuple[int, int]:
    """Give the width and the height of a comment, in pixels."""
    return 340, 60 + 18 * min(20, text.count("\n") + len(text) // 24)


def lines(placed: Iterable[tuple[str, Mark]], say: Say) -> Iterator[Line]:
    """Give the lines of the list: every note of every mark.

    :param placed: marks, each with the name of its sheet
    """
    for sheet, mark in placed:
        place = f"{mark.column or 'A'}{mark.row}"
        shown = place if mark.column else f"{mark.row} {say('row')}"
        quoted = sheet.replace("'", "''")
        for note in mark.notes:
            told = (sheet, shown, say(note.kind), note.household, note.code, note.message, note.fix, note.by)
            yield Line(note.kind, f"'{quoted}'!{place}", tuple(shortened(text) for text in told))
