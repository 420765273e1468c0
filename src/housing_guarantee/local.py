"""Rules that a county writes in its campaign file alone (``[[rules.local]]``), without a line of code.

Such a rule says when a household is at fault, or when a requirement is met. It gets a code, words, a severity and
cells like any other. A blank that leaves its condition open leaves the household unanswered, which is never fine.
"""

import difflib
from typing import Any

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.conditions import Condition, FieldKind, parse_condition
from housing_guarantee.fields import case_fields
from housing_guarantee.rule import Breach, Proof, Unanswered, rule

__all__ = ["LocalRule", "understand"]

Answer = Breach | Proof | Unanswered | None


class LocalRule:
    """A rule of conditions; asked like a function, and pickled by its texts.

    :param when: when a household is at fault, or None
    :param proof: when the requirement is met, or None
    :param marks: what `rule` takes: clause, severity, message, fix …
    """

    def __init__(self, name: str, when: str | None, proof: str | None, **marks: Any) -> None:
        self._given = (name, when, proof, marks)
        self._when, self._proof = (understand(text) if text else None for text in (when, proof))
        self._fields = [case_fields()[field] for field in self._names()]
        self.__name__ = name
        self.__doc__ = " / ".join(f"`{text}`" for text in (when, proof) if text) + "."
        self._shown = {
            field.name.replace(".", "_"): field.name for field in self._fields if field.kind is not FieldKind.PERSONAL
        }
        recorded = any("verification" in field.records for field in self._fields)
        rule(recorded=recorded, sees=tuple(dict.fromkeys(one.attribute for one in self._fields)), **marks)(self)

    def __call__(self, casefile: CaseFile) -> Answer:
        """Ask the conditions of a household."""
        read = {field.name: field.read(casefile) for field in self._fields}
        values = {name: value for name, (value, _) in read.items()}
        cells = tuple(cell for _, own in read.values() for cell in own)
        met, fails = (condition and condition.holds(values) for condition in (self._proof, self._when))
        if met:
            return Proof(cells)
        if fails is None and self._when:
            return Unanswered(tuple(cell for value, own in read.values() if value is None for cell in own))
        named = {name: values[asked] for name, asked in self._shown.items()}
        return Breach(cells, named) if fails else None

    @property
    def values(self) -> tuple[str, ...]:
        """The names that its words may use: those of the fields it reads, unless they are personal."""
        return tuple(self._shown)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the texts; the conditions are understood again."""
        return _again, self._given

    def __repr__(self) -> str:
        """Show what it was made of, so that two rule sets can be told apart."""
        return f"LocalRule{self._given}"

    def _names(self) -> tuple[str, ...]:
        conditions = (self._when, self._proof)
        return tuple(dict.fromkeys(name for condition in conditions if condition for name in condition.names))


def _again(name: str, when: str | None, proof: str | None, marks: dict[str, Any]) -> LocalRule:
    return LocalRule(name, when, proof, **marks)


def understand(text: str) -> Condition:
    """Understand a condition over the fields of a case file.

    :raises ConditionError: with its place in the text
    """
    fields = case_fields()

    def nearest(name: str) -> str:
        close = difflib.get_close_matches(name, fields, n=1, cutoff=0.5)
        return f"; did you mean {close[0]!r}?" if close else ""

    return parse_condition(text, {name: one.kind for name, one in fields.items()}, nearest)
