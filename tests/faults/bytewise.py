"""Changes that know nothing of a format: cut short, flipped, doubled, left out, overwritten."""

from collections.abc import Callable, Sequence
from random import Random

__all__ = ["CHANGES", "Change", "changed", "with_words"]

Change = Callable[[bytearray, Random], None]


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data)) :]


def _flip(data: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _noise(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    data[at : at + 40] = random.randbytes(random.randrange(80))


def _number(data: bytearray, random: Random) -> None:
    at = random.randrange(len(data))
    data[at : at + 4] = random.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\0\0"))


def _piece(data: bytearray, random: Random) -> None:
    """Double a piece somewhere else, or leave it out."""
    start, end = sorted(random.randrange(len(data) + 1) for _ in range(2))
    end = min(end, start + 4096)
    piece = data[start:end]
    if random.random() < 0.5:
        del data[start:end]
    else:
        at = random.randrange(len(data))
        data[at:at] = piece


CHANGES: tuple[Change, ...] = (_cut, _flip, _noise, _number, _piece)


def with_words(words: Sequence[bytes]) -> Change:
    """Give a change that puts one of these words somewhere, in place of what stands there or between."""

    def put(data: bytearray, random: Random) -> None:
        at, word = random.randrange(len(data) + 1), random.choice(words)
        data[at : at + random.choice((0, len(word), 1))] = word

    return put


def changed(data: bytes, random: Random, changes: Sequence[Change] = CHANGES) -> bytes:
    """Change some bytes in one to three ways."""
    made = bytearray(data)
    for change in random.choices(changes, k=random.choice((1, 1, 2, 3))):
        if made:
            change(made, random)
    return bytes(made)
