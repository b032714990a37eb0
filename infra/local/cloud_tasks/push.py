"""One HTTP request to a target on this machine, answered in full before its deadline or not at all."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from urllib.parse import urlsplit

CONNECT_SECONDS = 10.0
BLOCK = 65536


@dataclass(frozen=True)
class Push:
    """`url` must have passed `rules.check_url`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Outcome:
    """`status` is None when no whole answer came; `reason` says why in words. `seconds` is how long it took."""

    status: int | None
    reason: str
    retry_after: str | None
    seconds: float

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def push(request: Push, deadline: float) -> Outcome:
    """Send it and read the whole answer within `deadline` seconds. Never raises for what the target does."""
    started = time.monotonic()
    parts = urlsplit(request.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=min(CONNECT_SECONDS, deadline))
    try:
        with cut_off(connection, deadline):
            status, retry_after = exchange(connection, request)
        reason = f"HTTP status code {status}"
    except (OSError, HTTPException) as error:
        status, retry_after, reason = None, None, f"Cannot reach the target: {error!r}"
    finally:
        connection.close()
    seconds = time.monotonic() - started
    # An answer cut short by the deadline may look whole when its length was not announced.
    if seconds >= deadline:
        status, retry_after, reason = None, None, "Deadline exceeded"
    return Outcome(status, reason, retry_after, seconds)


@contextmanager
def cut_off(connection: HTTPConnection, deadline: float) -> Iterator[None]:
    """Connect, and shut the connection down after `deadline` seconds: socket timeouts alone begin anew with every
    byte received, so a dripping answer would outlast them."""
    started = time.monotonic()
    connection.connect()
    link: socket.socket = connection.sock
    link.settimeout(deadline)
    timer = threading.Timer(deadline - (time.monotonic() - started), shut, [link])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def shut(link: socket.socket) -> None:
    # It may have been closed a moment ago, which is as good.
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)


def exchange(connection: HTTPConnection, request: Push) -> tuple[int, str | None]:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(request.method, target, request.body or None, dict(request.headers))
    with connection.getresponse() as response:
        drain(response)
        return response.status, response.headers["Retry-After"]


def drain(response: HTTPResponse) -> None:
    """The answer's body means nothing to a queue, but it is over only when all of it has come."""
    while response.read(BLOCK):
        pass
    if response.length:
        raise IncompleteRead(b"", response.length)
