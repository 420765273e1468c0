"""A proxy before a database server that cuts each connection after so many bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

__all__ = ["cutting"]


@contextmanager
def cutting(url: str, limits: list[int], folder: Path) -> Iterator[str]:
    """Cut one connection after another, each after its number of bytes; when the numbers are used up, let all pass.

    :returns: the address of the server through the proxy
    """
    address = make_url(url)
    path = address.query.get("unix_socket")
    family = socket.AF_UNIX if path else socket.AF_INET
    target: Any = str(path) if path else (address.host, address.port)
    file = folder / "proxy"
    file.unlink(missing_ok=True)
    opened: list[socket.socket] = []
    pumps: list[threading.Thread] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(family)
                opened.extend((client, server))
                for end in (client, server) if family == socket.AF_INET else ():
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each answer waits for the last
                left = [limits.pop(0) if limits else 10**9]
                server.connect(target)
                for pair in ((client, server), (server, client)):
                    pumps.append(threading.Thread(target=_pump, args=(*pair, left), daemon=True))
                    pumps[-1].start()

    with socket.socket(family) as listener:
        listener.bind(str(file) if path else ("127.0.0.1", 0))
        listener.listen()
        server_thread = threading.Thread(target=serve, daemon=True)
        server_thread.start()
        try:
            if path:
                yield url.replace(str(path), str(file))
            else:
                yield url.replace(f":{address.port}/", f":{listener.getsockname()[1]}/")
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server_thread.join(5)
            for end in opened:
                _end(end)
            for pump in pumps:
                pump.join(5)
            for end in opened:
                end.close()


def _pump(one: socket.socket, other: socket.socket, left: list[int]) -> None:
    """Hand on what comes, as long as both ways together have bytes left."""
    with suppress(OSError):
        while data := one.recv(4096):
            other.sendall(data[: left[0]])
            left[0] -= len(data)
            if left[0] <= 0:
                break
    for end in (one, other):
        _end(end)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
