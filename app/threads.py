"""gunicorn's threads, of which a client that is slow to send, to read or to leave holds none for long.

As they are, they wait for the rest of a request without end. And the one thread that accepts all
connections waits for clients to leave: two seconds for each, in which nobody else is answered.
"""

import errno
import math
import time
from concurrent.futures import Future
from socket import socket
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.util import close_graceful
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.settings import ServingSettings

#: seconds in which a client must send all of a request's head, then each next piece of its body, and in which it must
#: take each piece of the answer
STALLED = ServingSettings().stalled_after
#: seconds in which a client can take the end of its last answer, and leave
LEAVING = min(2.0, STALLED)


class Connection(socket):
    """One that waits STALLED seconds at most where others block."""

    #: when what is read now must have come, on the monotonic clock
    until = math.inf

    def setblocking(self, flag: bool, /) -> None:
        self.settimeout(STALLED if flag else 0.0)

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Raises NoMoreData when nothing comes in time: as if the client had left."""
        try:
            if math.isfinite(self.until):
                self.settimeout(max(0.001, self.until - time.monotonic()))
            return super().recv(size, flags)
        except TimeoutError as error:
            raise NoMoreData from error

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Raises BrokenPipeError when it is not taken in time: as if the client had left."""
        try:
            super().sendall(data, flags)
        except TimeoutError as error:
            raise BrokenPipeError(errno.EPIPE, "The client reads nothing.") from error


class Threads(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    def handle(self, conn: TConn) -> Any:
        """In a thread of the pool: one request. False when that was the last of its connection."""
        if not isinstance(conn.sock, Connection):
            conn.sock = Connection(fileno=conn.sock.detach())
        conn.sock.until = time.monotonic() + STALLED
        more = super().handle(conn)
        if more is False:
            conn.sock.until = math.inf
            close_graceful(conn.sock, LEAVING)
        return more

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """The head has come; what follows takes as long as it needs."""
        conn.sock.until = math.inf
        conn.sock.setblocking(True)
        return super().handle_request(req, conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """In the thread that accepts connections: nothing here may wait."""
        if fs.cancelled() or fs.exception() or fs.result() is not False:
            super().finish_request(conn, fs)
        else:
            self.nr_conns -= 1
