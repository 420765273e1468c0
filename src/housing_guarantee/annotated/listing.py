"""The first sheet as XML: a list of the marks, with links to their cells and none that leads out of the workbook."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

from housing_guarantee.adapters.grid import column_letters
from housing_guarantee.annotated.parts import MAIN
from housing_guarantee.annotated.styles import Styles
from housing_guarantee.annotated.text import escaped
from housing_guarantee.annotated.wording import COLUMNS, Line, Say

__all__ = ["list_sheet"]

_MOST_LINKS = 65_000  # Excel opens no sheet with more than 65,530
_LETTERS = [column_letters(index) for index in range(len(COLUMNS))]
_LINKED, _MARKED = 1, 2  # the columns that hold the link and the mark
_WRAPPED = (5, 6)


def list_sheet(lines: Sequence[Line], say: Say, styles: Styles) -> bytes:
    """Write the sheet; its texts stay text, whatever they begin with."""
    area = f"A1:{_LETTERS[-1]}{len(lines) + 1}"
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(COLUMNS.values(), 1)
    )
    header = _row(1, [say(column) for column in COLUMNS], [styles.plain(bold=True)] * len(COLUMNS))
    rows = "".join(_row(number, line.texts, _formats(line, styles)) for number, line in enumerate(lines, 2))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
        f'<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="{area}"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{header}{rows}</sheetData>'
        f'<autoFilter ref="{area}"/>{_links(lines)}'
        '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _formats(line: Line, styles: Styles) -> list[int]:
    formats = [styles.plain(wrap=column in _WRAPPED) for column in range(len(COLUMNS))]
    formats[_LINKED], formats[_MARKED] = styles.plain(link=True), styles.plain(kind=line.kind)
    return formats


def _row(number: int, texts: Sequence[str], formats: Sequence[int]) -> str:
    cells = "".join(
        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'
        for letter, text, style in zip(_LETTERS, texts, formats, strict=True)
    )
    return f'<row r="{number}">{cells}</row>'


def _links(lines: Iterable[Line]) -> str:
    links = [
        f'<hyperlink ref="{_LETTERS[_LINKED]}{number}" location={quoteattr(line.location)}/>'
        for number, line in enumerate(lines, 2)
    ]
    return f"<hyperlinks>{''.join(links[:_MOST_LINKS])}</hyperlinks>" if links else ""
