"""The demo county, the same county typed otherwise, and answers as an operator would give them."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from housing_guarantee.campaign import load_campaign
from housing_guarantee.demo import write_county
from housing_guarantee.onboarding import start
from housing_guarantee.onboarding.questions import Question
from housing_guarantee.report import Result
from housing_guarantee.runner import run

from .strange import retype

AS_OF = datetime.fromisoformat("2020-06-13T20:00:00+08:00")


def knows_the_county(question: Question) -> str:
    """Answer as somebody who knows that the package has 0 for safe, and takes what is proposed else."""
    return "0" if question.choices == ("0", "1") else question.default


def checked(folder: Path) -> Result:
    """Check the campaign of a folder, as of the last evening of verification."""
    return run(load_campaign(folder / "campaign.toml", as_of=AS_OF))


def begin(folder: Path, links: str = "") -> Result:
    """Write the campaign file that is proposed for a folder, with links settled by a person, and check it."""
    text = start(folder, "zh", knows_the_county).text
    (folder / "campaign.toml").write_text(f"{text}\n{links}", encoding="utf-8")
    return checked(folder)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo county of 320 households with everything planted, and its own campaign file."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, households=320)
    return folder


@pytest.fixture(scope="session")
def original(county: Path) -> Result:
    """What a check of the county with its own campaign file finds."""
    return checked(county)


@pytest.fixture(scope="session")
def links(county: Path) -> str:
    """The part of the county's campaign file that only a person could know."""
    text = (county / "campaign.toml").read_text(encoding="utf-8")
    return text[text.index("[[links]]") :]


def without_campaign(county: Path, folder: Path) -> Path:
    """Copy a county without its campaign file, but with the key that tells people apart."""
    shutil.copytree(county, folder, ignore=shutil.ignore_patterns("campaign.toml", "truth.json", "out", "*.sqlite-*"))
    return folder


@pytest.fixture(scope="session")
def strange(
    county: Path, original: Result, links: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Result]:
    """The same county typed otherwise, and what a check of it finds."""
    folder = tmp_path_factory.mktemp("strange") / "county"
    retype(county, folder)
    shutil.copy(county / "workspace.key", folder)
    moved = links.replace("危房改造台账2016-2018.xlsx", "危改2017年.xlsx")  # these rows stand in that year's file
    return folder, begin(folder, moved)
