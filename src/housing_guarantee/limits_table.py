"""Read the ``[limits]`` table of a campaign file."""

from typing import Any

from housing_guarantee.limits import SETTINGS, Limits
from housing_guarantee.toml_table import Table

__all__ = ["limits_from"]


def limits_from(file: str, raw: Any) -> Limits:
    """Give the limits that the table sets; what it does not name has its default.

    :raises CampaignError: a key is not known, or its value is no whole number of 1 or more
    """
    table = Table(file, "limits", raw, SETTINGS)
    set_here: dict[str, Any] = {}
    for key in raw:
        value = table.take(key, int)
        if value < 1:
            raise table.wrong(key, "must be 1 or more", "应至少为 1")
        name, unit = SETTINGS[key]
        set_here[name] = value * unit
    return Limits()._replace(**set_here)
