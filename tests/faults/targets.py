"""What is fed with changed inputs: how one is made, how it is read, and what reading it may come to.

A target that takes its guard away shows that the job would have seen what the guard prevents.
"""

from collections.abc import Callable
from random import Random
from types import ModuleType
from typing import Any

from attrs import frozen

__all__ = ["Disagreement", "Target", "case_of", "replace_in"]


class Disagreement(Exception):  # noqa: N818 - it is what a job looks for
    """Two readers, or two ways to read, have different answers."""


@frozen
class Target:
    """One kind of input.

    :param originals: makes the inputs that are changed
    :param change: changes one at random
    :param read: reads one, and says whether it was accepted; False where it was refused by name. Whatever else it
        raises is a fault
    :param unguard: takes away, in this process, what keeps strangers' bytes from doing harm
    :param seconds: of the processor that one may take
    :param memory: bytes that the process which reads it may ask for
    """

    name: str
    originals: Callable[[], list[bytes]]
    change: Callable[[bytes, Random], bytes]
    read: Callable[[bytes], bool]
    unguard: Callable[[], None]
    seconds: float
    memory: int = 1 << 30


def case_of(target: Target, originals: list[bytes], seed: int, number: int) -> bytes:
    """Make one changed input; the same for the same seed and number, whatever was made before it."""
    random = Random(f"{target.name} {seed} {number}")
    return target.change(random.choice(originals), random)


def replace_in(module: ModuleType, **names: Any) -> None:
    """Put others in place of what a module calls by these names, for the rest of this process."""
    vars(module).update(names)
