"""Open a campaign file, with the definition that it names, be it the package's own or a plugin's."""

from datetime import datetime
from pathlib import Path

from housing_guarantee import campaign as reading
from housing_guarantee.campaign import Campaign
from housing_guarantee.definition import BUILTIN
from housing_guarantee.errors import CampaignError
from housing_guarantee.plugins import Equipment, equip

__all__ = ["load_campaign"]


def load_campaign(path: str | Path, *, as_of: datetime | None = None) -> Campaign:
    """Read a campaign file and check its shape; plugins are loaded where it names a definition of theirs.

    :param as_of: instead of the file's own moment, or of now
    :raises CampaignError: it cannot be read, or a key or value of it is wrong
    :raises PluginError: a plugin that it needs cannot be used
    """
    asked = reading.asked_of(Path(path))
    if asked.definition == BUILTIN:
        return reading.load_campaign(path, as_of=as_of)
    equipment = equip(asked.files, choice=asked.plugins)
    try:
        return reading.load_campaign(path, as_of=as_of, definitions=equipment.definitions)
    except CampaignError as error:
        if asked.definition in equipment.definitions or not (why := _failures(equipment)):
            raise
        raise CampaignError(f"{error}; {why}", zh=f"{error.zh}；{why}") from error


def _failures(equipment: Equipment) -> str:
    """Name the plugins that are not there: one of them may have brought the definition."""
    missing = (one for one in equipment.plugins if one.state != "loaded")
    return "; ".join(f"plugin {one.name!r} {one.state}: {one.cause}" for one in missing)
