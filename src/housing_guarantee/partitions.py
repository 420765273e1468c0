"""A campaign of many counties: which there are, and the part of the campaign that each county is.

A source is partitioned where its path is a folder with a folder ``county=632525`` for each county, as data platforms
write them, or where it is a table of a database, whose rows lie where their codes of places say. Each county is then
verified by itself, as by a campaign file of its own.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve

from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import CampaignError
from housing_guarantee.plugins import Equipment
from housing_guarantee.source import Source

__all__ = ["PREFIX", "counties_of", "county_campaign"]

PREFIX = "county="
_FOLDER = re.compile(rf"{PREFIX}([0-9]{{6}})")
_OF_THE_WHOLE = "roster.count-differs"
"""How many households are planned is said of all counties together."""


def counties_of(campaign: Campaign, equipment: Equipment) -> tuple[str, ...]:
    """Give the codes of the counties, sorted; none where the campaign is of one county.

    :raises CampaignError: a source is not partitioned as the others are, or a county lies outside the campaign's unit
    :raises SourceError: a database cannot be asked
    """
    listed = {source.name: _listed(source, equipment) for source in campaign.sources}
    in_folders = any(_folders(source) for source in campaign.sources)
    if not in_folders and (None in listed.values() or not campaign.county_code.endswith("00")):
        return ()
    file, unit = campaign.path.name, campaign.county_code.rstrip("0")
    for name, codes in listed.items():
        if codes is None:
            raise CampaignError(
                f"{file}: [[sources]] {name!r} has no folder {PREFIX}… as the other sources have, one for each county",
                zh=f"{file}：[[sources]] “{name}”没有像其他来源那样按县分为 {PREFIX}… 文件夹",
            )
        for code in codes:
            if not code.startswith(unit):
                raise CampaignError(
                    f"{file}: [[sources]] {name!r}: county {code} does not lie in {campaign.county_code}; "
                    "county_code is to name the unit over all counties, 630000 for a province",
                    zh=f"{file}：[[sources]] “{name}”中的县 {code} 不属于 {campaign.county_code}",
                )
    if campaign.workspace_url_env:
        problem = "the runs of many counties are kept in files: [workspace] path"
        raise CampaignError(f"{file}: {problem}", zh=f"{file}：多县核验的工作区应为文件：[workspace] path")
    return tuple(sorted({code for codes in listed.values() for code in codes or ()}))


def _listed(source: Source, equipment: Equipment) -> tuple[str, ...] | None:
    """List the counties of a source; None where it is not partitioned."""
    if folders := _folders(source):
        return tuple(folders)
    adapter = equipment.adapters.get(source.adapter)
    return tuple(adapter.counties(source)) if adapter and hasattr(adapter, "counties") else None


def _folders(source: Source) -> Mapping[str, Path]:
    if "url" in source.options or "url_env" in source.options or not source.path.is_dir():
        return {}
    found = ((_FOLDER.fullmatch(path.name), path) for path in sorted(source.path.iterdir()))
    return {name[1]: path for name, path in found if name}


def county_campaign(campaign: Campaign, county: str) -> Campaign:
    """Give a county's own part: its sources, its areas, what is waived there, and a workspace of its own.

    A source that has nothing of the county is one that cannot be read: it was asked for, and is not there.
    """
    ignored = (*campaign.rules.ignore, _OF_THE_WHOLE)
    mandatory = tuple(code for code in campaign.rules.mandatory if code != _OF_THE_WHOLE)
    return evolve(
        campaign,
        county_code=county,
        sources=tuple(_part(source, county) for source in campaign.sources),
        areas=tuple(area for area in campaign.areas if area.code.startswith(county)),
        waivers=tuple(one for one in campaign.waivers if (one.area_code or county).startswith(county)),
        rules=evolve(campaign.rules, ignore=ignored, mandatory=mandatory),
        workspace=f"{campaign.workspace}.counties/{PREFIX}{county}.sqlite",
    )


def _part(source: Source, county: str) -> Source:
    if "url" in source.options or "url_env" in source.options:
        return evolve(source, county=county)
    folder = f"{PREFIX}{county}"
    return evolve(source, name=f"{source.name}/{folder}", path=source.path / folder)
