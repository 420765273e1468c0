"""The sheets of a rectification workbook: an overview with exact totals, and lists with a row for each finding."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from housing_guarantee.casefiles import CaseFile
from housing_guarantee.findings import Finding, Severity, Status, Verdict
from housing_guarantee.report import Result
from housing_guarantee.reports.columns import COLUMNS, answers_to, columns_for, say_answer
from housing_guarantee.reports.photo_checks import coordinates, photo_checks
from housing_guarantee.reports.shares import Share, in_parts
from housing_guarantee.reports.tokens import row_token
from housing_guarantee.reports.workbook import Book, Sheet
from housing_guarantee.tracking.lives import Event

__all__ = ["Pages", "Row", "label"]

_MOST_ROWS = 1_000_000
_SHOWN_PLACES = 3
_HEADER = 2  # its row on a list, counted from 0
_WORDS = {
    "about": {"zh": "说明", "en": "about"},
    "county": {"zh": "全县", "en": "county"},
    "no township": {"zh": "其他", "en": "other"},
    "no village": {"zh": "未注明村", "en": "no village"},
    "total": {"zh": "合计", "en": "total"},
    "village": {"zh": "村", "en": "village"},
    "households": {"zh": "户数", "en": "households"},
    "findings": {"zh": "问题数", "en": "findings"},
    "summary": {
        "zh": "{findings}个问题（错误{errors}，提醒{warnings}），涉及{households}户",
        "en": "{findings} findings ({errors} errors, {warnings} warnings) in {households} households",
    },
    "more places": {"zh": "……等{count}处", "en": "… {count} places in all"},
    "internal": {"zh": "内部资料 不得公开", "en": "Internal: not for publication"},
    "waiver": {"zh": "{reason}（{by}，至{expires}）", "en": "{reason} ({by}, until {expires})"},
    "claimed": {"zh": "已申报整改{on}，待复核", "en": "claimed{on}, to be checked"},
    "still there": {"zh": "已申报整改{on}，复核仍存在", "en": "claimed{on}, but still there"},
    "danger returned": {"zh": "再次出现（返危）", "en": "the danger came back"},
    "answered": {"zh": "{state}（上次答复：{answer}）", "en": "{state} (last answer: {answer})"},
    "bad choice": {"zh": "请从下拉框中选择。", "en": "Choose from the list."},
    "bad date": {"zh": "请填日期（年-月-日），不早于{first}。", "en": "Give a date (y-m-d), not before {first}."},
}
_INSTRUCTIONS = {
    "zh": (
        "核查时间：{as_of}；整改期限：{deadline}",
        "填写方法：只填黄色各列。整改状态从下拉框选择；完成日期填年-月-日；有异议或无法整改的，在备注写明理由。",
        "不要改动行标识。可以筛选、调整列宽；要排序，先撤销工作表保护（无密码）。填好后原样交回。",
    ),
    "en": (
        "checked at {as_of}; to be rectified by {deadline}",
        "Fill in the yellow columns only: choose the status from its list, give the date, and note why where you "
        "disagree or cannot rectify.",
        "Leave the row tokens as they are. Filter and widen columns as you like; to sort, lift the sheet's protection "
        "(no password). Send the file back as it is.",
    ),
}


_AT = {column.name: index for index, column in enumerate(COLUMNS)}
_COLOURS = {Severity.ERROR: "#F8D7DA", Severity.WARNING: "#FFF3CD"}
_ALLOWED = ("sort", "autofilter", "format_columns", "format_rows", "select_locked_cells", "select_unlocked_cells")

Row = tuple[str, Share, list[str]]
"""A village of the overview: its label, its share, and the names of the sheets that list it."""


def label(result: Result, unit: str, name: str) -> str:
    """Name a ``township`` or a ``village``, or say that it has no name; a number in its place is masked."""
    return result.holder.masking.show(unit, name) or _WORDS[f"no {unit}"][result.language]


class Pages:
    """The sheets of one workbook, of which the overview is the first."""

    def __init__(self, book: Book, result: Result) -> None:
        self._book, self._result = book, result
        self._casefiles = result.survey.by_id
        self._columns = columns_for(result.level)
        base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF", "font_size": 10}
        yellow = {**base, "locked": False, "bg_color": "#FFFFE0"}
        self._cell, self._open = book.format(**base), book.format(**yellow)
        self._date = book.format(**yellow, num_format="yyyy-mm-dd")
        self._colours = {severity: book.format(**base, bg_color=colour) for severity, colour in _COLOURS.items()}
        self._head = book.format(**base, bold=True, bg_color="#D9E2F3", align="center")
        self._link = book.format(**base, font_color="#0563C1", underline=1)
        self._title, self._strong = book.format(bold=True, font_size=14), book.format(bold=True)
        self._about = book.sheet(self.say("about"))

    def say(self, word: str, **values: Any) -> str:
        """Say one of the report's own phrases."""
        return _WORDS[word][self._result.language].format(**values)

    # -------------------------------------------------------------------------------------------- overview

    def overview(self, rows: Sequence[Row], total: Share, further: Sequence[str]) -> None:
        """Write the first sheet: what this is, how to fill it in, exact totals by village, and links to the lists."""
        sheet, campaign = self._about, self._result.campaign
        lines = _INSTRUCTIONS[self._result.language]
        values = {"as_of": f"{self._result.as_of:%Y-%m-%d %H:%M}", "deadline": campaign.rectify_by}
        sheet.text(0, 0, campaign.name, self._title)
        sheet.text(1, 0, self.say("internal"), self._strong)
        for row, line in enumerate(lines, 2):
            sheet.text(row, 0, line.format(**values))
        top = len(lines) + 3
        self._totals(sheet, top, rows, total)
        more = [*(name for _, _, names in rows for name in names[1:]), *further]
        for row, name in enumerate(more, top + len(rows) + 3):
            sheet.link(row, 0, name, name, self._link)
        sheet.layout.set_column(0, 0, 28)
        sheet.layout.set_column(1, len(total.numbers()), 11)
        sheet.layout.hide_gridlines(2)
        self._print(sheet)
        sheet.layout.protect("", dict.fromkeys(_ALLOWED, True))

    def _totals(self, sheet: Sheet, top: int, rows: Sequence[Row], total: Share) -> None:
        term = self._result.holder.term
        words = (*(word.value for word in _COLOURS), "waived", *(verdict.value for verdict in Verdict))
        headers = [*(self.say(word) for word in ("village", "households", "findings")), *map(term, words)]
        for column, header in enumerate(headers):
            sheet.text(top, column, header, self._head)
        for row, (label, share, names) in enumerate([*rows, (self.say("total"), total, [])], top + 1):
            if names:
                sheet.link(row, 0, label, names[0], self._link)
            else:
                sheet.text(row, 0, label, self._cell)
            for column, number in enumerate(share.numbers(), 1):
                sheet.number(row, column, number, self._cell)

    # -------------------------------------------------------------------------------------------- lists

    def waived(self, share: Share) -> list[str]:
        """List the waived findings on a sheet of their own, so that nothing is hidden."""
        return self.lists(self._result.holder.term("waived"), share.waived) if share.waived else []

    def lists(self, title: str, findings: Sequence[Finding]) -> list[str]:
        """List findings on a sheet, or on several where one cannot hold them; give the sheets' names."""
        return [self._list(title, part) for part in in_parts(findings, _MOST_ROWS)]

    def _list(self, title: str, findings: Sequence[Finding]) -> str:
        sheet = self._book.sheet(title)
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        homes = len({finding.household_id for finding in findings if finding.household_id})
        counts = {"findings": len(findings), "errors": errors, "warnings": len(findings) - errors, "households": homes}
        sheet.text(0, 0, f"{self._result.campaign.name} · {title}", self._title)
        sheet.text(1, 0, f"{self.say('summary', **counts)} · {self.say('internal')}")
        for column, about in enumerate(self._columns):
            sheet.layout.set_column(column, column, about.width)
            sheet.text(_HEADER, column, about.zh if self._result.language == "zh" else about.en, self._head)
        for number, finding in enumerate(findings, 1):
            self._row(sheet, _HEADER + number, number, finding)
        self._finish(sheet, findings)
        return sheet.name

    def _row(self, sheet: Sheet, row: int, number: int, finding: Finding) -> None:
        cells = self._cells(finding)
        formats = {"severity": self._colours[finding.severity], "done_on": self._date}
        for column, about in enumerate(self._columns):
            cell_format = formats.get(about.name, self._open if about.filled_in else self._cell)
            sheet.text(row, column, cells.get(about.name, ""), cell_format)
        sheet.number(row, _AT["number"], number, self._cell)

    def _cells(self, finding: Finding) -> Mapping[str, str]:
        """Give the texts of a row by column, masked for those who hold the names."""
        renderer = self._result.holder
        show = renderer.masking.show
        casefile = self._casefiles.get(finding.household_id or "")
        return {
            "token": row_token(finding.key),
            "household_id": finding.household_id or "",
            "name": show("name", finding.name or ""),
            "id_number": show("id_number", _head_number(casefile)),
            "village": show("village", finding.place.village),
            "group": show("group", _group(casefile)),
            "severity": renderer.term(finding.severity.value),
            "code": finding.code,
            "message": renderer.message(finding),
            "where": self._where(finding),
            "fix": renderer.fix(finding),
            "by": renderer.by(finding),
            "deadline": str(self._result.campaign.rectify_by),
            "state": self._state(finding),
            "coordinates": coordinates(casefile),
            "photos": photo_checks(casefile, renderer),
        }

    def _state(self, finding: Finding) -> str:
        """Say how a finding stands: since an earlier run, since somebody's answer, or who answers for it."""
        renderer = self._result.holder
        if use := self._result.waiver_of(finding):
            said = renderer.masking.show("reason_given", use.waiver.reason)
            return self.say("waiver", reason=said, by=use.waiver.approved_by, expires=use.waiver.expires)
        life = self._result.tracked.lives.get(finding.key) if self._result.tracked else None
        state = renderer.term(finding.status.value)
        if life is None or life.answer is None:
            returned = life is not None and life.event is Event.DANGER_RETURNED
            return self.say("danger returned") if returned else state
        if life.state is Status.CLAIMED:
            on = f" {life.answered_on}" if life.answered_on else ""
            return self.say("still there" if life.is_still_there else "claimed", on=on)
        return self.say("answered", state=state, answer=say_answer(life.answer, self._result.language))

    def _where(self, finding: Finding) -> str:
        """Name the first cells to open, and how many there are."""
        places = list(dict.fromkeys(self._result.holder.place(cell) for cell in finding.cells))
        shown = places[:_SHOWN_PLACES]
        if len(places) > len(shown):
            shown.append(self.say("more places", count=len(places)))
        return "\n".join(shown)

    def _finish(self, sheet: Sheet, findings: Sequence[Finding]) -> None:
        """Lock what must not change, leave open what is filled in, and make it fit to print."""
        first, last = _HEADER + 1, _HEADER + len(findings)
        if findings:
            self._offer_choices(sheet, first, findings)
            self._ask_dates(sheet, first, last)
        sheet.layout.autofilter(_HEADER, 0, last, len(self._columns) - 1)
        sheet.layout.freeze_panes(first, _AT["id_number"])
        sheet.layout.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        sheet.layout.repeat_rows(_HEADER)
        self._print(sheet)
        sheet.layout.protect("", dict.fromkeys(_ALLOWED, True))

    def _ask_dates(self, sheet: Sheet, first: int, last: int) -> None:
        first_day = self._result.campaign.window[0]
        bad_date = self.say("bad date", first=first_day)
        done_on = {"validate": "date", "criteria": ">=", "value": first_day, "error_message": bad_date}
        sheet.choices(first, last, _AT["done_on"], done_on)

    def _offer_choices(self, sheet: Sheet, first: int, findings: Sequence[Finding]) -> None:
        """Let the status be chosen from what may be answered to each finding."""
        bad_choice, row = self.say("bad choice"), first
        for answers, own in groupby(findings, lambda finding: answers_to(finding.code)):
            words = [say_answer(answer, self._result.language) for answer in answers]
            last = row + len(list(own)) - 1
            sheet.choices(row, last, _AT["status"], {"validate": "list", "source": words, "error_message": bad_choice})
            row = last + 1

    def _print(self, sheet: Sheet) -> None:
        sheet.layout.set_landscape()
        sheet.layout.set_paper(9)  # A4
        sheet.layout.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.layout.fit_to_pages(1, 0)
        sheet.layout.set_footer(f"&L{self.say('internal')}&C&A&R&P / &N")


def _head_number(casefile: CaseFile | None) -> str:
    number = casefile.household.head.id_number if casefile else None
    return number.text if number else ""


def _group(casefile: CaseFile | None) -> str:
    return next((row.group for row in casefile.household.rows if row.group), "") if casefile else ""
