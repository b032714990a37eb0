"""HTTP exchanges that end in time, and of which it is known whether anything was sent.

httpx limits each phase of an exchange, each address tried, each block read: one that trickles
never ends. Here the connection is cut when the time is over, so that after it nothing more is
sent, whatever the thread was waiting for.
"""

import math
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from threading import TIMEOUT_MAX, Timer
from typing import Any, Self

import httpx


class NeverSent(httpx.ConnectError):
    """No byte of the request has left."""


_over: ContextVar[float] = ContextVar("when exchanges must be over", default=math.inf)


@contextmanager
def within(limit: timedelta) -> Iterator[None]:
    """In its block, all exchanges are over so long after it began, whatever else was done before them."""
    token = _over.set(min(_over.get(), time.monotonic() + limit.total_seconds()))
    try:
        yield
    finally:
        _over.reset(token)


class InTime(httpx.HTTPTransport):
    """Raises NeverSent when nothing could be sent in time, and httpx's own errors for what happens later.

    Each exchange has a connection of its own: one kept open may have been closed by the other side, which shows only
    after a request was written to it, and then nobody knows whether it was read.
    """

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        """`verify`: whom to believe, as httpx has it."""
        super().__init__(verify=verify, limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, read whole."""
        with _Watch(_over.get()) as watch, watch.telling():
            request.extensions["trace"] = watch.see
            with closing(super().handle_request(request)) as answer:
                body = b"".join(answer.iter_raw())
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class _Watch:
    """Of one exchange: its connection, as httpx's "trace" extension tells of it, and when it must be over."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._timer = Timer(min(until - time.monotonic(), TIMEOUT_MAX), self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self._sent = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def see(self, event: str, about: Mapping[str, Any]) -> None:
        """Called by httpx before and after each phase; what it raises ends the exchange there."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = about["return_value"].get_extra_info("socket")
        if event.endswith(".send_request_headers.started"):
            if time.monotonic() >= self._until:
                raise httpx.ConnectTimeout("There is no time left to send it.")
            self._sent = True

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tells what failed before anything was sent from the rest."""
        try:
            yield
        except httpx.TransportError as error:
            if self._sent:
                raise
            raise NeverSent(str(error)) from error

    def _cut(self) -> None:
        """Wakes the thread that waits on it, with an error or the end of what there is to read."""
        if self._socket is not None:
            with suppress(OSError):  # closed meanwhile
                # not as an SSLSocket does it: that would take TLS away under the thread that uses it
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
