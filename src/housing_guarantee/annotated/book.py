"""The workbook's own part: its sheets, and one more before them."""

from typing import NamedTuple

from housing_guarantee.annotated.package import Package
from housing_guarantee.annotated.splices import Scan, Strange, attribute, spliced, with_attributes

__all__ = ["Book"]

_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_TRANSITIONAL = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                 "http://schemas.openxmlformats.org/officeDocument/2006/relationships")  # fmt: skip
_STRICT = ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships")
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class _Sheet(NamedTuple):
    name: str
    part: str
    kind: str


class Book:
    """Which sheets a workbook has, and in which of the two dialects it is written.

    :ivar namespace: of its elements
    :ivar references: of the types of what its parts refer to
    :raises Strange: it is in another dialect, or some of its sheets are programs
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._scan = _Workbook()
        self._scan.over([package.read(_WORKBOOK)])
        own = self._scan.root.get(f"xmlns:{self._scan.prefix[:-1]}" if self._scan.prefix else "xmlns")
        dialect = next((pair for pair in (_TRANSITIONAL, _STRICT) if pair[0] == own), None)
        if dialect is None or not self._scan.sheets:
            raise Strange("its list of sheets is written in an unusual way")
        self.namespace, self.references = dialect
        relations = package.relations(_WORKBOOK)
        self._sheets = [
            _Sheet(name, relations[link].target, relations[link].kind)
            for name, link in self._scan.sheets
            if link in relations
        ]
        if any(sheet.kind.endswith("acrosheet") for sheet in self._sheets):
            raise Strange("some of its sheets are programs")
        styles = [relation.target for relation in relations.values() if relation.kind == "styles"]
        self.styles = styles[0] if styles else None

    @property
    def names(self) -> list[str]:
        """The names of all sheets."""
        return [name for name, _ in self._scan.sheets]

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the sheets, by their names."""
        return {sheet.name: sheet.part for sheet in self._sheets}

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another one in the workbook's dialect."""
        return self._package.relate(part, f"{self.references}/{kind}", target)

    def add_styles(self, data: bytes) -> None:
        """Give formats to a workbook that has none.

        :raises Strange: it has, but does not say so
        """
        if _STYLES in self._package:
            raise Strange("it does not refer to its formats")
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
        self.relate(_WORKBOOK, "styles", self._package.add(_STYLES, data, content_type))

    def add_first(self, name: str, data: bytes) -> None:
        """Put a sheet before the others and show it."""
        part = self._package.add("xl/worksheets/sheet{}.xml", data, _SHEET_TYPE)
        link = self.relate(_WORKBOOK, "worksheet", part)
        entry = (
            f'<{self._scan.prefix}sheet name={attribute(name)} sheetId="{self._scan.last_id + 1}" '
            f'xmlns:r="{self.references}" r:id="{link}"/>'
        )
        again = _Workbook(entry)
        data = self._package.read(_WORKBOOK)
        self._package.change(_WORKBOOK, b"".join(spliced([data], again.over([data]).splices)))


class _Workbook(Scan):
    """Reads the list of sheets; with an entry, also puts it first and moves what counts sheets by their order."""

    def __init__(self, entry: str = "") -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.last_id = 0
        self._entry = entry

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheet":
            self._sheet(attributes)
        elif name == "definedName" and "localSheetId" in attributes:
            self._change(localSheetId=str(int(attributes["localSheetId"]) + 1))
        elif name == "workbookView" and ("activeTab" in attributes or "firstSheet" in attributes):
            self._change(activeTab="0", firstSheet="0")

    def _sheet(self, attributes: dict[str, str]) -> None:
        if self._entry and not self.sheets:
            self.insert(self._entry)
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        self.sheets.append((attributes.get("name", ""), link))
        self.last_id = max(self.last_id, int(attributes.get("sheetId", "0")))

    def _change(self, **values: str) -> None:
        if self._entry:
            tag = self.tag()
            self.rewrite(tag, with_attributes(tag, **values))
