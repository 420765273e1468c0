"""Write the cards: a file a village, or one for a single household; each stands alone and asks nothing of a network."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from html import escape
from importlib import resources
from pathlib import Path

from housing_guarantee.cards.card import Cards, photo_of
from housing_guarantee.data import read_toml
from housing_guarantee.findings import HouseholdResult
from housing_guarantee.masking import is_identity
from housing_guarantee.page.document import policy
from housing_guarantee.photos.cache import PhotoCache, cache_path
from housing_guarantee.photos.places import Place
from housing_guarantee.photos.probes import Probes
from housing_guarantee.photos.reader import thumbnails_of
from housing_guarantee.reading import Progress
from housing_guarantee.report import Result, replace_text
from housing_guarantee.reports.workbook import unique_name
from housing_guarantee.units import Unit, completed, village_of

__all__ = ["write_cards"]

_LONGEST_STEM = 80


def write_cards(result: Result, folder: Path, progress: Progress, household_id: str | None = None) -> list[Path]:
    """Write the cards of one household, or of every household reported on, and give the files.

    :param household_id: whose card alone is wanted; it is on the roster
    :raises OutputError: the folder cannot be written
    :raises ProbeError: no process for making the pictures can be started
    """
    cards, workspace = Cards(result), result.campaign.folder / result.campaign.workspace
    written: list[Path] = []
    with ExitStack() as stack:
        cache = stack.enter_context(PhotoCache(cache_path(workspace)))
        probes = stack.enter_context(Probes())
        files = _files(result, household_id)
        for done, (stem, households) in enumerate(files, 1):
            pictures = dict(thumbnails_of(_places(result, households), probes, cache))
            written.append(replace_text(folder / f"{stem}.html", "".join(_page(result, cards, households, pictures))))
            progress.step("cards", done, len(files))
    return written


def _files(result: Result, household_id: str | None) -> list[tuple[str, list[HouseholdResult]]]:
    """Share the households out among the files to be written, by the files' names."""
    if household_id is not None:
        own = [household for household in result.households if household.household_id == household_id]
        return [("card" if is_identity(household_id) else unique_name(household_id, set(), _LONGEST_STEM), own)]
    villages: dict[Unit, list[HouseholdResult]] = {}
    units = completed([village_of(household.place) for household in result.households])
    for unit, household in zip(units, result.households, strict=True):
        villages.setdefault(unit, []).append(household)
    taken: set[str] = set()
    show = result.public.masking.show
    return [
        (unique_name(f"{unit.code}-{show('village', unit.name)}".strip("-"), taken, _LONGEST_STEM), own)
        for unit, own in sorted(villages.items(), key=lambda pair: pair[0])
    ]


def _places(result: Result, households: Sequence[HouseholdResult]) -> dict[str, Place]:
    """Say where the picture of each household lies, by its digest."""
    chosen = (photo_of(result.survey.by_id[household.household_id]) for household in households)
    return {one.photo.digest: one.lies for one in chosen if one and one.photo and one.photo.digest and one.lies}


def _page(
    result: Result, cards: Cards, households: Sequence[HouseholdResult], pictures: dict[str, bytes]
) -> Iterator[str]:
    style = resources.files("housing_guarantee.cards").joinpath("assets", "card.css").read_text(encoding="utf-8")
    language = "zh-CN" if result.language == "zh" else "en"
    title = read_toml("cards.toml")["title"][result.language]
    yield (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy("data:", style)}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head>\n<body><main>\n"
    )
    for household in households:
        yield cards.card(household, pictures)
    yield "</main></body></html>\n"
