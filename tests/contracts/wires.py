"""A server that says to each request what it is told to, byte for byte, or nothing at all."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass
class Wire:
    port: int
    #: requests that arrived whole
    asked: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def wire(answer: bytes | None, tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    """None: it listens, and never speaks. It leaves hanging up to others."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = Wire(server.getsockname()[1])
        threading.Thread(target=_serve, args=(server, one, answer, tls), daemon=True).start()
        yield one


def _serve(server: socket.socket, one: Wire, answer: bytes | None, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # the test is over
        while True:
            connection = server.accept()[0]
            threading.Thread(target=_speak, args=(connection, one, answer, tls), daemon=True).start()


def _speak(accepted: socket.socket, one: Wire, answer: bytes | None, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), tls.wrap_socket(accepted, server_side=True) if tls else accepted as connection:
        if _whole_request(connection):
            one.asked += 1
            connection.sendall(answer or b"")
            connection.recv(1)  # until the other side hangs up; a second request is not heard


def _whole_request(connection: socket.socket) -> bool:
    """Whether it comes before the other side hangs up."""
    seen = b""
    while block := connection.recv(65536):
        seen += block
        head, ended, body = seen.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head.lower())
        if ended and len(body) >= (int(length[1]) if length else 0):
            return True
    return False
