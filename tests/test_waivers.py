"""Waivers: used, unused, ending and ended, in every report."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from housing_guarantee import testing
from housing_guarantee.campaign import Waiver
from housing_guarantee.cli import _run
from housing_guarantee.findings import Status
from housing_guarantee.waivers import Standing, Waivers

from .reports.conftest import AWAY, HERE, finding
from .test_feedback import NUMBERS, county

TODAY = date(2020, 6, 13)


def waiver(expires: date, **fields: str) -> Waiver:
    """Waive grade C of the first household."""
    return Waiver("appraised.grade-unsafe", "待拆除重建", "县住建局", expires, **(fields or {"household_id": "1"}))


@pytest.mark.parametrize(
    ("expires", "found", "standing"),
    [
        (date(2020, 6, 30), True, Standing.USED),
        (date(2020, 6, 21), True, Standing.USED),
        (date(2020, 6, 20), True, Standing.ENDING),
        (TODAY, True, Standing.ENDING),
        (TODAY, False, Standing.UNUSED),
        (date(2020, 6, 12), True, Standing.ENDED),
        (date(2020, 6, 12), False, Standing.ENDED),
    ],
)
def test_a_waiver_stands_by_its_days_and_by_what_it_met(expires: date, found: bool, standing: Standing) -> None:
    """Its last day is still one of its own; after it, it waives nothing."""
    waivers = Waivers(testing.campaign(waivers=(waiver(expires),)))
    applied = waivers.applied(finding("1" if found else "2"))
    (use,) = waivers.uses
    assert use.standing is standing
    assert (applied.status is Status.WAIVED) == (standing in (Standing.USED, Standing.ENDING))
    assert use.keys == ((applied.key,) if applied.status is Status.WAIVED else ())


def test_a_finding_counts_to_the_first_waiver_that_names_it() -> None:
    """An area's waiver covers what lies below it; a household's before it takes its own."""
    own, area = waiver(date(2020, 6, 30)), waiver(date(2020, 6, 30), area_code="632525100")
    waivers = Waivers(testing.campaign(waivers=(own, area)))
    statuses = [waivers.applied(finding(number, place)).status for number, place in (("1", HERE), ("2", HERE))]
    statuses.append(waivers.applied(finding("3", AWAY)).status)
    assert statuses == [Status.WAIVED, Status.WAIVED, Status.NEW]
    assert [len(use.keys) for use in waivers.uses] == [1, 1]


def test_every_report_shows_a_waiver(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Summary, manifest, screen, list and status say what is waived, why, by whom, and until when."""
    campaign = county(tmp_path, dict.fromkeys(NUMBERS[:2], "D"))
    given = "".join(
        f'\n[[waivers]]\ncode = "appraised.grade-unsafe"\nhousehold_id = "{number}"\nreason = "待拆除{number[-1]}"\n'
        f'approved_by = "县住建局"\nexpires = {expires}\n'
        for number, expires in zip(NUMBERS[:3], ("2020-06-15", "2020-06-01", "2020-06-30"), strict=True)
    )
    campaign.write_text(campaign.read_text(encoding="utf-8") + given, encoding="utf-8")
    assert _run(["check", str(campaign)]) == 1
    screen = capsys.readouterr().out
    _run(["status", str(campaign)])
    status = capsys.readouterr().out
    for text in (screen, status):
        assert "[!] 豁免 appraised.grade-unsafe 10000000001 (即将到期, 1): 待拆除1; 县住建局, 至2020-06-15" in text
        assert "[!] 豁免 appraised.grade-unsafe 10000000002 (已到期，不再适用, 0): 待拆除2" in text
        assert "[!] 豁免 appraised.grade-unsafe 10000000003 (未用到, 0): 待拆除3" in text
    for name in ("summary.json", "manifest.json"):
        told = json.loads((tmp_path / "out" / name).read_text(encoding="utf-8"))["waivers"]
        given = told["given"] if name == "manifest.json" else told
        assert [(one["standing"], one["findings"]) for one in given] == [("ending", 1), ("ended", 0), ("unused", 0)]
    assert {kind: len(told[kind]) for kind in ("used", "unused", "ended")} == {"used": 1, "unused": 1, "ended": 1}
    sheet = openpyxl.load_workbook(tmp_path / "out/rectification/all.xlsx")["已豁免"]
    assert [sheet["C4"].value, sheet["O4"].value] == [NUMBERS[0], "待拆除1（县住建局，至2020-06-15）"]
