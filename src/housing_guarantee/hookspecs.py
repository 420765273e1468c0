"""The few hooks a plugin may implement; each returns a list.

Plugins are assembled through these and run as plain Python: a rule is a function, never a hook implementation,
because one implementation that raises would end the call for all the others.
"""

import pluggy

from housing_guarantee.definition import Definition
from housing_guarantee.report import Report
from housing_guarantee.rule import Topic
from housing_guarantee.source import Adapter
from housing_guarantee.vocabulary import Vocabulary

__all__ = ["HOOKS_VERSION", "NAMESPACE", "hookimpl", "hookspec"]

NAMESPACE = "housing_guarantee"
HOOKS_VERSION = 1
"""Raised when a hook or what it returns changes so that an older plugin would break; a plugin may say its own."""

hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


@hookspec
def register_rules() -> list[Topic]:  # type: ignore[empty-body]
    """Bring topics with their rules."""


@hookspec
def register_adapters() -> list[type[Adapter]]:  # type: ignore[empty-body]
    """Bring adapters for sources."""


@hookspec
def register_reports() -> list[Report]:  # type: ignore[empty-body]
    """Bring reports."""


@hookspec
def register_vocabularies() -> list[Vocabulary]:  # type: ignore[empty-body]
    """Bring words and places beside the package's own."""


@hookspec
def register_campaigns() -> list[Definition]:  # type: ignore[empty-body]
    """Bring definitions, which a campaign file names under ``[campaign] definition``."""
