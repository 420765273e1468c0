"""What stands beside a source's tables: front photos that only it names, and a coding of its own."""

from collections.abc import Mapping, Sequence

from attrs import evolve

from housing_guarantee.converters import clean, to_names
from housing_guarantee.onboarding.looks import Form, Look
from housing_guarantee.onboarding.proposed import Proposed
from housing_guarantee.onboarding.questions import Ask, Question
from housing_guarantee.photos import PhotoStore
from housing_guarantee.rule import Words

__all__ = ["with_coding", "with_front_photos"]

_REFERRED = 0.5
"""Share of the photos that a column names which must lie in a folder for it to be theirs."""


def with_front_photos(sources: Sequence[Proposed], looks: Sequence[Look]) -> list[Proposed]:
    """Lay photos that a provincial table names, and the app's records do not, beside that table."""
    packed = {look.name: look.photos for look in looks if look.photos}
    app = [_elsewhere(source, packed) for source in sources if source.role == "verifications"]
    albums = {
        look.name: look.photos
        for look in looks
        if look.form is Form.PHOTOS and look.photos and all(_share(look.photos, named) < _REFERRED for named in app)
    }
    laid = [_with_album(source, albums) for source in sources]
    used = {source.options.get("photos") for source in laid}
    return [source for source in laid if not (source.role == "photos" and source.name in used)]


def _with_album(source: Proposed, albums: Mapping[str, PhotoStore]) -> Proposed:
    named = _named(source, "front_photo") if source.role == "provincial" else []
    best = max(albums, key=lambda name: _share(albums[name], named), default=None)
    if best is None or source.adapter != "provincial" or _share(albums[best], named) < _REFERRED:
        return source
    return evolve(source, options={**source.options, "photos": best})


def _elsewhere(source: Proposed, packed: Mapping[str, PhotoStore]) -> list[str]:
    """List the app's photos that did not come with its own export: front photos may bear the same names."""
    own = packed.get(source.name)
    return [name for name in _named(source, "photos") if own is None or own.find(name) is None]


def _named(source: Proposed, column: str) -> list[str]:
    """List the photos that a column names."""
    cells = (cell for unit in source.units for view in unit.views for cell in view.cells(column))
    return [name for cell in cells for name in to_names(cell)]


def _share(store: PhotoStore, names: Sequence[str]) -> float:
    """Say how many of the photos named are in a store."""
    return sum(store.find(name) is not None for name in names) / len(names) if names else 0.0


def with_coding(source: Proposed, ask: Ask) -> Proposed:
    """Ask what 0 and 1 mean where a source answers "is it safe" by them: some exports have 0 for safe."""
    cells = [clean(cell) for unit in source.units for view in unit.views for cell in view.cells("is_safe")]
    if not cells or not set(cells) <= {"0", "1"}:
        return source
    zeros, ones = cells.count("0"), cells.count("1")
    header = source.units[0].views[0].match.headers["is_safe"]
    answer = ask(
        Question(
            Words(
                f"{source.name}：“{header}”列有{zeros}个0、{ones}个1，哪个表示安全？",
                f"{source.name}: the column {header} holds {zeros} times 0 and {ones} times 1: which means safe?",
            ),
            "1",
            ("0", "1"),
        )
    )
    if answer == "0":
        return evolve(source, values={"is_safe": {"0": True, "1": False}})
    doubt = Words(
        f"“{header}”列有{zeros}个0、{ones}个1，按 1=安全 读取；如果 0 表示安全，请去掉下一行的 #",
        f"{header} holds {zeros} times 0 and {ones} times 1; 1 is read as safe. Where 0 means it, uncomment this",
    )
    return evolve(source, doubts={**source.doubts, "values": doubt}) if answer is None else source
