"""A finding's words, in the language asked for and masked for whoever reads them."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from housing_guarantee.data import read_toml
from housing_guarantee.definition import Definition
from housing_guarantee.findings import Finding, RequirementResult, State
from housing_guarantee.masking import Masking
from housing_guarantee.models import Cell, IdNumber, Position
from housing_guarantee.outputs import OriginData, RowKey
from housing_guarantee.rule import Rule, Words

__all__ = ["MARKS", "Renderer"]

MARKS = {
    State.MET: "✔",
    State.UNMET: "✘",
    State.NOT_APPLICABLE: "–",
    State.COULD_NOT_CHECK: "?",
    State.WAIVED: "~",
}
"""What stands before a requirement, by its state."""
_IDENTITY = 10**14
"""From fifteen digits on, a number may be a person's, in whatever column it stands."""


@frozen
class Renderer:
    """Turns findings into words for one reader.

    :param rules: by code
    """

    rules: Mapping[str, Rule]
    definition: Definition
    language: str
    masking: Masking
    _shown: dict[tuple[str, str], str] = field(factory=dict, init=False, repr=False, eq=False)

    def message(self, finding: Finding) -> str:
        """Say what is wrong, with the household's own values."""
        return self._words(self.rules[finding.code].message, finding)

    def fix(self, finding: Finding) -> str:
        """Say what to do."""
        return self._words(self.rules[finding.code].fix, finding)

    def by(self, finding: Finding) -> str:
        """Say who does it."""
        return self.term(self.rules[finding.code].fix.by)

    def term(self, word: str) -> str:
        """Say a fixed word of the program (a severity, a verdict, a level) in the reader's language."""
        words: Mapping[str, str] = self.definition.sources.get(word) or read_toml("terms.toml").get(word, {})
        return words.get(self.language, word)

    def domain(self, word: str) -> str:
        """Say a word of the campaign; in English with the plan's own word behind it."""
        english = self.definition.english.get(word)
        return f"{english} ({word})" if english and self.language == "en" else word

    def values(self, finding: Finding) -> dict[str, Any]:
        """Give a finding's named data for JSON, masked."""
        return {name: self._json(name, value) for name, value in sorted(finding.values.items())}

    def origin(self, cell: Cell) -> OriginData:
        """Give a cell for JSON: where it is, and what stands there, masked."""
        key: RowKey = {"row_key": self.masking.show("row_key", cell.row_key)} if cell.row_key else {}
        return {
            "source": self.file(cell.source),
            "sheet": cell.sheet and self._place_name("sheet", cell.sheet),
            "row": cell.row,
            **key,
            "column": cell.column,
            "header": cell.header,
            "value": self._json(cell.field, cell.value),
        }

    def place(self, cell: Cell) -> str:
        """Say where a cell is, as a clerk looks for it: file, sheet, cell, header."""
        parts = [self.term(self.file(cell.source))]
        if cell.sheet:
            parts.append(f"[{self._place_name('sheet', cell.sheet)}]")
        if cell.row_key:
            parts.append(self.masking.show("row_key", cell.row_key))
        elif cell.column and cell.row and cell.column.isupper():  # letters of a spreadsheet
            parts.append(f"{cell.column}{cell.row}")
        else:
            if cell.row:
                parts.append(f"第{cell.row}行" if self.language == "zh" else f"row {cell.row}")
            if cell.column:
                parts.append(cell.column)
        if cell.header:
            parts.append(f"「{cell.header}」" if self.language == "zh" else f"({cell.header})")
        return " ".join(parts)

    def cell(self, cell: Cell) -> str:
        """Say where a cell is, and what stands there."""
        return f"{self.place(cell)} = {self._text(cell.field, cell.value)}"

    def requirement(self, link: RequirementResult) -> str:
        """Say what is required, and how that stands."""
        words = link.requirement.zh if self.language == "zh" else link.requirement.en
        return f"{words}: {self.term(link.state.value)}"

    def file(self, name: str) -> str:
        """Name a file; its name is often made of a person's, a photo's most of all."""
        return self._place_name("photo", name)

    def _place_name(self, kind: str, name: str) -> str:
        """Mask the name of a file or sheet; the same few stand before thousands of cells."""
        if (kind, name) not in self._shown:
            self._shown[kind, name] = self.masking.show(kind, name)
        return self._shown[kind, name]

    def text(self, name: str, value: Any) -> str:
        """Say one value, masked."""
        return self._text(name, value)

    def _words(self, words: Words, finding: Finding) -> str:
        named = {name: self._text(name, value) for name, value in finding.values.items()}
        named.setdefault("name", self._text("name", finding.name))
        named.setdefault("household_id", finding.household_id or self._blank())
        return words.of(self.language).format_map(_Named(named, self._blank()))

    def _text(self, name: str, value: Any) -> str:
        if value is None or value == "":
            return self._blank()
        if isinstance(value, bool):
            return self.term("yes" if value else "no")
        if isinstance(value, float) and abs(value) < _IDENTITY:
            return f"{value:.2f}".rstrip("0").rstrip(".")
        if isinstance(value, Mapping):
            return str(value.get(self.language, ""))
        if isinstance(value, (tuple, list, frozenset)):
            return ("、" if self.language == "zh" else ", ").join(self._text(name, one) for one in value)
        text = _plain(value)
        return self.domain(self.term(self.masking.show(name, text)))

    def _json(self, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return value.get(self.language)
        if isinstance(value, (tuple, list)):
            return [self._json(name, one) for one in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)) and abs(value) < _IDENTITY:
            exact = int(value) if float(value).is_integer() else round(value, 6)  # spreadsheets know no whole numbers
            return self.masking.value(name, exact)
        return self.masking.show(name, _plain(value))

    def _blank(self) -> str:
        return "（空）" if self.language == "zh" else "(blank)"


class _Named(dict[str, str]):
    """Named fields of a message; one that a rule did not give shows as blank, and never ends a report."""

    def __init__(self, values: Mapping[str, str], blank: str) -> None:
        super().__init__(values)
        self._blank = blank

    def __missing__(self, key: str) -> str:
        return self._blank


def _plain(value: Any) -> str:
    if isinstance(value, IdNumber):
        return value.text
    if isinstance(value, Position):
        return f"{value.latitude:.6f}, {value.longitude:.6f}"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return str(value)
