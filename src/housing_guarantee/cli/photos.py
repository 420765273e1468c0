"""``photos``: what every photo of a campaign tells, and whose it is."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import click

from housing_guarantee.casefiles import Survey
from housing_guarantee.cli import options
from housing_guarantee.cli.screen import Screen
from housing_guarantee.cli.tracked import told_of_sources
from housing_guarantee.data import read_toml
from housing_guarantee.masking import OPEN, Masking
from housing_guarantee.opening import load_campaign
from housing_guarantee.photos.facts import Photo
from housing_guarantee.plugins import equipped
from housing_guarantee.report import names_in
from housing_guarantee.runner import lay
from housing_guarantee.source import PhotoFile

__all__ = ["command"]

COLUMNS = (
    "photo", "household_id", "gps", "problem", "latitude", "longitude", "error_m", "direction", "taken_at",
    "gps_time", "make", "model", "software", "width", "height", "orientation", "size", "digest",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel takes the wide ones as well
_SHOWN = ("photo", "household_id", "gps", "latitude", "longitude", "taken_at", "model")


@click.command("photos")
@options.campaign
@click.option("--csv", "as_csv", is_flag=True, help="以 CSV 输出 · print CSV")
@options.rehash
@click.option("--unmask", is_flag=True, help="不遮蔽文件名中的姓名 · show names within file names")
@options.lang
@options.json_
def command(campaign_file: Path, as_csv: bool, rehash: bool, unmask: bool, lang: str | None, as_json: bool) -> int:
    """照片：逐张列出拍摄位置、时间、机型和问题，以及属于哪一户。

    List what every photo tells: where and when it was taken, with what, and whose it is.
    """
    campaign = load_campaign(campaign_file)
    language = lang or campaign.language
    equipment = equipped(campaign)
    with Screen(language) as screen:
        survey, items = lay(campaign, equipment, screen, rehash=rehash)
    photos = [item.photo for item in items if isinstance(item, PhotoFile)]
    rows = list(_rows(photos, survey, OPEN if unmask else Masking(known=names_in(survey))))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif as_csv:
        click.echo(_csv(rows), nl=False)
    else:
        _show(rows, language)
    return told_of_sources(survey.accounts, language)


def _rows(photos: Iterable[Photo], survey: Survey, masking: Masking) -> Iterator[dict[str, Any]]:
    owners = {
        evidence.photo.name: casefile.household_id
        for casefile in survey.casefiles
        for evidence in (*casefile.photos, *casefile.front_photos, *casefile.archive_photos)
        if evidence.photo
    }
    for photo in photos:
        place = photo.position
        yield {
            **{name: getattr(photo, name, None) for name in COLUMNS},
            "photo": masking.show("photo", photo.name),
            "household_id": owners.get(photo.name),
            "latitude": round(place.latitude, 6) if place else None,
            "longitude": round(place.longitude, 6) if place else None,
            "taken_at": f"{photo.taken_at.isoformat()}{photo.offset or ''}" if photo.taken_at else None,
            "gps_time": photo.gps_time.isoformat() if photo.gps_time else None,
        }


def _csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write CSV that a spreadsheet opens as it is: a text that begins like a formula gets an apostrophe."""
    file = StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _show(rows: list[dict[str, Any]], language: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words = read_toml("terms.toml")

    def say(word: str) -> str:
        return str(words.get(word, {}).get(language, word))

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in _SHOWN:
        table.add_column(say(f"photo {name}"), overflow="fold")
    for row in rows:
        shown = {**row, "gps": say(row["problem"] or f"gps {row['gps']}")}
        table.add_row(*(Text("" if shown[name] is None else str(shown[name])) for name in _SHOWN))
    console = Console()
    console.print(table)
    counts = Counter(row["gps"] for row in rows)
    totals = "  ".join(f"{say(f'gps {gps}')} {count}" for gps, count in sorted(counts.items()))
    console.print(f"{len(rows)}  {totals}", markup=False, highlight=False)
