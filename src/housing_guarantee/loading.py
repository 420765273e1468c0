"""Load what strangers wrote: by name, guarded, timed, and never what is blocked or what nobody asked for.

A plugin that cannot be imported, that exits, that takes too long or that was made for another version of the hooks is
told with its cause, and the others go on. A one-file rule was asked for by its path: without it the run would not be
the run asked for, so that a fault of it ends the run.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from attrs import field, frozen

from housing_guarantee import hookspecs
from housing_guarantee.campaign import PluginChoice
from housing_guarantee.containment import time_limit
from housing_guarantee.errors import CampaignError, PluginError
from housing_guarantee.onefile import load_module
from housing_guarantee.toml_table import nearest, nearest_zh

__all__ = ["BLOCK_VARIABLE", "Loaded", "guarded", "load_file", "load_installed"]

BLOCK_VARIABLE = "HOUSING_GUARANTEE_BLOCK"
"""Environment variable: names of plugins, separated by commas, that are not imported."""

_SECONDS = 30.0
T = TypeVar("T")


@frozen
class Loaded:
    """How one plugin fared: ``loaded``, ``failed``, ``blocked``, or ``unused`` by this campaign.

    :param version: that of its distribution; of a one-file rule, the start of its digest
    :param seconds: how long its import took
    """

    name: str
    version: str
    state: str
    cause: str = ""
    seconds: float = field(default=0.0, eq=False)


def load_installed(choice: PluginChoice) -> Iterator[tuple[Loaded, Any]]:
    """Give every installed plugin in the order of the names, with its module or object where it is loaded.

    :raises CampaignError: the campaign uses a plugin that is not installed
    """
    points = sorted(entry_points(group=hookspecs.NAMESPACE), key=lambda point: point.name)
    _check_choice(choice, [point.name for point in points])
    blocked = {name.strip(): BLOCK_VARIABLE for name in os.environ.get(BLOCK_VARIABLE, "").split(",")}
    blocked |= {name: "[plugins] block" for name in choice.block if name not in blocked}
    for point in points:
        version = point.dist.version if point.dist else "?"
        if point.name in blocked:
            yield Loaded(point.name, version, "blocked", blocked[point.name]), None
        elif not {"*", point.name} & set(choice.use):
            yield Loaded(point.name, version, "unused", "[plugins] use"), None
        else:
            yield _load(point, version)


def _check_choice(choice: PluginChoice, installed: list[str]) -> None:
    for name in choice.use:
        if name != "*" and name not in installed:
            problem = f"[plugins] use: no plugin {name!r} is installed{nearest(name, installed)}"
            raise CampaignError(problem, zh=f"[plugins] use：没有安装插件“{name}”{nearest_zh(name, installed)}")


def _load(point: EntryPoint, version: str) -> tuple[Loaded, Any]:
    started = perf_counter()
    brought, cause = guarded(lambda: _of_this_api(point.load()))
    seconds = perf_counter() - started
    if cause:
        cause = f"{cause} (set {BLOCK_VARIABLE}={point.name} to block it)"
        return Loaded(point.name, version, "failed", cause, seconds), None
    return Loaded(point.name, version, "loaded", seconds=seconds), brought


def _of_this_api(plugin: Any) -> Any:
    """Refuse a plugin that says it was made for other hooks than these; what says nothing was made for the first."""
    made_for = getattr(plugin, "HOOKS_VERSION", 1)
    if made_for != hookspecs.HOOKS_VERSION:
        newer = isinstance(made_for, int) and made_for > hookspecs.HOOKS_VERSION
        remedy = "upgrade housing-guarantee" if newer else "install a newer version of the plugin"
        raise PluginError(
            f"it was made for hooks version {made_for}, and these are {hookspecs.HOOKS_VERSION}: {remedy}"
        )
    return plugin


def guarded(call: Callable[[], T]) -> tuple[T | None, str]:
    """Call what a stranger wrote; give its answer, or the cause why there is none."""
    try:
        with time_limit(_SECONDS):
            return call(), ""
    except KeyboardInterrupt:
        raise
    except PluginError as error:
        return None, str(error)
    except BaseException as error:  # sys.exit() in a plugin must not end the run, least of all with success
        return None, f"{type(error).__name__}: {error}"


def load_file(path: Path) -> tuple[Loaded, Any]:
    """Load a one-file rule that the campaign names.

    :raises PluginError: it cannot be loaded
    """
    started = perf_counter()
    module, cause = guarded(lambda: load_module(path))
    if cause:
        raise PluginError(f"{path}: {cause}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return Loaded(path.name, digest, "loaded", seconds=perf_counter() - started), module
