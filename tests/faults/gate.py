"""A TCP proxy that tests stand between two real programs, to cut a connection at a chosen moment."""

import itertools
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum

BLOCK = 65536


class Verdict(Enum):
    """On what a client sends."""

    PASS = "pass"
    #: the server never sees it
    CUT = "cut"
    #: the server sees it, the client never hears the answer
    CUT_ANSWER = "cut answer"


#: of a block, and the number of the connection it comes by
Judge = Callable[[bytes, int], Verdict]


class Gate:
    """Listens on `port` and passes everything to `target`, a port of this machine. `judge` is asked about each block
    a client sends, one block at a time over all connections."""

    def __init__(self, port: int = 0, target: int = 0, judge: Judge = lambda block, connection: Verdict.PASS) -> None:
        self.target = target
        self.judge = judge
        self._asking = threading.Lock()
        self._numbers = itertools.count()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.target), 10) as server:
            for link in (client, server):
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pump(client, server)

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        """Until one side ends or the judge does."""
        muted, number = False, next(self._numbers)
        while True:
            readable, _, _ = select.select([client, server], [], [])
            for link in readable:
                block = link.recv(BLOCK)
                verdict = self._verdict(block, number) if link is client else Verdict.PASS
                muted = muted or verdict is Verdict.CUT_ANSWER
                if not block or verdict is Verdict.CUT or (muted and link is server):
                    return
                (client if link is server else server).sendall(block)

    def _verdict(self, block: bytes, connection: int) -> Verdict:
        with self._asking:
            return self.judge(block, connection)


@contextmanager
def gate(target: int) -> Iterator[Gate]:
    one = Gate(target=target)
    try:
        yield one
    finally:
        one.close()
