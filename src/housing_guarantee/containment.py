"""What holds strangers to limits: processes for their files, a time limit for their code.

A process of its own is the only wall that holds against a parser that loops, asks for all memory or aborts. It is
started anew and never forked, so that nothing of the run, and no script's main module, is in it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import current_thread, main_thread

__all__ = ["Overdue", "allow_seconds", "command_of", "confine", "end", "start", "time_limit"]


def command_of(module: str, *arguments: str) -> tuple[str, ...]:
    """Give the command that runs one of our modules."""
    # -P: what lies in the folder where the command was started must not be imported
    return sys.executable, "-P", "-m", module, *arguments


def start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a process with pipes to and from it, in a session of its own, so that Ctrl-C reaches only the run."""
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - our own interpreter on our own module
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, start_new_session=True
    )


def end(child: "subprocess.Popen[bytes]") -> None:
    """End a process that is still running, with whatever it may have started."""
    if child.poll() is not None:
        return
    try:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    except ProcessLookupError:  # it ended by itself just now
        return


# ------------------------------------------------------------------------------------------------ in the process


def confine(memory: int) -> None:
    """Limit memory to so many bytes, and leave no core dump with people's names behind.

    Linux holds a process to this. macOS may refuse the limit of memory and Windows has none: there the bounds on
    the bytes of a file, its pixels and its seconds are what holds.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, limit in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory)):
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):  # macOS refuses some, or a lower limit is set already
            continue


def allow_seconds(seconds: float) -> None:
    """Let this process work so much longer and no more, even if whoever watched it is gone."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


# ------------------------------------------------------------------------------------------------ in the run itself


class Overdue(BaseException):
    """What a stranger wrote took too long; no ``except Exception`` of theirs can swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `Overdue` in what is still at work after so many seconds, and again each time it goes on after that.

    Held by a signal: it reaches Python code in the main thread, of a system that has such signals, and nothing else.
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise Overdue(f"not done after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
