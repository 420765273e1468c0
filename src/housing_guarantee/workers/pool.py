"""An executor of processes of our own: what ends one of them costs only the call that it was at.

The processes are started anew and never forked, since a run has threads. They live until the executor is closed.
"""

import pickle
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from subprocess import Popen
from typing import Any

from housing_guarantee.containment import command_of, end, start
from housing_guarantee.workers.child import DONE
from housing_guarantee.workers.frames import read, read_plain, write

__all__ = ["Ended", "Workers"]

_Process = Popen[bytes]


class Ended(BrokenExecutor):
    """A worker ended, or did not answer with what it may; the words say how, and nothing of anybody's data."""


class Workers(Executor):
    """Processes that call functions; each answer must be plain data (`frames.py`).

    :param count: how many at once
    :param memory: bytes that each may ask for; 0: as many as there are
    :param seconds: how long one call may take before its process is ended; None: as long as it will
    """

    def __init__(self, count: int = 1, *, memory: int = 0, seconds: float | None = None) -> None:
        self._memory, self._seconds = memory, seconds
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        self._alive: set[_Process] = set()
        self._threads = ThreadPoolExecutor(count)
        self._closed = False

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that are alive."""
        return tuple(process.pid for process in tuple(self._alive))

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Have a function of a module called; its future raises `Ended` where the process does not live to answer."""
        if named:
            raise TypeError("a worker's function takes its arguments by position")
        return self._threads.submit(self._call, pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End every process, after its calls are answered where that is waited for."""
        if not wait:
            self._closed = True
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        self._closed = True
        for process in tuple(self._alive):
            self._discard(process)

    def __exit__(self, *error: Any) -> None:
        self.shutdown(wait=error[0] is None, cancel_futures=True)

    # -------------------------------------------------------------------------------------------- one call

    def _call(self, request: bytes) -> Any:
        process = self._take()
        overdue = threading.Event()
        watch = self._watch(process, overdue)
        try:
            write(process.stdin, request)  # type: ignore[arg-type] # all its ends are pipes
            answer = read(process.stdout)  # type: ignore[arg-type]
            found = read_plain(answer[1:]) if answer[:1] == DONE else None
        except (EOFError, OSError):
            self._discard(process)
            raise Ended(_how(process, overdue.is_set(), self._seconds)) from None
        except Exception as error:  # whatever it said, it is no answer
            self._discard(process)
            raise Ended(f"its answer cannot be used: {type(error).__name__}") from None
        finally:
            if watch:
                watch.cancel()
        self._idle.put(process)
        if answer[:1] != DONE:
            raise Ended(f"{answer[1:].decode(errors='replace')} in the worker")
        return found

    def _watch(self, process: _Process, overdue: threading.Event) -> threading.Timer | None:
        if self._seconds is None:
            return None

        def ring() -> None:
            overdue.set()
            end(process)

        timer = threading.Timer(self._seconds, ring)
        timer.daemon = True
        timer.start()
        return timer

    def _take(self) -> _Process:
        try:
            return self._idle.get_nowait()
        except Empty:
            process = start(command_of("housing_guarantee.workers.child"))
        self._alive.add(process)
        if self._closed:
            self._discard(process)
        with suppress(OSError):  # it ended at once, and what it is asked will say so
            write(process.stdin, pickle.dumps((self._memory, sys.path)))  # type: ignore[arg-type]
        return process

    def _discard(self, process: _Process) -> None:
        """End a process and leave nothing of it behind."""
        self._alive.discard(process)
        end(process)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:  # what was still to be written has nobody to read it
                continue


def _how(process: _Process, overdue: bool, seconds: float | None) -> str:
    if overdue:
        return f"not done after {seconds:g} s"
    code = process.returncode
    return f"its process was ended by signal {-code}" if code < 0 else f"its process ended with code {code}"
