"""What runs in a worker: it calls what it is told, one thing after another, and is ended when one of them ends it."""

import os
import pickle
import sys
from typing import BinaryIO

from housing_guarantee.containment import confine
from housing_guarantee.workers.frames import read, write

__all__ = ["DONE", "FAILED", "main"]

DONE, FAILED = b"+", b"-"
"""What an answer begins with: what was called gave something, or could not be called or raised."""


def main() -> None:
    """Serve until the pipe is closed."""
    requests, answers = sys.stdin.buffer, _own_pipe()
    memory, sys.path[:] = pickle.loads(read(requests))  # noqa: S301 - from the run that started this
    if memory:
        confine(memory)
    serve(requests, answers)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer every request, in order."""
    while True:
        try:
            request = read(requests)
        except EOFError:
            return
        write(answers, _answer(request))


def _answer(request: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(request)  # noqa: S301 - from the run that started this
        return DONE + pickle.dumps(function(*arguments), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # sys.exit() of a stranger's at import, or an answer that cannot travel
        return FAILED + type(error).__name__.encode()


def _own_pipe() -> BinaryIO:
    """Keep the way out for answers: what a stranger's code prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nowhere:  # noqa: PTH123 - it is no path of ours
        os.dup2(nowhere.fileno(), 1)
    return answers


if __name__ == "__main__":
    main()
