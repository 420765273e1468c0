"""Objects as bytes for another process, and a copy of them in this one: several times cheaper than plain pickling.

What records are made of is frozen and made by position, so that its values in order are all that must travel.
"""

import io
import pickle
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

import attrs
from attrs import frozen

__all__ = ["Parcel", "Reducer", "by_position", "pack", "unpacked", "values_of"]

Reducer = Callable[[Any], tuple[Any, ...]]
"""Gives what makes an object again: a class, and the arguments that it is called with."""


def values_of(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """Give the function that lists an object's values in the order in which its class takes them."""
    names = [one.name for one in attrs.fields(cls)]
    if len(names) == 1:
        return lambda thing: (getattr(thing, names[0]),)
    return attrgetter(*names)


def by_position(classes: Iterable[type]) -> dict[type, Reducer]:
    """Give the reducers of these attrs classes, which are made of all their values and nothing else."""

    def reducer(cls: type) -> Reducer:
        values = values_of(cls)
        return lambda thing: (cls, values(thing))

    return {cls: reducer(cls) for cls in classes}


def pack(thing: Any, reducers: Mapping[type, Reducer], shared: type | None = None) -> "Parcel":
    """Pickle a thing, with these classes reduced so.

    :param shared: a class whose objects are many records' own: they travel beside it, and are not made anew
    :raises Exception: whatever an object raises that cannot be pickled
    """
    beside: list[Any] = []
    places: dict[int, int] = {}

    def share(one: Any) -> tuple[Any, ...]:
        if id(one) not in places:
            places[id(one)] = len(beside)
            beside.append(one)
        return _shared, (places[id(one)],)

    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**reducers, **({shared: share} if shared else {})}
    pickler.dump(thing)
    return Parcel(buffer.getvalue(), tuple(beside))


@frozen
class Parcel:
    """A packed thing.

    :param beside: what it shares with others
    """

    data: bytes
    beside: tuple[Any, ...]

    @property
    def bytes(self) -> tuple[bytes, bytes]:
        """Give it as it travels to another process: itself, and what it shares."""
        return self.data, pickle.dumps(self.beside, pickle.HIGHEST_PROTOCOL)

    def unpacked(self) -> Any:
        """Give a copy of the thing, with what it shares as it is."""
        return _Unpickler(self.data, self.beside).load()


def unpacked(data: bytes, beside: bytes) -> Any:
    """Give the thing in the process to which it travelled; what it shares is made once, for all that share it."""
    return _Unpickler(data, _arrived(beside)).load()


@lru_cache(maxsize=2)
def _arrived(beside: bytes) -> tuple[Any, ...]:
    things: tuple[Any, ...] = pickle.loads(beside)  # noqa: S301 - packed by the run itself
    return things


def _shared(at: int) -> Any:
    """Stand in a pickle for what travels beside it."""
    raise NotImplementedError


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, beside: tuple[Any, ...]) -> None:
        super().__init__(io.BytesIO(data))
        self._beside = beside

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, _shared.__name__):
            return self._beside.__getitem__
        return super().find_class(module, name)
