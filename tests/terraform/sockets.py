"""A Unix socket that leads to a TCP server, as Cloud Run's does to Cloud SQL."""

import shutil
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def led_to(place: tuple[str, int], path: Path) -> Iterator[str]:
    """While inside, whoever connects to `path`, which is given back as text, speaks with the server at `place`."""

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(place, timeout=10) as far:
                back = threading.Thread(target=copied, args=(far, self.request))
                back.start()
                copied(self.request, far)
                back.join()

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    with Server(str(path), Relay) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield str(path)
        server.shutdown()
        serving.join()


def copied(source: socket.socket, target: socket.socket) -> None:
    """Until one of them ends; the other is told."""
    with suppress(OSError), source.makefile("rb", 0) as reader, target.makefile("wb", 0) as writer:
        shutil.copyfileobj(reader, writer, 65536)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
