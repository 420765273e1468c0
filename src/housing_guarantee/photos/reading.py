"""Ask two readers for the position of a photo, and let neither of them accuse or acquit alone.

The first reader gives all tags, the second is asked for the position only; what the two disagree on is
unreadable, which is neither "no GPS" nor a pass. A plain position on a block that is as cameras write it may do
without the second reader; nothing is ever called missing without it.
"""

from attrs import evolve, field, frozen

from housing_guarantee.photos.exif import Opinion, Tags, read_heic, read_with_exifread, read_with_pillow
from housing_guarantee.photos.position import Fix, as_text, locate
from housing_guarantee.photos.segments import Container
from housing_guarantee.photos.tiff_budget import pick
from housing_guarantee.photos.xmp import position_tags

BLOCKS_AT_MOST = 4  # Exif segments in one file; a camera writes one


@frozen
class Reading:
    """What the readers made of one file.

    :param problem: why the position cannot be relied on; the fix is then ``unreadable``
    """

    fix: Fix
    tags: Tags = field(factory=dict)
    problem: str | None = None
    width: int | None = None
    height: int | None = None


@frozen
class _Block:
    """One Exif block as the first reader has it.

    :param plain: a position, on a block that leaves nothing to another reader's choice
    """

    fix: Fix
    tags: Tags = field(factory=dict)
    problem: str | None = None
    plain: bool = False


def read(container: Container, data: bytes, *, both: bool = True) -> Reading:
    """Read the tags of a file; nothing is raised whatever the bytes.

    :param data: the file as far as ``container`` was walked
    :param both: hear the second reader also where the first has a plain position
    """
    opinion: Opinion | None = None
    if container.kind == "heic":
        try:
            found = read_heic(data)
        except ImportError:
            return Reading(Fix("unreadable"), problem="heic support is not installed")
        if found is None:
            return Reading(Fix("unreadable"), problem="not an image")
        block, opinion = found
        container = evolve(container, exif=(block,) if block else ())
    first = _first(container)
    fix, problem = first.fix, first.problem
    if problem is None and (both or container.odd or not first.plain or not container.width):
        opinion = opinion or read_with_pillow(data)
        fix, problem = _weigh(fix, opinion) if opinion else (fix, _given_up(container))
    if problem:
        fix = Fix("unreadable", text=as_text(first.tags))
    width, height = container.width, container.height
    if opinion and not width:
        width, height = opinion.width, opinion.height
    return Reading(fix, first.tags, problem, width, height)


def _first(container: Container) -> _Block:
    """Hear the first reader on every Exif block."""
    blocks = [found for block in container.exif[:BLOCKS_AT_MOST] for found in _first_on(block)]
    if len(blocks) == 1:
        return blocks[0]
    if not blocks:
        return _Block(Fix("no_exif"))
    if damaged := [block for block in blocks if block.problem]:
        return damaged[0]
    first = evolve(blocks[0], plain=False)
    if not all(first.fix.agrees(other.fix) for other in blocks):
        return evolve(first, problem="readers disagree")
    return first


def _first_on(block: bytes) -> list[_Block]:
    """Hear the first reader on one block, once for each position in it that the budget has picked."""
    picked = pick(block)
    if picked.problem:
        return [_Block(Fix("unreadable"), problem=picked.problem)]
    found = []
    for part in picked.parts:
        tags = read_with_exifread(part.texts, part.numbers)
        if tags is None:
            found.append(_Block(Fix("unreadable"), problem="damaged exif"))
            continue
        fix = locate(tags)
        lost = picked.gps_lost and fix.gps == "absent"
        plain = fix.gps == "ok" and not picked.odd
        found.append(_Block(fix, tags, "damaged exif" if lost else None, plain))
    return found


def _given_up(container: Container) -> str:
    """Say why the second reader gave up on a file whose outside is sound: for its Exif, if it has any."""
    return "damaged exif" if container.exif and container.kind != "tiff" else "not an image"


def _weigh(fix: Fix, opinion: Opinion) -> tuple[Fix, str | None]:
    """Hold the first reader's position against what the second one says; only where both have none, XMP counts."""
    second = locate(opinion.tags)
    if fix.gps in ("no_exif", "absent") and second.gps == "absent":
        elsewhere = locate(position_tags(opinion.xmp))
        return (fix if elsewhere.gps == "absent" else evolve(elsewhere, source="xmp")), None
    return fix, None if fix.agrees(second) else "readers disagree"
