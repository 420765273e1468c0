"""Workbooks XML by XML, as no program would write them."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def raw(
    data: str = "",
    *,
    after: str = "",
    strings: int = 0,
    parts: Mapping[str, bytes | str] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Write a workbook of one sheet ``名册`` from the XML of its rows.

    :param after: what follows the rows, such as merged ranges
    :param strings: how many shared texts there are
    :param parts: further parts, or other contents for these
    """
    sheet = f'<worksheet xmlns="{_MAIN}"><dimension ref="A1"/><sheetData>{data}</sheetData>{after}</worksheet>'
    contents: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        '<sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">' + "<si><t>字</t></si>" * strings + "</sst>",
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    }
    return archive(contents, compression)


def archive(contents: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip archive."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as zipped:
        for name, content in contents.items():
            zipped.writestr(name, content)
    return file.getvalue()


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/{kind}" Target="{target}"/></Relationships>'
    )
