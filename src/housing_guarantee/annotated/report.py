"""``annotated/``: a copy of each workbook that has faulty cells, with these filled and commented, and a list of them.

What differs from the original is the fill and the comment of the marked cells, and a first sheet that lists them with
links; a program in it is left out. Nothing is masked but identity numbers in what we say: the copy goes to the office
that holds the original.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from housing_guarantee.annotated.copies import made_of, originals
from housing_guarantee.annotated.marking import marked
from housing_guarantee.annotated.marks import Mark, marks_of
from housing_guarantee.annotated.package import Package
from housing_guarantee.annotated.splices import Strange
from housing_guarantee.annotated.wording import Say
from housing_guarantee.errors import SourceError
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.report import Report, Result, replace_file
from housing_guarantee.reports.workbook import unique_name

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
                written += [_annotate(result, folder / self.name, name, data, marks[name]) for name, data in books]
            except SourceError:  # what a plugin's adapter read is no workbook
                continue
        return written


def _annotate(result: Result, folder: Path, name: str, data: bytes, marks: Sequence[Mark]) -> Path:
    package = _copy(data, name, marks, result)
    ending = "" if data.startswith(b"PK") and name.lower().endswith(".xlsx") else ".xlsx"
    return replace_file(_path(folder, f"{name}{ending}"), lambda part: package.save(part, result.as_of))


def _copy(data: bytes, name: str, marks: Sequence[Mark], result: Result) -> Package:
    """Mark the workbook itself; where that cannot be done, a new one of its values."""
    say, remark = Say(result.language), ""
    if data.startswith(b"PK"):
        try:
            return marked(data, [(mark.sheet or "", mark) for mark in marks], say)
        except (Strange, LookupError, ValueError):  # the latter of numbers and ids that are none
            remark = say("values")
    made, names = made_of(data, name, result.as_of)
    return marked(made, [(names[mark.sheet], mark) for mark in marks], say, remark)


def _lose(folder: Path, name: str) -> None:
    for ending in ("", ".xlsx"):
        _path(folder, f"{name}{ending}").unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    """Give a place within the folder, whatever the campaign file calls the source."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return folder.joinpath(*(unique_name(part, set(), 120) for part in parts))


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Annotated()]
