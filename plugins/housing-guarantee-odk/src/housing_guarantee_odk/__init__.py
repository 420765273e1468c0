"""Exports of ODK and KoboToolbox for housing-guarantee."""

from housing_guarantee import hookimpl
from housing_guarantee.source import Adapter
from housing_guarantee_odk.adapter import Odk

HOOKS_VERSION = 1


@hookimpl
def register_adapters() -> list[type[Adapter]]:
    """Bring the adapter."""
    return [Odk]
