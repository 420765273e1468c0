"""Read every source of a campaign; what one of them cannot give is said in its account, and the others go on.

Photos are read here too, behind probes and with what is known of them from earlier runs: an adapter only says where
they lie.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Protocol

from attrs import evolve

from housing_guarantee.campaign import Campaign
from housing_guarantee.errors import CampaignError, ProbeError, SourceError
from housing_guarantee.photos.cache import PhotoCache, cache_path
from housing_guarantee.photos.places import Stamp
from housing_guarantee.photos.probes import Probes
from housing_guarantee.photos.reader import read_photos
from housing_guarantee.plugins import Equipment
from housing_guarantee.source import Account, Item, PhotoAt, PhotoFile, Source, Tick
from housing_guarantee.toml_table import nearest, nearest_zh

__all__ = ["Progress", "Reading", "Silent", "read_sources", "readings_of"]


class Progress(Protocol):
    """Is told how far each step is."""

    def step(self, name: str, done: int, total: int | None) -> None:
        """Say that so much of a step is done."""
        ...  # pragma: no cover


class Silent:
    """Tells nobody."""

    def step(self, name: str, done: int, total: int | None) -> None:
        """Say nothing."""


Reading = tuple[Account, Any]
"""The account that is kept of a source, and the adapter that reads it."""


def readings_of(campaign: Campaign, equipment: Equipment) -> list[Reading]:
    """Find the adapter of every source.

    :raises CampaignError: a source names an adapter, or an option of one, that nobody brought
    """
    sources = [evolve(source, synonyms=_synonyms(source, campaign, equipment)) for source in campaign.sources]
    return [(Account(source), _adapter(source, equipment, campaign)) for source in sources]


def _synonyms(source: Source, campaign: Campaign, equipment: Equipment) -> Mapping[str, tuple[str, ...]]:
    """Give the headers that mean a field beside the usual ones: of the definition's own fields, and of plugins."""
    own = {one.name: one.headers for one in campaign.definition.fields_of(source.role)}
    brought = equipment.vocabulary.headers.get(source.role, {})
    return {name: (*own.get(name, ()), *brought.get(name, ())) for name in {**own, **brought}}


def read_sources(
    readings: Iterable[Reading], campaign: Campaign, progress: Progress, *, rehash: bool = False
) -> Iterator[Item]:
    """Read every source, in the order of the campaign file.

    :param rehash: open every photo, also those that have not changed since an earlier run
    """
    probing = Probes(limits=campaign.limits)
    with PhotoCache(cache_path(campaign.folder / campaign.workspace)) as cache, probing as probes:
        for account, adapter in readings:
            tick = _tick(progress, account.source)
            tick(0, None)
            yield from _guarded(account, _source(account, adapter, campaign, tick, probes, cache, rehash))


def _guarded(account: Account, items: Iterator[Item]) -> Iterator[Item]:
    """Read one source; what ends its reading is said in its account."""
    source = account.source
    try:
        yield from items
    except (SourceError, ProbeError) as error:
        fault = error if isinstance(error, SourceError) else SourceError(source.name, str(error), zh=error.zh)
        account.problem = {"zh": fault.text("zh"), "en": fault.text("en")}
    except Exception as error:  # a stranger's adapter may raise anything; its words may hold a family's data
        why = f"{source.name}: {type(error).__name__} in the adapter {source.adapter!r}"
        account.problem = {"zh": f"{why}，该来源未能读完", "en": f"{why}; the source could not be read in full"}


def _source(
    account: Account, adapter: Any, campaign: Campaign, tick: Tick, probes: Probes, cache: PhotoCache, rehash: bool
) -> Iterator[Item]:
    """Yield the records of a source, then the photos that its adapter found.

    :raises SourceError: it cannot be read, or is no longer the file that it was
    """
    before = _stamp(account.source)
    found: list[PhotoAt] = []
    for item in adapter.read(account.source, account, campaign.definition, tick):
        if isinstance(item, PhotoAt):
            found.append(item)
        else:
            yield item
    covered = account.digest if account.source.path.is_file() else ""  # a file's digest is that of its photos too
    digest = sha256(account.digest.encode())
    photos = read_photos((one.place for one in found), probes, cache, rehash=rehash)
    for at, photo in zip(found, photos, strict=True):
        digest.update(f"{photo.name}\0{photo.digest}\n".encode())
        account.photos += 1
        shown = evolve(photo, name=f"{at.source.rstrip('/')}/{photo.name}")
        yield PhotoFile(at.source, at.place.name, shown, at.role, at.place)
        tick(account.photos, len(found))
    if found and not covered:
        account.digest = digest.hexdigest()
    if _stamp(account.source) != before:
        raise SourceError(
            account.source.name, "it changed while it was read: check again", zh="读取期间文件有改动，请重新核验"
        )
    tick(account.read + account.photos, account.read + account.photos)


def _stamp(source: Source) -> tuple[int, int] | None:
    """Tell a file by its size and the time of its last change; a folder, a database and what is not there are None."""
    if not source.path.is_file():
        return None
    stamp = Stamp.of(source.path.stat())
    return stamp.size, stamp.changed_ns


def _adapter(source: Source, equipment: Equipment, campaign: Campaign) -> Any:
    file = campaign.path.name
    adapter = equipment.adapters.get(source.adapter)
    if adapter is None:
        known = sorted(equipment.adapters)
        raise CampaignError(
            f"{file}: [[sources]] no adapter is called {source.adapter!r}; there are {', '.join(known)}"
            f"{nearest(source.adapter, known)}",
            zh=f"{file}：[[sources]] 没有名为“{source.adapter}”的 adapter，现有 {'、'.join(known)}"
            f"{nearest_zh(source.adapter, known)}",
        )
    if source.role not in adapter.roles:
        raise CampaignError(
            f"{file}: [[sources]] adapter {source.adapter!r} cannot fill the role {source.role!r}; "
            f"it fills {', '.join(adapter.roles)}",
            zh=f"{file}：[[sources]] 的 adapter“{source.adapter}”不能用于 {source.role}，"
            f"可用于 {'、'.join(adapter.roles)}",
        )
    for option in source.options:
        if option not in adapter.options:
            problem = f"{file}: [[sources]] adapter {source.adapter!r} has no option {option!r}"
            raise CampaignError(problem, zh=f"{file}：[[sources]] 的 adapter“{source.adapter}”不认识“{option}”")
    return adapter()


def _tick(progress: Progress, source: Source) -> Tick:
    return lambda done, total: progress.step(source.name, done, total)
