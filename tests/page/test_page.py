"""``report.html`` in a real browser: what it shows, what it never does, and that it can be used without a mouse."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from attrs import evolve
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.findings import Severity
from housing_guarantee.page import report as page_report
from housing_guarantee.page.report import Page, page_of
from housing_guarantee.report import Result
from tests.programs import program

HOSTILE = '<img src=x onerror="document.title=1">\'"&\u202e\U0001f3e0</script><script>document.title=2</script>{{data}}'
SCREENS = ("overview", "map", "findings", "households", "rules", "account")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Check the demo county."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320)
    return hg.run(hg.load_campaign(folder / "campaign.toml"))


@pytest.fixture(scope="module")
def file(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write its page."""
    (path,) = Page().write(result, tmp_path_factory.mktemp("out"))
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        yield started
        started.close()


class Watched:
    """A tab, and what it did that it should not: errors, requests, dialogs."""

    def __init__(self, browser: Browser, path: Path, screen: str = "", width: int = 1280) -> None:
        self.faults: list[str] = []
        self.tab: Tab = browser.new_page(viewport={"width": width, "height": 900})
        own = path.as_uri()
        self.tab.on("request", lambda r: None if r.url.startswith(own) else self.faults.append(f"asked for {r.url}"))
        self.tab.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        self.tab.on("pageerror", lambda error: self.faults.append(str(error)))
        self.tab.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.tab.goto(own + screen)
        self.tab.wait_for_selector("html[data-ready] main > *")


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Any]:
    """Give what opens a screen of the page; whatever it did wrong fails the test."""
    tabs: list[Watched] = []

    def opening(screen: str = "", path: Path = file, width: int = 1280) -> Tab:
        tabs.append(Watched(browser, path, screen, width))
        return tabs[-1].tab

    yield opening
    for one in tabs:
        one.tab.close()
    assert [one.faults for one in tabs] == [[] for _ in tabs]


def status(tab: Tab) -> str:
    """Give how many are shown."""
    tab.wait_for_function("document.querySelector('[role=status]').textContent !== ''")
    return tab.text_content("[role=status]") or ""


def column(tab: Tab, number: int) -> list[str]:
    """Give the cells of a column of the first table."""
    return [cell.inner_text() for cell in tab.query_selector_all(f"main table tbody td:nth-child({number})")]


# ------------------------------------------------------------------------------------------------ what it shows


def test_the_overview_counts_exactly(opened: Any, result: Result) -> None:
    """Verdicts of the county, and of each township in one row, with its total below."""
    tab = opened()
    counts = Counter(household.verdict for household in result.households)
    tiles = [int(tile.inner_text()) for tile in tab.query_selector_all(".tiles b")]
    assert tiles == [counts[verdict] for verdict in hg.Verdict]
    townships = {household.place.township for household in result.households}
    assert set(column(tab, 1)[: len(townships)]) >= townships - {""}
    errors = sum(finding.severity is Severity.ERROR for finding in result.findings)
    assert tab.query_selector("tr.sum td:nth-child(8)").inner_text() == str(errors)


def test_findings_are_filtered_by_what_they_are_and_where(opened: Any, result: Result) -> None:
    """Township, rule, severity and text narrow the list, the total is exact, and the address keeps the choice."""
    tab = opened("#findings")
    listed = [finding for finding in result.findings if finding.severity is not Severity.INFO]
    assert status(tab).startswith(f"共 {len(listed)} 条，显示第 1–100 条")
    tab.select_option("[name=township]", "森多镇")
    tab.select_option("[name=severity]", "0")
    wanted = [f for f in listed if f.place.township == "森多镇" and f.severity is Severity.ERROR]
    assert status(tab).startswith(f"共 {len(wanted)} 条")
    tab.fill("[name=text]", wanted[0].code)
    same = [f for f in wanted if f.code == wanted[0].code]
    assert status(tab).startswith(f"共 {len(same)} 条")
    again = opened(tab.evaluate("location.hash"))
    assert status(again) == status(tab)
    assert column(again, 4) == [f.code for f in same]


def test_a_long_list_is_turned_page_by_page(opened: Any, result: Result) -> None:
    """No finding is left out: the pages together show each once."""
    tab = opened("#findings?notices=1")
    seen: list[str] = []
    while True:
        status(tab)
        seen += column(tab, 4)
        if tab.is_disabled(".pager button:last-child"):
            break
        tab.click(".pager button:last-child")
    assert seen == [finding.code for finding in result.findings]


def test_a_card_shows_clause_by_clause_what_proves_a_household(opened: Any, result: Result) -> None:
    """The cell and the photo of every requirement, its findings, and where its photos were taken."""
    proved = next(h for h in result.households if h.verdict is hg.Verdict.PROVED and h.guarantee_type == "改造安全")
    tab = opened("#households")
    tab.fill("[name=text]", proved.household_id)
    tab.click(f"text={proved.household_id}")
    tab.wait_for_selector("article.card")
    card = tab.inner_text("article.card")
    assert "已证明" in card
    for one in proved.requirements:
        cell = one.proofs[0].cells[0] if one.proofs else None
        assert one.requirement.zh in card
        assert (
            cell is None or cell.field == "document_file" or result.public.term(result.public.file(cell.source)) in card
        )
    assert "没有问题" in card


def test_the_map_has_a_dot_for_every_photo_within_it(opened: Any, result: Result) -> None:
    """Those that are out of place stand out; those beyond the frame are listed, and none is dropped."""
    tab = opened("#map")
    photos = [p for c in result.survey.casefiles for p in c.photos if p.photo and p.photo.position]
    drawn = len(tab.query_selector_all("svg[role=group] circle"))
    beyond = tab.query_selector("section > p:last-of-type")
    listed = int(re.search(r"另有 (\d+) 处", beyond.inner_text())[1]) if "另有" in beyond.inner_text() else 0  # type: ignore[index]
    assert drawn + listed == len(photos)
    assert tab.query_selector("circle.dot1") is not None
    assert len(tab.query_selector_all("path.area")) == len(result.campaign.areas)


def test_the_account_says_what_was_read_of_each_source(opened: Any, result: Result) -> None:
    """Exactly, with what was left out and why."""
    tab = opened("#account")
    assert [int(text) for text in column(tab, 3)] == [account.read for account in result.survey.accounts]


def test_it_speaks_english_too(opened: Any, result: Result, tmp_path: Path) -> None:
    """In the language of the run."""
    result = evolve(result, language="en")
    tab = opened(path=Page().write(result, tmp_path)[0])
    assert tab.inner_text("nav a[aria-current]") == "Overview"
    assert "contradicted" in tab.inner_text(".tiles")


# ------------------------------------------------------------------------------------------------ what it never does


def test_data_can_neither_end_its_block_nor_begin_another() -> None:
    """No sign of markup stands in it, and it is read as it was."""
    data = {"name": f"{HOSTILE}</script><!--\u2028]]>&lt;"}
    written = page_report._data(data)
    assert [sign for sign in "<>&\u2028\u2029" if sign in written] == []
    assert json.loads(written) == data


def test_what_an_office_typed_never_runs(opened: Any, result: Result, tmp_path: Path) -> None:
    """It stands as text on every screen; no script of theirs runs, nothing is loaded, and the title is ours."""
    first = result.findings[0]
    values = {**first.values, **dict.fromkeys(first.values, HOSTILE)}
    worse = evolve(first, values=values, place=evolve(first.place, township=HOSTILE, village="村" * 8000))
    campaign = evolve(result.campaign, name=f"县{HOSTILE}")
    outcome = evolve(result.outcome, findings=(worse, *result.findings[1:]))
    (path,) = Page().write(evolve(result, campaign=campaign, outcome=outcome), tmp_path)
    for screen in SCREENS:
        tab = opened(f"#{screen}", path=path)
        assert tab.title() == campaign.name
        assert tab.query_selector("main img") is None
        assert len(tab.query_selector_all("script")) == 2
        assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    assert HOSTILE in opened("#overview", path=path).inner_text("h1")


def test_nothing_is_asked_of_a_network() -> None:
    """Neither by its parts nor by its policy: only what stands in it may be used."""
    assets = Path(hg.__file__).parent / "page" / "assets"
    for asset in assets.iterdir():
        assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", asset.read_text(encoding="utf-8")) == []


def test_no_name_and_no_number_stands_in_it(file: Path, result: Result) -> None:
    """Of a masked run, in any form that a person could be told by."""
    text = file.read_text(encoding="utf-8")
    people = [person for c in result.survey.casefiles for person in c.household.members]
    assert [p.id_number.text for p in people if p.id_number and p.id_number.text in text] == []
    assert [p.name for p in people if p.name and len(p.name) > 2 and p.name in text] == []
    phones = [row.phone for c in result.survey.casefiles for row in c.household.rows if row.phone]
    assert [phone for phone in phones if phone in text] == []


def test_the_same_run_gives_the_same_bytes(result: Result) -> None:
    """Nothing in it says when or where it was made."""
    assert page_of(result) == page_of(result)
    data = re.search(r'id="data">(.*?)</script>', page_of(result), re.DOTALL)
    assert data
    assert len(json.loads(data[1])["findings"]) == len(result.findings)


# ------------------------------------------------------------------------------------------------ for whom


@pytest.mark.parametrize("screen", [*SCREENS, "home"])
def test_an_accessibility_checker_finds_no_serious_fault(opened: Any, result: Result, screen: str) -> None:
    """Landmarks, labels, contrast and order, on every screen."""
    number = result.households[0].household_id
    tab = opened(f"#home/{number}" if screen == "home" else f"#{screen}")
    if screen in ("findings", "households"):
        status(tab)
    tab.evaluate((Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    violations = tab.evaluate("axe.run()")["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200]) for one in violations if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("screen", SCREENS)
def test_it_fits_a_phone(opened: Any, screen: str) -> None:
    """Nothing is wider than the screen, so that a page is read by scrolling down alone."""
    tab = opened(f"#{screen}", width=390)
    tab.wait_for_timeout(50)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_is_used_by_keyboard_alone(opened: Any) -> None:
    """The first key leads past the menu; the menu and a filter are reached and worked by keys."""
    tab = opened("#overview")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    tab.focus("nav a[href='#findings']")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("form")
    tab.focus("[name=text]")
    tab.keyboard.type("无此文字")
    assert status(tab) == "没有符合条件的"


def test_a_county_of_the_plans_size_opens_at_once(browser: Browser, tmp_path: Path) -> None:
    """2,193 households: at most 3 MB, and the list of findings answers within a second."""
    write_county(tmp_path, households=2193, photos=False)
    result = hg.run(hg.load_campaign(tmp_path / "campaign.toml"))
    (path,) = Page().write(result, tmp_path / "out")
    assert path.stat().st_size <= 3_000_000
    tab = browser.new_page()
    tab.goto(path.as_uri() + "#findings")
    tab.wait_for_selector("[role=status]")
    ready = tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    tab.close()
    assert ready <= 1000
