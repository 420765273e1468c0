"""The words of the copies, in the language of the run."""

from collections.abc import Mapping, Sequence
from typing import Any

from housing_guarantee.annotated.marks import Mark, Note

__all__ = ["COLUMNS", "Say"]

COLUMNS: Mapping[str, int] = {
    "sheet": 18, "cell": 9, "mark": 10, "household": 24, "code": 30, "message": 60, "fix": 44, "by": 8,
}  # fmt: skip
"""The columns of the list, and how many characters wide they are."""

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
    "values": (
        "原工作簿的写法特殊，不能直接标注：本副本只有单元格的值，没有格式和公式",
        "The original is written in an unusual way and cannot be marked itself: "
        "this copy has the values of its cells, without formats and formulas",
    ),
}


class Say:
    """Says a word, or what a comment or a line of the list says."""

    def __init__(self, language: str) -> None:
        self._index = int(language != "zh")

    def __call__(self, word: str, **values: Any) -> str:
        """Say one word."""
        return _WORDS[word][self._index].format(**values)

    def comment(self, notes: Sequence[Note], title: str) -> str:
        """Say what is wrong with a cell.

        :param title: of the list
        """
        lines = [self._note(note) for note in notes[:_MOST_NOTES]]
        if more := len(notes) - len(lines):
            lines.append(self("more", list=title, count=more))
        return "\n\n".join(lines)

    def line(self, sheet: str, mark: Mark, note: Note) -> tuple[str, ...]:
        """Say the same as a line of the list."""
        place = f"{mark.column}{mark.row}" if mark.column else f"{mark.row} {self('row')}"
        return sheet, place, self(note.kind), note.household, note.code, note.message, note.fix, note.by

    def _note(self, note: Note) -> str:
        head = f"[{self(note.kind)}] {note.code}" + (f"  {note.household}" if note.household else "")
        return f"{head}\n{note.message}\n→ {note.fix}（{note.by}）"
