"""Bring a workspace that an earlier version of this program made up to the present one.

The version that counts is the workspace's own, which every opening reads; alembic, which takes a moment to load, is
asked only where that is an earlier one, and is told from where to begin.
"""

from pathlib import Path
from typing import Any

from housing_guarantee.tracking.schema import VERSION, tables

__all__ = ["bring_up"]


def bring_up(connection: Any, version: int, to: int = VERSION) -> None:
    """Do all steps from a version on, in the connection's transaction, and then say in the workspace which it has.

    Whoever calls this holds the workspace alone. After a kill the same is done again: see `migrations`.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.stamp(config, str(version), purge=True)
    command.upgrade(config, str(to))
    connection.execute(tables().tables["workspace"].update().values(version=to))
