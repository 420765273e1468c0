"""Formats of the marked cells: those that the cells had, with another fill; and the few that the list needs."""

from collections.abc import Mapping

from housing_guarantee.annotated.splices import Scan, Splice, Strange, attribute, spliced, with_attributes

__all__ = ["FILLS", "MINIMAL", "Styles"]

FILLS: Mapping[str, str] = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "compared": "FFDDEBF7"}
_MOST = 64_000  # formats of a workbook
_SECTIONS = ("fonts", "fills", "cellXfs")

MINIMAL = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="{namespace}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>\
<cellXfs count="1"><xf xfId="0"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
"""The formats of a workbook that says nothing of them."""


class Styles:
    """The formats of one workbook, to which some are added.

    :param data: the part that holds them
    :raises Strange: it lacks a section that every office program writes
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen = _Sections()
        self._seen.over([data])
        if not self._seen.formats or not all(self._seen.ends.get(name) for name in _SECTIONS):
            raise Strange("its formats are written in an unusual way")
        self._added: list[bytes] = []
        self._filled: dict[tuple[int, str], int] = {}

    def filled(self, base: int, kind: str) -> int:
        """Give the format that is this one but for its fill."""
        if (base, kind) not in self._filled:
            begin, end = self._seen.formats[base if base < len(self._seen.formats) else 0]
            own = self._data[begin:end]
            tag = own[: own.index(b">") + 1]
            filled = with_attributes(tag, fillId=str(self._fill(kind)), applyFill="1") + own[len(tag) :]
            self._filled[base, kind] = self._add(filled)
        return self._filled[base, kind]

    def own(self, *, font: str = "", wrap: bool = False, kind: str = "") -> int:
        """Give a format of the list: text that stays text also when somebody types into it.

        :param font: ``bold``, ``link`` or none
        """
        number = {"": 0, "bold": self._seen.counts["fonts"], "link": self._seen.counts["fonts"] + 1}[font]
        fill = f' fillId="{self._fill(kind)}" applyFill="1"' if kind else ' fillId="0"'
        return self._add(
            f'<:xf numFmtId="0" fontId="{number}"{fill} borderId="0" xfId="0" applyFont="1" applyAlignment="1" '
            f'quotePrefix="1"><:alignment vertical="top" wrapText="{int(wrap)}"/></:xf>'.replace(
                "<:", f"<{self._seen.prefix}"
            )
            .replace("</:", f"</{self._seen.prefix}")
            .encode()
        )

    def data(self) -> bytes:
        """Give the part with what was added.

        :raises Strange: there are more formats than a workbook may have
        """
        counts, prefix = self._seen.counts, self._seen.prefix
        if counts["cellXfs"] + len(self._added) > _MOST:
            raise Strange("it has too many formats")
        look = "".join(f"<:{name} val={attribute(value)}/>" for name, value in self._seen.font.items())
        fonts = f'<:font><:b/>{look}</:font><:font><:u/><:color rgb="FF0563C1"/>{look}</:font>'
        fills = "".join(
            f'<:fill><:patternFill patternType="solid"><:fgColor rgb="{rgb}"/></:patternFill></:fill>'
            for rgb in FILLS.values()
        )
        more = {"fonts": _named(fonts, prefix), "fills": _named(fills, prefix), "cellXfs": b"".join(self._added)}
        sizes = {"fonts": 2, "fills": len(FILLS), "cellXfs": len(self._added)}
        splices = [Splice(self._seen.ends[name], 0, more[name]) for name in _SECTIONS]
        for name in _SECTIONS:
            at, tag = self._seen.tags[name]
            splices.append(Splice(at, len(tag), with_attributes(tag, count=str(counts[name] + sizes[name]))))
        return b"".join(spliced([self._data], sorted(splices)))

    def _fill(self, kind: str) -> int:
        return self._seen.counts["fills"] + list(FILLS).index(kind)

    def _add(self, own: bytes) -> int:
        self._added.append(own)
        return self._seen.counts["cellXfs"] + len(self._added) - 1


def _named(text: str, prefix: str) -> bytes:
    return text.replace("</:", f"</{prefix}").replace("<:", f"<{prefix}").encode()


class _Sections(Scan):
    """Where the sections begin and end, how many each holds, the bytes of each format, the look of the first font."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, tuple[int, bytes]] = {}
        self.ends: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.formats: list[tuple[int, int]] = []
        self.font: dict[str, str] = {}
        self._section = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.depth == 2:
            self._section = name
            self.tags[name], self.counts[name] = (self.at, self.tag()), 0
        elif self.depth == 3:
            self.counts[self._section] += 1
            if self._section == "cellXfs":
                self._close()
                self.formats.append((self.at, 0))
        elif self._section == "fonts" and self.counts["fonts"] == 1 and name in ("sz", "name"):
            self.font[name] = attributes.get("val", "")

    def end(self, _: str) -> None:
        if self.depth == 2:
            if self._section == "cellXfs":
                self._close()
            empty = self.tags[self._section][1].endswith(b"/>")
            self.ends[self._section] = 0 if empty else self.at

    def _close(self) -> None:
        """A format ends where the next one begins, or their list ends."""
        if self.formats and not self.formats[-1][1]:
            self.formats[-1] = (self.formats[-1][0], self.at)
