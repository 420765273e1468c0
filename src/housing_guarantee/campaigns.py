"""The definitions of campaigns that the package itself brings, through the same hook as any plugin's."""

from housing_guarantee.definition import Definition, load_definition
from housing_guarantee.hookspecs import hookimpl


@hookimpl
def register_campaigns() -> list[Definition]:
    """Bring the campaign of June 2020."""
    return [load_definition()]
