"""The formats of a workbook, with some behind them: a marked cell looks as it did, but for its fill."""

from housing_guarantee.annotated.marks import Kind
from housing_guarantee.annotated.parts import Element, UneditableError, attribute, elements, ending, spliced
from housing_guarantee.annotated.wording import FILLS

__all__ = ["Styles"]

_LISTS = ("fonts", "fills", "borders", "cellXfs")


class Styles:
    """``styles.xml``, to whose lists is appended; what stands in them stays.

    :raises UneditableError: one of the lists is missing or empty
    """

    def __init__(self, data: bytes) -> None:
        found = elements(data, 3)
        self._data = data
        self._lists = {element.name: element for element in found if element.path[:-1] == ("styleSheet",)}
        self._own = {name: [e for e in found if e.path[:-1] == ("styleSheet", name)] for name in _LISTS}
        if not all(self._own.values()):
            raise UneditableError
        self._new: dict[str, list[bytes]] = {name: [] for name in _LISTS}
        self._known: dict[tuple[object, ...], int] = {}

    def filled(self, base: int, kind: Kind) -> int:
        """Give the number of the format that is this one with the fill of this kind."""
        key = ("filled", base, kind)
        if key not in self._known:
            xf = self._bytes(self._at("cellXfs", base))
            end = xf.index(b">") + 1
            tag = attribute(attribute(xf[:end], "fillId", str(self._fill(kind))), "applyFill", "1")
            self._known[key] = self._append("cellXfs", tag + xf[end:])
        return self._known[key]

    def plain(self, *, bold: bool = False, link: bool = False, wrap: bool = False, kind: Kind | None = None) -> int:
        """Give the number of a format of the list's cells."""
        key = ("plain", bold, link, wrap, kind)
        if key not in self._known:
            font, fill = self._font(bold=bold, link=link), self._fill(kind) if kind else 0
            alignment = '<alignment vertical="top" wrapText="1"/>' if wrap else '<alignment vertical="top"/>'
            xf = (
                f'<xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyFont="1" applyFill="1" '
                f'applyAlignment="1">{alignment}</xf>'
            )
            self._known[key] = self._append("cellXfs", xf.encode())
        return self._known[key]

    def written(self) -> bytes:
        """Give the part with what was appended."""
        changes = []
        for name, new in self._new.items():
            if new:
                place = self._lists[name]
                tag = self._data[place.start : place.inner]
                count = str(len(self._own[name]) + len(new))
                changes.append((place.start, place.inner, attribute(tag, "count", count)))
                changes.append(ending(self._data, place, b"".join(new)))
        return spliced(self._data, changes)

    def _fill(self, kind: Kind) -> int:
        key = ("fill", kind)
        if key not in self._known:
            colour = f'<fgColor rgb="{FILLS[kind]}"/><bgColor indexed="64"/>'
            fill = f'<fill><patternFill patternType="solid">{colour}</patternFill></fill>'
            self._known[key] = self._append("fills", fill.encode())
        return self._known[key]

    def _font(self, *, bold: bool, link: bool) -> int:
        """Give a font like the workbook's own, in its size."""
        if not bold and not link:
            return 0
        key = ("font", bold, link)
        if key not in self._known:
            first = self._bytes(self._own["fonts"][0])
            kept = {e.name: first[e.start : e.end] for e in elements(first, 2)}
            look = b"<b/>" if bold else b'<u val="single"/>'
            colour = b'<color rgb="FF0563C1"/>' if link else b""
            self._known[key] = self._append(
                "fonts", b"<font>" + look + kept.get("sz", b"") + colour + kept.get("name", b"") + b"</font>"
            )
        return self._known[key]

    def _append(self, name: str, new: bytes) -> int:
        self._new[name].append(new)
        return len(self._own[name]) + len(self._new[name]) - 1

    def _at(self, name: str, number: int) -> Element:
        if number >= len(self._own[name]):
            raise UneditableError
        return self._own[name][number]

    def _bytes(self, element: Element) -> bytes:
        return self._data[element.start : element.end]
