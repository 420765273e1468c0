"""What can go wrong with a run, as opposed to with a house.

A fault of a house is a finding and travels to the report. A fault of the run is one of these exceptions;
its text is one line that names the file, the place in it, and what would be right. None of them ever holds
a person's name or number.
"""


class HousingGuaranteeError(Exception):
    """Base of everything that this package raises on purpose."""


class CampaignError(HousingGuaranteeError):
    """The campaign file cannot be used: nothing was judged (exit code 2).

    :param problem: what is wrong, and what would be right, in English
    :param zh: the same in Chinese, for the operator
    """

    def __init__(self, problem: str, *, zh: str = "") -> None:
        super().__init__(problem)
        self.zh = zh


class CaseFileError(HousingGuaranteeError):
    """What a program handed over is no case file: nothing was judged.

    :param problem: the table, row and field at fault and what would be right, in English; never a value
    """


class WorkspaceError(HousingGuaranteeError):
    """The workspace cannot be read or written; what was judged is not recorded (exit code 3).

    :param workspace: its path, or the name of the variable that holds its URL; never the URL
    :param problem: what is wrong, and what would be right
    """

    def __init__(self, workspace: str, problem: str) -> None:
        super().__init__(workspace, problem)
        self.workspace = workspace
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.workspace}: {self.problem}"


class PlanError(CampaignError):
    """A plan of write-back cannot be used: nothing was written (exit code 2)."""


class PluginError(HousingGuaranteeError):
    """A plugin cannot be used, or two of them claim the same name (exit code 2).

    :param zh: the same in Chinese, where an operator meets it
    """

    def __init__(self, problem: str, *, zh: str = "") -> None:
        super().__init__(problem)
        self.zh = zh


class OutputError(HousingGuaranteeError):
    """A report cannot be written; what an earlier run wrote is as it was (exit code 2)."""


class ProbeError(HousingGuaranteeError):
    """The machine cannot start the processes in which photos are read; no photo is to blame."""

    zh = "无法启动读取照片的进程，请检查内存和安全软件"


class SourceError(HousingGuaranteeError):
    """A source cannot be read; every other source is still judged (exit code 3).

    :param source: the file as the campaign names it
    :param problem: what is wrong, and what would be right, in English
    :param zh: the same in Chinese, for the operator
    :param sheet: the sheet, where it is known
    :param row: the row, counted from 1 as a spreadsheet shows it
    :param column: the column's letters
    """

    def __init__(
        self,
        source: str,
        problem: str,
        *,
        zh: str = "",
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(source, problem)
        self.source = source
        self.problem = problem
        self.zh = zh or problem
        self.sheet = sheet
        self.row = row
        self.column = column

    def text(self, language: str = "en") -> str:
        """Say the fault in one line, place first."""
        place = [self.source]
        if self.sheet:
            place.append(f"[{self.sheet}]")
        if self.row or self.column:
            place.append(f"{self.column or ''}{self.row or ''}")
        return f"{' '.join(place)}: {self.zh if language == 'zh' else self.problem}"

    def __str__(self) -> str:
        return self.text()
