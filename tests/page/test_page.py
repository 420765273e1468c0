"""``report.html`` in a real browser: what it shows, what it never does, and that it can be used without a mouse."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from attrs import evolve
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.findings import Severity
from housing_guarantee.page.report import Page, page_of
from housing_guarantee.render import Renderer
from housing_guarantee.report import Result
from housing_guarantee.tracking.journal import Run
from tests.browser import serious

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
    tab.wait_for_selector("[role=status]:not(:empty)")
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


def test_either_language_is_a_key_press_away(opened: Any, result: Result) -> None:
    """Every screen in the other language, where one was, and again when the page is opened again."""
    tab = opened("#findings")
    status(tab)
    chinese = [tab.inner_text(f"nav a[href='#{screen}']") for screen in SCREENS]
    tab.focus("#language")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("html[lang=en]")
    listed = [finding for finding in result.findings if finding.severity is not Severity.INFO]
    assert status(tab).startswith(f"{len(listed)} in all")
    assert tab.evaluate("document.activeElement.id") == "language"
    english = Renderer(result.rules, result.campaign.definition, "en", result.public.masking)
    assert column(tab, 5)[0] == english.message(listed[0])
    for screen in SCREENS:
        tab.goto(tab.url.partition("#")[0] + f"#{screen}")
        tab.wait_for_timeout(50)
        seen = tab.inner_text("main")
        assert [word for word in chinese if word in seen.splitlines()] == []
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    assert tab.get_attribute("html", "lang") == "en"


def test_no_english_word_of_ours_stands_on_the_chinese_account(opened: Any, result: Result) -> None:
    """Why rows were left out is said in the page's language."""
    tab = opened("#account")
    reasons = {reason for account in result.survey.accounts for reason in account.left_out}
    seen = tab.inner_text("main")
    assert reasons
    assert [reason for reason in reasons if reason in seen or result.public.term(reason) not in seen] == []


def test_the_trend_is_shown_from_run_to_run(opened: Any, result: Result, tmp_path: Path) -> None:
    """One bar and one row a run: how many errors and warnings were not closed after it."""
    assert result.tracked
    counts = ({"new": 40, "open": 2}, {"open": 30, "claimed": 5, "reopened": 1, "closed": 6, "waived": 2})
    runs = tuple(Run(number, f"2020-06-1{number}T20:00:00+08:00", "", "", one) for number, one in enumerate(counts, 1))
    (path,) = Page().write(evolve(result, tracked=evolve(result.tracked, runs=runs)), tmp_path)
    tab = opened(path=path)
    rows = [row.inner_text().split() for row in tab.query_selector_all("section[aria-label=历次核查] tbody tr")]
    assert rows == [
        ["1", "2020-06-11", "20:00", "42", "0", "0"],
        ["2", "2020-06-12", "20:00", "36", "6", "2"],
    ]
    assert [bar.get_attribute("height") for bar in tab.query_selector_all("svg.trend rect")] == ["80.0", "68.6"]


# ------------------------------------------------------------------------------------------------ many households


@pytest.fixture(scope="module")
def shared(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page as for more households than one file holds."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "report").mkdir()
    (folder / "report" / "of an earlier run.html").write_text("", encoding="utf-8")
    Page(most=100).write(result, folder)
    return folder / "report.html"


def data_of(path: Path) -> dict[str, Any]:
    """Read what a page shows."""
    found = re.search(r'id="data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_many_households_are_shared_out_among_townships_and_none_is_left_over(shared: Path, result: Result) -> None:
    """Every household and every finding stands on one page, and no page of an earlier run stays."""
    pages = [data_of(path) for path in sorted((shared.parent / "report").iterdir())]

    assert len(pages) == len(data_of(shared)["index"]["townships"])
    numbers = Counter(home[0] for page in pages for home in page["households"])
    assert numbers == Counter(household.household_id for household in result.households)
    codes = Counter(finding[0] for page in pages for finding in page["findings"])
    assert codes == Counter(finding.code for finding in result.findings)


def test_the_index_counts_all_and_leads_to_each_township(opened: Any, shared: Path, result: Result) -> None:
    """Exact totals, a link a township, and from there back."""
    tab = opened(path=shared)
    counts = Counter(household.verdict for household in result.households)
    assert [int(tile.inner_text()) for tile in tab.query_selector_all(".tiles b")] == [counts[v] for v in hg.Verdict]
    errors = sum(finding.severity is Severity.ERROR for finding in result.findings)
    assert tab.query_selector("tr.sum td:nth-child(8)").inner_text() == str(errors)
    assert [link.inner_text() for link in tab.query_selector_all("nav a")] == [
        "总览",
        "地图",
        "规则与依据",
        "本次核验读了什么",
    ]
    page = shared.parent / unquote(str(tab.get_attribute("text=森多镇", "href")))
    there = opened(path=page)
    assert "森多镇" in there.inner_text("h1")
    assert there.get_attribute("nav a", "href") == "../report.html"
    homes = sum(household.place.township == "森多镇" for household in result.households)
    assert there.query_selector("tr.sum td:nth-child(2)").inner_text() == str(homes)


def test_a_county_that_fits_one_file_has_no_township_pages(result: Result, tmp_path: Path) -> None:
    """Those of a run when it did not are gone."""
    Page(most=100).write(result, tmp_path)
    Page().write(result, tmp_path)

    assert sorted(path.name for path in tmp_path.rglob("*.html")) == ["report.html"]


# ------------------------------------------------------------------------------------------------ what it never does


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
    assert serious(tab) == []


def test_the_index_is_accessible_and_fits_a_phone(opened: Any, shared: Path) -> None:
    """As the page of one file is."""
    assert serious(opened(path=shared)) == []
    assert opened(path=shared, width=390).evaluate("document.documentElement.scrollWidth") <= 390


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
