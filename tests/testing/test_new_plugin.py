"""What ``new-plugin`` writes can be installed and tested at once, and its finding stands wherever one does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from attrs import frozen

from housing_guarantee.cli import _run
from housing_guarantee.loading import BLOCK_VARIABLE
from housing_guarantee.testing import write_demo_county
from tests.testing.conftest import Install

CODE = "trees.paper-missing"
EMPTY = "from housing_guarantee.hookspecs import hookimpl\n"


@frozen
class Installed:
    """A plugin that was written, built and installed in a folder, and how to run Python beside it."""

    home: Path
    site: Path

    def python(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the plugin installed."""
        path = {"PYTHONPATH": str(self.site), "PYTHONIOENCODING": "utf-8", **environment}
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, *map(str, arguments)],
            capture_output=True,
            env={**os.environ, **path},
            encoding="utf-8",
            cwd=self.home,
        )


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A plugin as the command writes it, built and installed; nothing is downloaded for it."""
    folder = tmp_path_factory.mktemp("new")
    assert _run(["new-plugin", "trees", "--out", str(folder)]) == 0
    made = Installed(folder / "housing-guarantee-trees", folder / "site")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    done = made.python("-m", "pip", "install", *options, "--target", made.site, made.home)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def campaign(plugin: Installed) -> Path:
    """A county that was checked with the plugin beside the library; nothing of either was changed for it."""
    file = write_demo_county(plugin.home.parent / "county")
    done = plugin.python("-m", "housing_guarantee", "check", file)
    assert done.returncode == 1, done.stderr
    return file


def test_the_tests_of_a_new_plugin_pass_at_once(plugin: Installed) -> None:
    """Its own and those of the conformance suite, from what was installed."""
    done = plugin.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", plugin.home / "tests")

    assert done.returncode == 0, done.stdout
    assert "12 passed" in done.stdout


def test_a_new_plugin_is_told_with_its_version(plugin: Installed) -> None:
    """The list of the plugins says that it is there, and what it brought."""
    done = plugin.python("-m", "housing_guarantee", "plugins", "--json")

    (told,) = json.loads(done.stdout)
    assert {name: told[name] for name in ("name", "version", "state", "rules")} == {
        "name": "trees",
        "version": "0.1.0",
        "state": "loaded",
        "rules": 1,
    }


def findings(campaign: Path) -> list[dict[str, object]]:
    """Give what the plugin's rule found."""
    lines = (campaign.parent / "out/findings.jsonl").read_text(encoding="utf-8").splitlines()
    return [finding for finding in map(json.loads, lines) if finding["code"] == CODE]


def test_its_finding_stands_among_the_findings(campaign: Path) -> None:
    """With words in both languages' files, a cell to open, and the households that it was written for."""
    found = findings(campaign)
    texts = (campaign.parent / "out/households.jsonl").read_text(encoding="utf-8").splitlines()
    kinds = {one["household_id"]: one["guarantee_type"] for one in map(json.loads, texts)}

    assert len(found) > 5
    assert {kinds[one["household_id"]] for one in found} == {"保障安全"}
    assert {one["message"] for one in found} == {"一户一档中没有“村委会证明”"}
    assert all(one["origins"] for one in found)


def test_its_finding_stands_in_the_workbook(campaign: Path) -> None:
    """A clerk gets it with what to do, like any other."""
    book = openpyxl.load_workbook(campaign.parent / "out/rectification/all.xlsx", read_only=True)
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) if CODE in row]

    assert len(rows) == len(findings(campaign))
    assert all("请村委会出具“村委会证明”并归档" in row for row in rows)


def test_its_finding_stands_on_the_page(campaign: Path) -> None:
    """With its code and its words, beside the built-in ones."""
    page = (campaign.parent / "out/report.html").read_text(encoding="utf-8")

    assert CODE in page
    assert "一户一档中没有“村委会证明”" in page


def test_its_finding_stands_in_the_explanation(plugin: Installed, campaign: Path) -> None:
    """Whoever asks why is told the code, the clause and the words."""
    household = str(findings(campaign)[0]["household_id"])
    done = plugin.python("-m", "housing_guarantee", "explain", campaign, household, "--lang", "en")

    assert f"warning {CODE} [R2] the archive holds no 村委会证明" in done.stdout


def test_a_blocked_plugin_finds_nothing(plugin: Installed, campaign: Path) -> None:
    """The county can leave it out, without removing it."""
    done = plugin.python(
        *("-m", "housing_guarantee", "check", campaign, "--out", campaign.parent / "blocked"),
        **{BLOCK_VARIABLE: "trees"},
    )

    assert done.returncode == 1
    assert CODE not in (campaign.parent / "blocked/findings.jsonl").read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    "name", ["Trees", "two words", "树", "a--b", "-x", "x-", "3d", "a_b", "a/b", "..", "", "x" * 41]
)
def test_a_name_that_cannot_be_typed_everywhere_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages, and nothing is written."""
    assert _run(["new-plugin", "--out", str(tmp_path / "new"), "--", name]) == 2
    said = capsys.readouterr().err
    assert "不能作插件名" in said
    assert f"{name!r} is no name for a plugin" in said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("class", "'class' is a word of Python itself"),
        ("select", "'select' is a key of the campaign file's [rules]"),
        ("local", "'local' is a key of the campaign file's [rules]"),
        ("photo-gps", "'photo-gps' is a topic of the built-in rules"),
        ("housing-guarantee-ledger", "'ledger' is a topic of the built-in rules"),
        ("taken", "a plugin 'taken' is installed already"),
    ],
)
def test_a_name_that_is_somebodys_is_refused(
    name: str, words: str, install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would clash as soon as it is installed."""
    install("taken", EMPTY)
    assert _run(["new-plugin", name, "--out", str(tmp_path / "new")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody's work is written over; the name may come with its prefix."""
    assert _run(["new-plugin", "housing-guarantee-trees", "--out", str(tmp_path)]) == 0
    mine = tmp_path / "housing-guarantee-trees" / "README.md"
    mine.write_text("mine", encoding="utf-8")

    assert _run(["new-plugin", "trees", "--out", str(tmp_path)]) == 2
    assert "已存在" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and no traceback."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert _run(["new-plugin", "trees", "--out", str(tmp_path / "file" / "new")]) == 2
    assert f"{tmp_path / 'file' / 'new' / 'housing-guarantee-trees'}: Not a directory" in capsys.readouterr().err


def test_a_new_plugin_is_whole(tmp_path: Path) -> None:
    """These files and no others, and no word in them is left to be filled in."""
    assert _run(["new-plugin", "trees", "--out", str(tmp_path)]) == 0
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    names = sorted(str(path.relative_to(tmp_path / "housing-guarantee-trees")) for path in files)

    assert names == ["README.md", "pyproject.toml", "src/housing_guarantee_trees/__init__.py", "tests/test_trees.py"]
    assert [path for path in files if "$" in path.read_text(encoding="utf-8")] == []
