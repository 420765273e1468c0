"""整改清单: the workbooks that are handed out, worked through and sent back, one a township and one for the county.

A row is one finding: what is wrong, where it stands, what to do, who does it, by when; and beside it the columns to
fill in. Names stand, because whoever works through the list must find the house; identity numbers stay masked.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from housing_guarantee.errors import HousingGuaranteeError
from housing_guarantee.findings import Finding, Severity, Status, Verdict
from housing_guarantee.hookspecs import hookimpl
from housing_guarantee.report import Report, Result, replace_file

__all__ = ["Rectification", "is_row_token", "row_token"]

_LONGEST = 32_000  # characters of a cell; Excel itself ends at 32,767
_MOST_ROWS = 1_000_000
_SHOWN_PLACES = 3
_CHECKS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@frozen
class Column:
    """A column of the list: its header in both languages, its width in characters, and whether it is filled in."""

    name: str
    zh: str
    en: str
    width: int
    filled_in: bool = False


_COLUMNS = (
    Column("token", "行标识", "row token", 16),
    Column("number", "序号", "no.", 6),
    Column("household_id", "户编号", "household", 14),
    Column("name", "户主", "head", 10),
    Column("id_number", "证件号码", "identity number", 21),
    Column("village", "村", "village", 12),
    Column("group", "组", "group", 6),
    Column("severity", "级别", "severity", 7),
    Column("code", "问题代码", "code", 24),
    Column("message", "问题", "what is wrong", 42),
    Column("where", "所在位置", "where it stands", 44),
    Column("fix", "怎么办", "what to do", 36),
    Column("by", "责任层级", "who", 8),
    Column("deadline", "期限", "by when", 11),
    Column("status", "整改状态", "status", 10, filled_in=True),
    Column("measure", "整改措施", "measure taken", 28, filled_in=True),
    Column("done_on", "完成日期", "done on", 12, filled_in=True),
    Column("filled_by", "填报人", "filled in by", 10, filled_in=True),
    Column("note", "备注", "note", 20, filled_in=True),
)
_CHOICES = {
    "zh": ["未整改", "整改中", "已整改", "有异议", "无法整改"],
    "en": ["open", "in progress", "rectified", "disputed", "cannot be rectified"],
}
_COLOURS = {Severity.ERROR: "#F8D7DA", Severity.WARNING: "#FFF3CD", Severity.INFO: "#E2E3E5"}


def row_token(key: str) -> str:
    """Make a row's token from its finding's key: it says nothing of anybody, and a typing error in it shows."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:12].upper()
    return f"{digest}-{_check(digest)}"


def is_row_token(text: str) -> bool:
    """Say whether a text is a token as it was handed out."""
    digest, _, check = text.strip().upper().partition("-")
    return bool(re.fullmatch(r"[0-9A-F]{12}", digest)) and check == _check(digest)


def _check(digest: str) -> str:
    return _CHECKS[sum((place + 1) * int(digit, 16) for place, digit in enumerate(digest)) % 31]


class CellNotWrittenError(HousingGuaranteeError):
    """A cell could not be written whole; a list that lacks one is not handed out."""


class Rectification:
    """Writes a workbook for every township with findings, and one for the county."""

    name = "rectification"

    def write(self, result: Result, folder: Path) -> list[Path]:
        """Write the workbooks; each replaces an earlier one only when it is whole."""
        findings = [f for f in result.outcome.findings if f.severity is not Severity.INFO]
        townships: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            townships.setdefault((finding.place.area_code[:9], finding.place.township), []).append(finding)
        target = folder / self.name
        written = [
            replace_file(target / _file_name(code, name, result), _writer(result, own, by_village=True))
            for (code, name), own in sorted(townships.items())
        ]
        written.append(replace_file(target / "all.xlsx", _writer(result, findings, by_village=False)))
        for stale in set(target.glob("*.xlsx")) - set(written):
            stale.unlink()  # a township without findings any more
        return written


def _file_name(code: str, name: str, result: Result) -> str:
    other = "其他" if result.language == "zh" else "other"
    parts = [part for part in (code if len(code) == 9 else "", name or other) if part]
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", "-".join(parts)).strip(". ") + ".xlsx"


def _writer(result: Result, findings: Sequence[Finding], *, by_village: bool) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with _Book(path, result) as book:
            book.overview(findings)
            for title, own in _sheets(result, findings, by_village=by_village):
                book.list(title, own)

    return write


def _sheets(
    result: Result, findings: Sequence[Finding], *, by_village: bool
) -> Iterable[tuple[str, Sequence[Finding]]]:
    """Share the findings among sheets; the waived ones stand apart, so that nothing is hidden."""
    zh = result.language == "zh"
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        village = finding.place.village or ("未注明村" if zh else "no village")
        title = village if by_village else ("全县" if zh else "county")
        if finding.status is Status.WAIVED:
            title = result.public.term("waived")
        groups.setdefault(title, []).append(finding)
    for title, own in sorted(groups.items()):
        for part in range(0, len(own), _MOST_ROWS):
            yield (title if part == 0 else f"{title} {part // _MOST_ROWS + 1}"), own[part : part + _MOST_ROWS]


class _Book:
    """One workbook while it is written."""

    def __init__(self, path: Path, result: Result) -> None:
        import xlsxwriter

        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = xlsxwriter.Workbook(path, plain)
        self._book.set_properties({"title": result.campaign.name, "created": result.as_of})
        self._result, self._zh = result, result.language == "zh"
        self._casefiles = result.survey.by_id
        self._titles: set[str] = set()
        base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"}
        add = self._book.add_format
        self._formats = {severity: add({**base, "bg_color": colour}) for severity, colour in _COLOURS.items()}
        self._cell, self._open = add(base), add({**base, "locked": False, "bg_color": "#FFFFE0"})
        self._date = add({**base, "locked": False, "bg_color": "#FFFFE0", "num_format": "yyyy-mm-dd"})
        self._head = add({**base, "bold": True, "bg_color": "#D9E2F3", "align": "center"})
        self._title = add({"bold": True, "font_size": 14})

    def __enter__(self) -> "_Book":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._book.close()

    def overview(self, findings: Sequence[Finding]) -> None:
        """Write the first sheet: what this is, how to fill it in, and exact totals by village."""
        zh, campaign = self._zh, self._result.campaign
        sheet = self._book.add_worksheet(self._unique("说明" if zh else "about"))
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 8, 12)
        self._text(sheet, 0, 0, campaign.name, self._title)
        lines = _INSTRUCTIONS["zh" if zh else "en"]
        values = {"as_of": f"{self._result.as_of:%Y-%m-%d %H:%M}", "deadline": campaign.rectify_by}
        for row, line in enumerate(lines, 1):
            self._text(sheet, row, 0, line.format(**values), None)
        self._totals(sheet, len(lines) + 2, findings)

    def _totals(self, sheet: Any, top: int, findings: Sequence[Finding]) -> None:
        renderer = self._result.holder
        terms = [renderer.term(word.value) for word in (Severity.ERROR, Severity.WARNING)]
        verdicts = [renderer.term(verdict.value) for verdict in Verdict]
        first = ["村", "户数", "问题数"] if self._zh else ["village", "households", "findings"]
        for column, header in enumerate([*first, *terms, *verdicts]):
            self._text(sheet, top, column, header, self._head)
        for row, (name, numbers) in enumerate(self._counts(findings), top + 1):
            self._text(sheet, row, 0, name, self._cell)
            for column, number in enumerate(numbers, 1):
                self._check(sheet.write_number(row, column, number, self._cell))

    def _counts(self, findings: Sequence[Finding]) -> list[tuple[str, list[int]]]:
        """Count each village, and all of them, exactly."""
        townships = {finding.place.township for finding in findings}
        households = [h for h in self._result.outcome.households if h.place.township in townships]
        places = {(h.place.area_code, h.place.township, h.place.village) for h in households}
        places |= {(f.place.area_code, f.place.township, f.place.village) for f in findings}
        rows = []
        for code, township, village in sorted(places):
            here = (code, township, village)
            own = [f for f in findings if (f.place.area_code, f.place.township, f.place.village) == here]
            homes = [h for h in households if (h.place.area_code, h.place.township, h.place.village) == here]
            rows.append((f"{township} {village}".strip() or "-", _numbers(homes, own)))
        return [*rows, ("合计" if self._zh else "total", _numbers(households, findings))]

    def list(self, title: str, findings: Sequence[Finding]) -> None:
        """Write one list: title, totals, header, and a row for each finding."""
        sheet = self._book.add_worksheet(self._unique(title))
        for column, about in enumerate(_COLUMNS):
            sheet.set_column(column, column, about.width)
        homes = len({f.household_id for f in findings if f.household_id})
        line = (
            f"{len(findings)}个问题，涉及{homes}户" if self._zh else f"{len(findings)} findings in {homes} households"
        )
        self._text(sheet, 0, 0, f"{self._result.campaign.name} · {title}", self._title)
        self._text(sheet, 1, 0, line, None)
        for column, about in enumerate(_COLUMNS):
            self._text(sheet, 2, column, about.zh if self._zh else about.en, self._head)
        for number, finding in enumerate(findings, 1):
            self._row(sheet, number + 2, number, finding)
        self._protect(sheet, len(findings) + 2)

    def _row(self, sheet: Any, row: int, number: int, finding: Finding) -> None:
        cells = self._cells(number, finding)
        for column, about in enumerate(_COLUMNS):
            cell_format = self._open if about.filled_in else self._cell
            if about.name == "done_on":
                cell_format = self._date
            elif about.name == "severity":
                cell_format = self._formats[finding.severity]
            text = cells.get(about.name, "")
            if text:
                self._text(sheet, row, column, text, cell_format)
            else:
                self._check(sheet.write_blank(row, column, None, cell_format))

    def _cells(self, number: int, finding: Finding) -> Mapping[str, str]:
        renderer = self._result.holder
        casefile = self._casefiles.get(finding.household_id or "")
        head = casefile.household.head if casefile else None
        places = [renderer.place(cell) for cell in finding.cells]
        more = len(places) - _SHOWN_PLACES
        if more > 0:
            places = [*places[:_SHOWN_PLACES], f"……等{len(places)}处" if self._zh else f"… {more} more"]
        return {
            "token": row_token(finding.key),
            "number": str(number),
            "household_id": finding.household_id or "",
            "name": renderer.text("name", finding.name) if finding.name else "",
            "id_number": renderer.text("id_number", head.id_number) if head and head.id_number else "",
            "village": finding.place.village,
            "group": next((row.group for row in casefile.household.rows if row.group), "") if casefile else "",
            "severity": renderer.term(finding.severity.value),
            "code": finding.code,
            "message": renderer.message(finding),
            "where": "\n".join(dict.fromkeys(places)),
            "fix": renderer.fix(finding),
            "by": renderer.by(finding),
            "deadline": str(self._result.campaign.rectify_by),
        }

    def _protect(self, sheet: Any, last: int) -> None:
        """Lock what must not change, leave open what is filled in, and make it fit to print."""
        places = {about.name: column for column, about in enumerate(_COLUMNS)}
        status, done = places["status"], places["done_on"]
        choices = _CHOICES["zh" if self._zh else "en"]
        sheet.data_validation(3, status, last, status, {"validate": "list", "source": choices})
        day = {"validate": "date", "criteria": ">=", "value": self._result.campaign.window[0]}
        sheet.data_validation(3, done, last, done, day)
        sheet.autofilter(2, 0, last, len(_COLUMNS) - 1)
        sheet.freeze_panes(3, places["village"])
        allowed = (
            "sort",
            "autofilter",
            "format_columns",
            "format_rows",
            "select_locked_cells",
            "select_unlocked_cells",
        )
        sheet.protect("", dict.fromkeys(allowed, True))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.repeat_rows(2)
        sheet.fit_to_pages(1, 0)

    def _unique(self, title: str) -> str:
        """Make a sheet's name that Excel accepts and that no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f']", "_", title)[:28] or "-"
        name, number = clean, 1
        while name.lower() in self._titles:
            number += 1
            name = f"{clean[:26]} {number}"
        self._titles.add(name.lower())
        return name

    def _text(self, sheet: Any, row: int, column: int, text: str, cell_format: Any) -> None:
        text = _FORBIDDEN.sub("\ufffd", text)
        if len(text) > _LONGEST:
            text = text[:_LONGEST] + "……"
        self._check(sheet.write_string(row, column, text, cell_format))

    def _check(self, code: int) -> None:
        if code != 0:
            raise CellNotWrittenError(f"a cell of the rectification workbook was not written whole (code {code})")


def _numbers(households: Sequence[Any], findings: Sequence[Finding]) -> list[int]:
    severities = Counter(finding.severity for finding in findings)
    verdicts = Counter(household.verdict for household in households)
    return [
        len(households),
        len(findings),
        severities[Severity.ERROR],
        severities[Severity.WARNING],
        *(verdicts[verdict] for verdict in Verdict),
    ]


_INSTRUCTIONS = {
    "zh": (
        "内部资料，不得公开。",
        "核查时间：{as_of}；整改期限：{deadline}",
        "填写方法：只填黄色各列。整改状态从下拉框选择；完成日期填年-月-日；有异议的写明理由。",
        "不要改动行标识；可以筛选、排序、调整列宽。填好后原样交回。",
    ),
    "en": (
        "Internal: not for publication.",
        "checked at {as_of}; to be rectified by {deadline}",
        "Fill in the yellow columns only: choose the status from its list, give the date, and say why if you disagree.",
        "Leave the row tokens as they are; filter, sort and widen columns as you like. Send the file back as it is.",
    ),
}


@hookimpl
def register_reports() -> list[Report]:
    """Bring the report."""
    return [Rectification()]
