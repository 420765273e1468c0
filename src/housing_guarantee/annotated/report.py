"""``annotated/``: a copy of each workbook that has faulty cells, with these filled and commented, and a list of them.

Every sheet, format, formula, filter and column stays as it is, and every other cell: what differs from the original is
the fill and the comment of the marked cells, and a first sheet that lists them with links. Nothing is masked but
identity numbers in what we say: the copy goes to the office that holds the original.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from housing_guarantee.annotated.edited import EditedCopy
from housing_guarantee.annotated.marks import Mark, marks_of
from housing_guarantee.annotated.originals import originals
from housing_guarantee.annotated.parts import UneditableError
from housing_guarantee.annotated.rebuilt import RebuiltCopy
from housing_guarantee.annotated.wording import Say
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.limits import Limits
from housing_guarantee.report import Report, Result, replace_file
from housing_guarantee.reports.workbook import unique_name
from housing_guarantee.source import Account

__all__ = ["Annotated"]


class Annotated:
    """Writes the copies; a workbook in which nothing is at fault any more loses its copy."""

    name = "annotated"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the copies, each beside its place first.

        :raises OutputError: a file cannot be written, or an original changed while it was checked
        """
        marks, written = marks_of(result), []
        for account in result.survey.accounts:
            path = account.source.path
            if account.problem or not account.digest or not path.is_file():
                continue
            names = [
                name for name in marks if name == account.source.name or name.startswith(f"{account.source.name}/")
            ]
            if not names:
                _lose(folder / self.name, account.source.name)
                continue
            try:
                books = [(name, data) for name, data in originals(account) if name in marks]
                written += [_annotate(result, folder / self.name, account, *book, marks[book[0]]) for book in books]
            except SourceError:  # what a plugin's adapter read is no workbook
                continue
        return written


def _annotate(result: Result, folder: Path, account: Account, name: str, data: bytes, marks: Sequence[Mark]) -> Path:
    copy = _marked(data, name, account.source.limits, marks, Say(result.language))
    ending = "" if name.lower().endswith(copy.ending) else copy.ending
    return replace_file(_path(folder, f"{name}{ending}"), lambda part: copy.save(part, result.campaign.as_of))


def _marked(data: bytes, name: str, limits: Limits, marks: Sequence[Mark], say: Say) -> EditedCopy | RebuiltCopy:
    if data.startswith(b"PK"):
        with suppress(UneditableError, ValueError):  # a number that is none
            edited = EditedCopy(data)
            edited.mark(marks, say)
            return edited
    rebuilt = RebuiltCopy(data, name, limits)
    rebuilt.mark(marks, say)
    return rebuilt


def _lose(folder: Path, name: str) -> None:
    for ending in ("", ".xlsx", ".xlsm"):
        _path(folder, f"{name}{ending}").unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    """Give a place within the folder, whatever the campaign file calls the source."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return folder.joinpath(*(unique_name(part, set(), 120) for part in parts))


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Annotated()]
