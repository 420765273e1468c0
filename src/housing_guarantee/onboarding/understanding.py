"""Look at files together: what one of them names tells what the columns of another hold."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import evolve

from housing_guarantee.converters import clean, to_code
from housing_guarantee.linkage.names import normalise_name
from housing_guarantee.onboarding.content import Known
from housing_guarantee.onboarding.files import looks_of
from housing_guarantee.onboarding.looks import Form, Look, SheetLook
from housing_guarantee.onboarding.views import views_of
from housing_guarantee.records import ROLES

__all__ = ["look_at"]


def look_at(paths: Iterable[tuple[Path, str]]) -> list[Look]:
    """Look at files and folders, each with the name that it is to be called by, and understand their tables together.

    A folder is looked through: what comes of it are the things in it.
    """
    looks = [look for path, name in paths for look in looks_of(path, name)]
    known = _known(looks)
    return [evolve(look, sheets=tuple(_understood(look, known))) for look in looks]


def _understood(look: Look, known: Known) -> Iterator[SheetLook]:
    roles = ("provincial",) if look.form is Form.DATABASE else tuple(ROLES)
    for found in look.sheets:
        yield evolve(found, views=tuple(views_of(found.sheet, roles, known)))


def _known(looks: Sequence[Look]) -> Known:
    """Collect the households of the rosters whose headers are plain."""
    households: set[str] = set()
    people: set[str] = set()
    for found in (found for look in looks if look.form is not Form.DATABASE for found in look.sheets):
        view = next(iter(views_of(found.sheet, tuple(ROLES))), None)
        if view is not None and view.is_usable and view.role == "roster":
            households |= {code for cell in view.cells("household_id") if (code := to_code(cell))}
            people |= {normalise_name(clean(cell)) for cell in (*view.cells("head_name"), *view.cells("member_name"))}
    return Known(frozenset(households), frozenset(people))
