"""The first sheet of a copy: every mark, with a link to its cell."""

from collections.abc import Iterator, Sequence
from itertools import islice

from housing_guarantee.adapters.grid import column_letters
from housing_guarantee.annotated.marks import Mark
from housing_guarantee.annotated.splices import attribute, text_of
from housing_guarantee.annotated.styles import FILLS, Styles
from housing_guarantee.annotated.wording import COLUMNS, Say
from housing_guarantee.reports.workbook import CUT_MARK, LONGEST_TEXT, clean, cut

__all__ = ["listing"]

_MOST_LINKS = 65_530  # of a sheet, beyond which Excel calls the workbook damaged
_WRAPPED = {"message", "fix"}


def listing(marks: Sequence[tuple[str, Mark]], say: Say, styles: Styles, namespace: str, remark: str = "") -> bytes:
    """Write the sheet. Its cells hold texts only, whatever they begin with.

    :param marks: each with its sheet's name
    :param remark: what is said above the list
    """
    top = 2 if remark else 1  # the row of the heads
    notes = [(sheet, mark, note) for sheet, mark in marks for note in mark.notes]
    bold, link, plain, wrapped = (
        styles.own(font="bold"), styles.own(font="link"), styles.own(), styles.own(wrap=True),
    )  # fmt: skip
    fills = {kind: styles.own(kind=kind) for kind in FILLS}
    looks = [wrapped if name in _WRAPPED else link if name == "cell" else plain for name in COLUMNS]

    def rows() -> Iterator[str]:
        if remark:
            yield _row(1, [remark], [bold])
        yield _row(top, [say(name) for name in COLUMNS], [bold] * len(COLUMNS))
        for number, (sheet, mark, note) in enumerate(notes, top + 1):
            yield _row(number, say.line(sheet, mark, note), [*looks[:2], fills[note.kind], *looks[3:]])

    def links() -> Iterator[str]:
        for number, (sheet, mark, _) in enumerate(islice(notes, _MOST_LINKS), top + 1):
            quoted = sheet.replace("'", "''")
            place = attribute(f"'{quoted}'!{mark.column or 'A'}{mark.row}")
            yield f'<hyperlink ref="B{number}" location={place}/>'

    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(COLUMNS.values(), 1)
    )
    last = column_letters(len(COLUMNS) - 1)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{namespace}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
        f"<cols>{widths}</cols><sheetData>{''.join(rows())}</sheetData>"
        f'<autoFilter ref="A{top}:{last}{top + len(notes)}"/><hyperlinks>{"".join(links())}</hyperlinks>'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _row(number: int, texts: Sequence[str], looks: Sequence[int]) -> str:
    cells = "".join(
        f'<c r="{column_letters(column)}{number}" s="{look}" t="inlineStr"><is>{_text(text)}</is></c>'
        for column, (text, look) in enumerate(zip(texts, looks, strict=True))
    )
    return f'<row r="{number}">{cells}</row>'


def _text(text: str) -> str:
    return text_of(cut(clean(text), LONGEST_TEXT, CUT_MARK)).replace("<:", "<").replace("</:", "</")
