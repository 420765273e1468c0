"""A probe whose reader does what hostile photos make a reader do, on command of the photo's bytes."""

import os
import signal
import sys
import time
from typing import Any

from housing_guarantee.limits import Limits, as_argument
from housing_guarantee.photos import probe
from housing_guarantee.photos.facts import Photo, photo_of

KILLS, HANGS, LOOPS, EATS, EXITS, RAISES = b"kills", b"hangs", b"loops", b"eats", b"exits", b"raises"
TALKS = b"talks"


def planted(data: bytes, digest: str, name: str = "") -> Photo:
    """Read a photo, or go wrong as its bytes say."""
    if data == KILLS:
        os.kill(os.getpid(), signal.SIGKILL)
    if data == HANGS:
        time.sleep(60)
    while data == LOOPS:
        pass
    if data == EATS:
        held: list[Any] = []
        while True:
            held.append(bytearray(64 << 20))
    if data == TALKS:
        print("a library has something to say", flush=True)  # noqa: T201
        os.write(1, b"and so has one written in C\n")
    if data == EXITS:
        sys.exit(0)
    if data == RAISES:
        raise RuntimeError("a reader's own fault")
    return photo_of(data, digest, name)


if __name__ == "__main__":
    vars(probe)["photo_of"] = planted
    probe.main([as_argument(Limits())])
