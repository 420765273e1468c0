"""Proof cards in a real browser, on paper, and as the command writes them."""

import re
from pathlib import Path

import pytest
from attrs import evolve
from playwright.sync_api import Browser

import housing_guarantee as hg
from housing_guarantee.cards.writer import write_cards
from housing_guarantee.demo import write_county
from housing_guarantee.findings import State
from housing_guarantee.report import Result
from housing_guarantee.runner import Silent
from tests.browser import serious
from tests.test_cli import command

HOSTILE = '<img src=x onerror="document.title=1">\'"&\u202e\U0001f3e0</article><script>document.title=2</script>'
LONG = "才让多杰" * 2000


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the demo county."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320)
    return folder


@pytest.fixture(scope="module")
def result(county: Path) -> Result:
    """Check it."""
    return hg.run(hg.load_campaign(county / "campaign.toml"))


def troubled(result: Result, text: str, times: int) -> Result:
    """Give everybody this name, and every household with findings so many times as many, which say it too."""
    findings = tuple(
        evolve(one, key=f"{one.key}~{copy}", values={**one.values, "name_found": text, "reason": text})
        for one in result.findings
        for copy in range(times)
    )
    households = tuple(evolve(one, name=text, place=evolve(one.place, village=text[:60])) for one in result.households)
    outcome = evolve(result.outcome, findings=findings, households=households)
    return evolve(result, outcome=outcome, unmask=True)


def pages_of(browser: Browser, path: Path) -> tuple[int, int, list[str]]:
    """Print a file: give how many sheets of paper and how many cards there are, and what it did that it should not."""
    faults: list[str] = []
    tab = browser.new_page()
    own = path.as_uri()
    tab.on(
        "request", lambda r: None if r.url.startswith((own, "data:image/jpeg")) else faults.append(f"asked for {r.url}")
    )
    tab.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(own)
    title = tab.title()
    tab.emulate_media(media="print")
    faults += tab.evaluate(
        "[...document.querySelectorAll('.card')].filter(card => card.querySelector('ul').getBoundingClientRect().bottom"
        " > card.querySelector('.end').getBoundingClientRect().top).map(card => 'cut off: ' + card.ariaLabel)"
    )
    paper = tab.pdf(prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    cards = tab.locator("article.card").count()
    if title not in ("住房安全有保障证明卡", "Proof of safe housing"):
        faults.append(f"title: {title}")
    tab.close()
    return sheets, cards, faults


def test_every_household_is_one_sheet_of_paper(browser: Browser, result: Result, tmp_path: Path) -> None:
    """Those of every village together are the roster, and every photo that can be shown is."""
    files = write_cards(result, tmp_path, Silent())

    printed = [pages_of(browser, file) for file in files]

    assert [(sheets, faults) for sheets, _, faults in printed] == [(cards, []) for _, cards, _ in printed]
    assert sum(cards for _, cards, _ in printed) == 320
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert text.count('src="data:image/jpeg;base64,') > 280


@pytest.mark.parametrize(("text", "times"), [(HOSTILE, 1), (LONG, 30)], ids=["markup", "8,000 characters, 30 findings"])
def test_whatever_a_name_holds_a_household_stays_one_sheet(
    browser: Browser, result: Result, tmp_path: Path, text: str, times: int
) -> None:
    """Nothing that was typed runs, asks for anything, or pushes the signatures off the page."""
    files = write_cards(troubled(result, text, times), tmp_path, Silent())

    printed = [pages_of(browser, file) for file in files[:6]]

    assert [(sheets, faults) for sheets, _, faults in printed] == [(cards, []) for _, cards, _ in printed]


def test_what_the_page_cannot_hold_is_counted(result: Result, tmp_path: Path) -> None:
    """Thirty times the findings: the first few stand, and of the others their number and their codes."""
    crowded = troubled(result, "甲", 30)
    worst = max(crowded.households, key=lambda h: sum(f.household_id == h.household_id for f in crowded.findings))
    own = [finding for finding in crowded.findings if finding.household_id == worst.household_id]

    (file,) = write_cards(crowded, tmp_path, Silent(), worst.household_id)

    text = file.read_text(encoding="utf-8")
    (more,) = re.findall(r"另有 (\d+) 个问题：", text)
    assert text.count(">→ ") + int(more) == len(own)
    assert file.name == f"{worst.household_id}.html"


def test_a_card_says_each_clause_with_its_state_and_its_cell(result: Result, tmp_path: Path) -> None:
    """As explain does: what proves it, or that it is missing."""
    household = next(h for h in result.households if any(one.state is State.UNMET for one in h.requirements))

    (file,) = write_cards(result, tmp_path, Silent(), household.household_id)

    text = file.read_text(encoding="utf-8")
    found = re.findall(r'<span class="mark">(.)</span><span class="clause">(\w+)</span>', text)
    marks = {State.MET: "✔", State.UNMET: "✘", State.NOT_APPLICABLE: "–", State.COULD_NOT_CHECK: "?"}
    assert found == [(marks[one.state], one.requirement.clause) for one in household.requirements]
    cell = next(c for one in household.requirements if one.state is State.MET for p in one.proofs for c in p.cells)
    assert f"{result.public.place(cell)} = {result.public.text(cell.field, cell.value)}" in text


def test_names_and_numbers_are_masked_unless_asked_for(result: Result, tmp_path: Path) -> None:
    """A card goes into an archive, and may be copied from there."""
    household = next(h for h in result.households if h.name and len(h.name) > 2)
    casefile = result.survey.by_id[household.household_id]
    assert household.name

    (masked,) = write_cards(result, tmp_path / "masked", Silent(), household.household_id)
    (open_,) = write_cards(evolve(result, unmask=True), tmp_path / "open", Silent(), household.household_id)

    number = casefile.household.head.id_number
    assert household.name not in masked.read_text(encoding="utf-8")
    assert household.name in open_.read_text(encoding="utf-8")
    assert number is None or number.text not in masked.read_text(encoding="utf-8")
    assert masked.stat().st_mode & 0o777 == 0o600


def test_people_who_cannot_see_can_use_a_file_of_cards(browser: Browser, result: Result, tmp_path: Path) -> None:
    """An accessibility checker finds no serious fault, in either language, on a desk and on a phone."""
    number = result.households[0].household_id
    for language, width in (("zh", 1280), ("en", 390)):
        (file,) = write_cards(evolve(result, language=language), tmp_path / language, Silent(), number)
        tab = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
        tab.goto(file.as_uri())
        found = serious(tab)
        wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        tab.close()

        assert found == []
        assert wide <= 0


def test_the_command_writes_one_card_or_a_file_a_village(county: Path, tmp_path: Path) -> None:
    """It says how many pages there are; a number that is mistyped is answered with the nearest one."""
    campaign = county / "campaign.toml"
    number = next(iter(hg.run(hg.load_campaign(campaign)).households)).household_id

    one = command("card", campaign, number, "--out", tmp_path / "one", "--lang", "en")
    area = command("card", campaign, "--area", "632525102", "--out", tmp_path / "area")
    wrong = command("card", campaign, f"{number}9", "--out", tmp_path / "none")

    assert (one.returncode, one.stdout) == (0, f"1 pages in 1 files: {tmp_path / 'one'}\n")
    villages = sorted(path.name for path in (tmp_path / "area").iterdir())
    assert area.returncode == 0
    assert area.stdout == f"{pages_in(tmp_path / 'area')}页，{len(villages)}个文件：{tmp_path / 'area'}\n"
    assert all(re.fullmatch(r"632525102\d{3}-.+\.html", name) for name in villages)
    assert wrong.returncode == 2
    assert f"是否应为“{number}”" in wrong.stderr


def pages_in(folder: Path) -> int:
    """Count the cards of a folder."""
    return sum(path.read_text(encoding="utf-8").count('<article class="card"') for path in folder.iterdir())
