"""What a report must do, and the result that every report renders from."""

import glob
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from attrs import define, field

from housing_guarantee.campaign import Campaign
from housing_guarantee.casefiles import Survey
from housing_guarantee.converters import clean
from housing_guarantee.engine import Outcome
from housing_guarantee.errors import HousingGuaranteeError, OutputError
from housing_guarantee.findings import Finding, HouseholdResult
from housing_guarantee.masking import HOLDER, OPEN, Masking
from housing_guarantee.render import Renderer
from housing_guarantee.rule import Rule
from housing_guarantee.tracking.tracker import Tracked
from housing_guarantee.waivers import WaiverUse

__all__ = ["Report", "Result", "names_in", "replace_file", "replace_text"]

_LEFT_BEHIND = 3600  # seconds after which a half-written file is nobody's any more


@define(slots=False)
class Result:
    """One finished run: everything that any report may show.

    :param rules: the rules that were asked, by code
    :param unmask: whether names and numbers may stand everywhere
    :param level: who will see the lists: ``village``, ``township`` or ``county``
    :param tracked: how the findings of this run and of earlier ones stand; None where nobody asked
    :param manifest: what goes into ``manifest.json``, without the counts
    """

    campaign: Campaign
    survey: Survey
    outcome: Outcome
    rules: Mapping[str, Rule]
    language: str = "zh"
    unmask: bool = False
    level: str = "county"
    tracked: Tracked | None = None
    manifest: Mapping[str, Any] = field(factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, in the order of place, household and code."""
        return self.outcome.findings

    @property
    def households(self) -> tuple[HouseholdResult, ...]:
        """Every household of the roster with its verdict and proof."""
        return self.outcome.households

    @cached_property
    def public(self) -> Renderer:
        """Words for anybody: names and numbers masked, also within free text."""
        return self._renderer(OPEN if self.unmask else Masking(known=names_in(self.survey)))

    @cached_property
    def holder(self) -> Renderer:
        """Words for those who hold the names already: numbers masked."""
        return self._renderer(OPEN if self.unmask else HOLDER)

    @property
    def as_of(self) -> datetime:
        """The moment of the run, local, which is also the date inside every file written."""
        return self.campaign.now

    def waiver_of(self, finding: Finding) -> WaiverUse | None:
        """Give the waiver that takes a finding out of its verdict."""
        return self._waivers.get(finding.key)

    @cached_property
    def _waivers(self) -> Mapping[str, WaiverUse]:
        return {key: use for use in self.outcome.waivers for key in use.keys}

    def _renderer(self, masking: Masking) -> Renderer:
        return Renderer(self.rules, self.campaign.definition, self.language, masking)


def names_in(survey: Survey) -> frozenset[str]:
    """Give every full name that any source holds, to be found in free text and in the names of files."""
    people = {person.name for c in survey.casefiles for person in c.household.members}
    records = [record for c in survey.casefiles for record in c.verifications] + [
        match.record for match in survey.strays
    ]
    people |= {name for record in records for name in (record.head_name, record.recorder)}
    people |= {match.record.head_name for c in survey.casefiles for match in (*c.ledger, *c.candidates)}
    people |= {match.record.appraiser for c in survey.casefiles for match in c.appraisals}
    people |= {row.head_name for c in survey.casefiles for row in c.archive_rows}
    people |= {match.record.head_name for c in survey.casefiles for match in (*c.provincial, *c.provincial_candidates)}
    people |= {entry.head_name for entry in survey.unlinked}
    people |= {row.head_name for row in survey.unlinked_provincial}
    people |= {clean(row.origin.raw.get(name)) for row in survey.bad_rows for name in _NAMES}
    return frozenset(name for name in people if name and len(name) > 1)


_NAMES = ("head_name", "member_name", "recorder", "appraiser")


class Report(Protocol):
    """Writes one form of output into a folder, and gives the files it wrote."""

    name: str

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the report; an earlier one is replaced only when the new one is whole."""
        ...  # pragma: no cover


def replace_file(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file beside its place, readable by its owner alone, and move it there when it is whole.

    A full disk or a kill leaves the earlier file as it was. Two programs that write the same file at once both write it
    whole, and the last one's stands; what a kill left beside it is removed after an hour.

    :raises OutputError: the folder or the file cannot be written, as while Excel has it open
    """
    try:
        return _replace_file(path, write)
    except HousingGuaranteeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{path}: 无法写入，若正在 Excel 中打开请先关闭 · it cannot be written ({reason})") from error


def replace_text(path: Path, text: str) -> Path:
    """Write a text as `replace_file` does, in UTF-8; what that cannot hold stands as an escape, and ends no report.

    :raises OutputError: the folder or the file cannot be written
    """
    data = text.encode("utf-8", "backslashreplace")

    def write(part: Path) -> None:
        part.write_bytes(data)

    return replace_file(path, write)


def _replace_file(path: Path, write: Callable[[Path], None]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                left.unlink()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.touch(mode=0o600)
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
