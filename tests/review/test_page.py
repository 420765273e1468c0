"""The review page in a real browser: stepped through by keyboard, saved, fed back, and seen in the next check."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab

import housing_guarantee as hg
from housing_guarantee.demo import write_county
from housing_guarantee.report import Result
from housing_guarantee.review.content import shown
from housing_guarantee.review.writer import page_of, write_review
from housing_guarantee.runner import Silent
from tests.browser import serious
from tests.test_cli import command

HOSTILE = '<img src=x onerror="document.title=1">\'"&\u202e\U0001f3e0</script><script>document.title=2</script>{{data}}'
Open = Callable[..., Tab]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the demo county, and its review page."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320)
    done = command("review", folder / "campaign.toml")
    assert (done.returncode, done.stderr.count("[!]")) == (0, 0), done.stderr
    return folder


@pytest.fixture(scope="module")
def result(county: Path) -> Result:
    """Check it."""
    return hg.run(hg.load_campaign(county / "campaign.toml"))


@pytest.fixture
def opened(browser: Browser, county: Path) -> Iterator[Open]:
    """Give what opens the page; what it did wrong, or asked for outside its folder, fails the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def opening(path: Path | None = None, width: int = 1280, context: BrowserContext | None = None) -> Tab:
        path = path or county / "out" / "review" / "index.html"
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=False)
            contexts.append(context)
        tab, own = context.new_page(), path.parent.as_uri()
        tab.on("request", lambda r: None if r.url.startswith((own, "blob:")) else faults.append(f"asked for {r.url}"))
        tab.on("requestfailed", lambda r: faults.append(f"not there: {r.url}"))
        tab.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(path.as_uri())
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield opening
    for context in contexts:
        context.close()
    assert faults == []


def saved(tab: Tab, folder: Path) -> Path:
    """Save the decisions by the keyboard."""
    with tab.expect_download() as download:
        tab.keyboard.press("s")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def decisions(path: Path) -> list[dict[str, Any]]:
    """Read what was saved."""
    return list(json.loads(path.read_text(encoding="utf-8"))["decisions"])


def test_every_photo_that_can_be_decided_on_is_on_the_page(opened: Open, result: Result) -> None:
    """The county's, of both systems; each with a picture where its pixels can be had."""
    tab = opened()

    photos = list(shown(result))
    assert tab.text_content("main .line p") == f"已审看 0 / {len(photos)} 张"
    assert tab.locator(".board img").first.evaluate("image => image.complete && image.naturalWidth > 100")


def test_a_reviewer_steps_through_by_keyboard_and_the_next_check_knows(
    opened: Open, county: Path, tmp_path: Path
) -> None:
    """Decided, saved, fed back: findings and proof with who said so and when, and an entry in the audit trail."""
    before = hg.run(hg.load_campaign(county / "campaign.toml"))
    suspected = {f.household_id for f in before.findings if f.code == "photo-forensics.not-whole-front"}
    tab = opened()
    tab.fill("input[type=text]", "审看人甲")
    tab.keyboard.press("Tab")
    tab.locator("h1").click()
    for key in "12345":
        tab.keyboard.press(key)
    file = saved(tab, tmp_path)

    words = [one["decision"] for one in decisions(file)]
    assert sorted(words) == ["not-whole", "other-house", "rephotographed", "unclear", "whole-front"]
    first = command("feedback", county / "campaign.toml", file)
    again = command("feedback", county / "campaign.toml", file, "--json")

    assert (first.returncode, first.stdout.split()) == (0, ["5", "已采用"])
    assert json.loads(again.stdout)["reviews"]["counts"] == {"unchanged": 5}
    after = hg.run(hg.load_campaign(county / "campaign.toml"))
    told = {
        (f.household_id, f.code.rpartition(".")[2], f.values["reason"])
        for f in after.findings
        if f.values.get("reviewer") == "审看人甲"
    }
    expected = {
        "not-whole": ("not-whole-front", "reviewed"),
        "rephotographed": ("looks-rephotographed", "reviewed"),
        "unclear": ("blurred", "reviewed"),
    }
    by_word = {one["decision"]: one["household_id"] for one in decisions(file)}
    assert {(by_word[word], *said) for word, said in expected.items()} <= told
    lost = [
        f for f in after.findings if f.household_id == by_word["other-house"] and f.code == "photo-gps.photo-missing"
    ]
    assert lost or any(one[:2] == (by_word["other-house"], "not-whole-front") for one in told)
    assert suspected - {by_word["whole-front"]} <= {
        f.household_id for f in after.findings if f.code == "photo-forensics.not-whole-front"
    }
    proved = next(h for h in after.households if h.household_id == by_word["whole-front"])
    cells = [c for one in proved.requirements for p in one.proofs for c in p.cells]
    assert "审看人甲" in {cell.value for cell in cells if cell.field == "reviewer"}
    audit = command("audit", "verify", county / "campaign.toml", "--json")
    assert audit.returncode == 0
    assert "审看人甲" not in audit.stdout


def test_the_reviewer_goes_on_where_they_stopped(opened: Open, browser: Browser, tmp_path: Path) -> None:
    """In the same browser by itself; in another by loading the file; what is taken back is gone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = opened(context=context)
    tab.fill("input[type=text]", "审看人乙")
    tab.locator("h1").click()
    for key in ("1", "2", "3", "u", "ArrowRight"):
        tab.keyboard.press(key)
    stopped = tab.text_content("main .line p:nth-of-type(2)")
    file = saved(tab, tmp_path)
    tab.close()

    again, other = opened(context=context), opened()
    other.set_input_files("input[type=file]", file)
    other.wait_for_selector("[role=status]:not(:empty)")

    assert again.text_content("main .line p:nth-of-type(2)") == stopped
    assert again.input_value("input[type=text]") == "审看人乙"
    assert [one["decision"] for one in decisions(file)].count("rephotographed") == 0
    assert other.text_content("[role=status]") == "读回 2 条；0 条不比现有的新；0 条的照片不在本页（仍保留）"
    assert (other.text_content("main .line p") or "").startswith("已审看 2 /")
    context.close()


def test_nothing_is_decided_without_a_name(opened: Open) -> None:
    """A decision must say whose it is."""
    tab = opened()
    tab.locator("h1").click()
    tab.keyboard.press("1")

    assert tab.text_content("[role=status]") == "请先填写审看人姓名"
    assert (tab.text_content("main .line p") or "").startswith("已审看 0 /")


def test_a_file_that_was_edited_is_not_loaded(opened: Open, tmp_path: Path) -> None:
    """Nor another campaign's, nor anything else."""
    tab = opened()
    tab.fill("input[type=text]", "审看人丙")
    tab.locator("h1").click()
    tab.keyboard.press("2")
    file = saved(tab, tmp_path)
    text = file.read_text(encoding="utf-8")
    cases = {
        "文件被改动或不完整，未读入": text.replace("not-whole", "whole-front"),
        "这个文件属于另一项核验任务，未读入": re.sub(r'"campaign": "\w+"', '"campaign": "0"', text),
        "不是照片审看结果文件": "[]",
    }
    for message, changed in cases.items():
        file.write_text(changed, encoding="utf-8")
        tab.set_input_files("input[type=file]", file)
        expect(tab.locator("[role=status]")).to_have_text(message)


def test_names_and_numbers_stay_out_of_the_page(county: Path, result: Result) -> None:
    """Masked unless asked for; the photos themselves are named by their digests, for their owner alone."""
    page = county / "out" / "review" / "index.html"
    text = page.read_text(encoding="utf-8")
    people = {person.name for c in result.survey.casefiles for person in c.household.members if person.name}

    assert [name for name in people if len(name) > 2 and name in text] == []
    assert page.stat().st_mode & 0o777 == 0o600
    pictures = sorted((page.parent / "photos").iterdir())
    assert {path.stat().st_mode & 0o777 for path in pictures} == {0o600}
    assert all(re.fullmatch(r"[0-9a-f]{64}\.jpg", path.name) for path in pictures)
    assert not any(b"Exif\0" in path.read_bytes() for path in pictures)


def test_whatever_an_office_typed_is_only_text(opened: Open, result: Result, county: Path) -> None:
    """Markup, quotes, right-to-left marks, emoji and 8,000 characters run nothing and keep the layout."""
    long = "才" * 8000
    casefiles = tuple(
        evolve(
            one,
            household=evolve(one.household, place=evolve(one.place, village=f"{HOSTILE}{long}")),
            photos=tuple(evolve(photo, name=f"{HOSTILE}{long}.jpg") for photo in one.photos),
        )
        for one in result.survey.casefiles
    )
    hostile = evolve(result, survey=evolve(result.survey, casefiles=casefiles), unmask=True)
    pictures = frozenset(path.stem for path in (county / "out" / "review" / "photos").iterdir())
    page = county / "out" / "review" / "hostile.html"
    page.write_text(page_of(hostile, "0" * 16, pictures), encoding="utf-8")

    for width in (1280, 390):
        tab = opened(page, width=width)
        assert tab.title() == result.campaign.name
        assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert tab.locator("img[onerror]").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_an_accessibility_checker_finds_no_serious_fault(browser: Browser, county: Path, width: int) -> None:
    """On a desk and on a phone."""
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    tab = context.new_page()
    tab.goto((county / "out" / "review" / "index.html").as_uri())
    tab.wait_for_selector("html[data-ready]")
    found = serious(tab)
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()

    assert found == []
    assert wide <= 0


def test_the_page_of_a_county_is_written_again_without_making_a_thumbnail_twice(result: Result, tmp_path: Path) -> None:
    """They are kept by content beside the workspace; the folder holds those of this page and no others."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / f"{'0' * 64}.jpg").write_bytes(b"of another page")

    write_review(result, tmp_path, Silent())
    digests = {evidence.photo.digest for _, evidence in shown(result) if evidence.photo}

    names = Counter(path.stem for path in (tmp_path / "photos").iterdir())
    assert "0" * 64 not in names
    assert len(digests - set(names)) < len(digests) / 10  # but for those that cannot be decoded


def test_a_photo_or_the_word_that_there_is_none_stands_there_and_never_both(opened: Open) -> None:
    """Also where a photo that cannot be shown comes after one that can, and the reverse."""
    tab = opened()
    photos = json.loads(tab.text_content("#data") or "")["photos"]
    seen = set()
    for pictured in (bool(photo[4]) for photo in photos):
        shown = tab.is_visible("figure:first-child > img"), tab.is_visible("figure:first-child > .blank")
        assert shown == (pictured, not pictured)
        seen.add(pictured)
        tab.keyboard.press("ArrowRight")
    assert seen == {True, False}
