"""Ask two readers for the position of a photo, and let neither of them accuse or acquit alone.

The first reader gives all tags, the second is asked for the position only; what the two disagree on is
unreadable, which is neither "no GPS" nor a pass.
"""

from attrs import evolve, field, frozen

from housing_guarantee.photos.exif import Opinion, Tags, read_heic, read_with_exifread, read_with_pillow
from housing_guarantee.photos.position import Fix, locate
from housing_guarantee.photos.segments import Container
from housing_guarantee.photos.tiff_budget import check

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
    """One Exif block as the first reader has it."""

    fix: Fix
    tags: Tags = field(factory=dict)
    problem: str | None = None


def read(container: Container, data: bytes) -> Reading:
    """Read the tags of a whole file; nothing is raised whatever the bytes."""
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
    problem = first.problem
    if problem is None:
        opinion = opinion or read_with_pillow(data)
        problem = _objection(first.fix, opinion) if opinion else _given_up(container)
    fix = Fix("unreadable", text=first.fix.text) if problem else first.fix
    width, height = container.width, container.height
    if opinion and not width:
        width, height = opinion.width, opinion.height
    return Reading(fix, first.tags, problem, width, height)


def _first(container: Container) -> _Block:
    """Hear the first reader on every Exif block."""
    if not container.exif:
        return _Block(Fix("no_exif"))
    blocks = [_first_on(block) for block in container.exif[:BLOCKS_AT_MOST]]
    first = blocks[0]
    if any(block.problem for block in blocks):
        return next(block for block in blocks if block.problem)
    if not all(first.fix.agrees(other.fix) for other in blocks):
        return evolve(first, problem="readers disagree")
    return first


def _first_on(block: bytes) -> _Block:
    """Hear the first reader on one block, once the budget has passed it."""
    checked = check(block)
    if checked.problem:
        return _Block(Fix("unreadable"), problem=checked.problem)
    tags = read_with_exifread(checked.block)
    if tags is None:
        return _Block(Fix("unreadable"), problem="damaged exif")
    fix = locate(tags)
    lost = checked.gps_lost and fix.gps == "absent"
    return _Block(fix, tags, "damaged exif" if lost else None)


def _given_up(container: Container) -> str:
    """Say why the second reader gave up on a file whose outside is sound: for its Exif, if it has any."""
    return "damaged exif" if container.exif and container.kind != "tiff" else "not an image"


def _objection(fix: Fix, opinion: Opinion) -> str | None:
    """Say what the second reader has against the first one's position, if anything."""
    second = locate(opinion.tags)
    if fix.gps == "no_exif" and second.gps == "absent":
        return None
    return None if fix.agrees(second) else "readers disagree"
