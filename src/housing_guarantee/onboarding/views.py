"""How a sheet can be understood: as which role, by which columns, how surely, and what it lacks.

The header is found as `check` finds it. A header that is no synonym but resembles one, and a column whose cells can be
no other field's, are found too; these are what the campaign file has to say under ``columns``.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from housing_guarantee.adapters.grid import Sheet, Value
from housing_guarantee.adapters.header import Certainty, HeaderMatch, certainty_of, data_rows, role_synonyms
from housing_guarantee.adapters.tables import NEEDED
from housing_guarantee.data import read_toml
from housing_guarantee.errors import SourceError
from housing_guarantee.onboarding.content import Known, filled
from housing_guarantee.onboarding.guesses import column_of, guesses, look_for_header
from housing_guarantee.records import ROLES, fields_of

__all__ = ["View", "views_of"]

_TOLD_BY_NEEDS = ("roster", "appraisals")
"""Roles whose needed columns alone make them likely."""
_WEIGHTS = {Certainty.EXACT: 4, Certainty.NORMALISED: 4, Certainty.PARTLY: 2, Certainty.CONTENT: 1}


@frozen
class View:
    """A sheet understood as one role.

    :param certainty: field → how surely its header means it
    :param given: field → header that the campaign file must name
    :param missing: fields without which the sheet cannot be used, of the combination that it is nearest to
    :param problem: why the header cannot be used as it is, a header that stands twice
    """

    role: str
    sheet: Sheet = field(repr=False)
    match: HeaderMatch
    certainty: Mapping[str, Certainty]
    given: Mapping[str, str]
    missing: tuple[str, ...]
    problem: SourceError | None

    @cached_property
    def rows(self) -> Sequence[tuple[int, Sequence[Value]]]:
        """The rows of data, by number."""
        return data_rows(self.sheet, self.match)[0]

    @property
    def is_usable(self) -> bool:
        """Whether `check` can read the sheet so."""
        return not self.missing and self.problem is None

    @property
    def own(self) -> set[str]:
        """The fields that headers name and no other role has; remarks and places stand in any list."""
        anywhere = read_toml("headers.toml")["shared"]
        named = {name for name, sure in self.certainty.items() if sure is not Certainty.CONTENT} - anywhere.keys()
        return {name for name in named if sum(name in fields_of(role) for role in ROLES) == 1}

    @property
    def is_likely(self) -> bool:
        """Whether it is usable and more than a list of names, which could be anything."""
        return self.is_usable and (self.role in _TOLD_BY_NEEDS or bool(self.own))

    @property
    def score(self) -> int:
        """Weigh the fields by certainty; one that no other role has counts twice."""
        own = self.own
        return sum(_WEIGHTS[sure] * (2 if name in own else 1) for name, sure in self.certainty.items())

    def cells(self, name: str) -> list[Value]:
        """Give the cells of a field's column that are not blank."""
        return filled(column_of(self.rows, self.match.columns[name])) if name in self.match.columns else []


def views_of(sheet: Sheet, roles: Sequence[str], known: Known | None = None) -> list[View]:
    """Give every way of understanding a sheet that recognises anything, the likeliest first.

    :param known: what other files name; None: only headers are asked
    """
    found = [view for role in roles if (view := _view(sheet, role, known)) is not None]
    return sorted(found, key=lambda view: (-view.score, not view.is_likely))


def _view(sheet: Sheet, role: str, known: Known | None) -> View | None:
    synonyms = role_synonyms(role)
    guessed = {} if known is None else guesses(sheet, synonyms, known)
    given = {name: header for name, (header, _) in guessed.items()}
    match, problem = look_for_header(sheet, synonyms, given)
    if match is None:
        return None
    sure = {
        name: guessed[name][1] if name in guessed else certainty_of(header, synonyms[name]) or Certainty.NORMALISED
        for name, header in match.headers.items()
    }
    missing = min((tuple(n for n in needed if n not in match.columns) for needed in NEEDED[role]), key=len)
    return View(role, sheet, match, sure, given, missing, problem)
