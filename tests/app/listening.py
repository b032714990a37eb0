"""A client of streams that reads what comes on its socket."""

import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

#: seconds: far longer than anything takes that a test waits for
PATIENCE = 30


@dataclass(frozen=True)
class Event:
    """`id` None: it had none."""

    kind: str
    id: int | None
    data: Any


class Listening:
    """One connection, and the answer to one request on it."""

    def __init__(self, port: int, vlog_id: str, seen: object = None, room: int = 0) -> None:
        """`room`: for how many bytes that were not read yet; 0: as the system has it."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        if room:
            self._connection.sock = socket.socket()
            self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            self._connection.sock.connect(("127.0.0.1", port))
        headers: Mapping[str, str] = {} if seen is None else {"Last-Event-ID": str(seen)}
        self._connection.request("GET", f"/api/vlogs/{vlog_id}/stream", headers=headers)
        self.answer = self._connection.getresponse()
        self.retry: int | None = None

    def all(self) -> Iterator[Event]:
        """Until the other side ends it, pings too. AssertionError: it goes on for longer than any test wants."""
        fields: dict[str, str] = {}
        until = time.monotonic() + PATIENCE
        for line in self.answer:
            assert time.monotonic() < until, "nothing but pings, or no end of it"
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "data" in fields:
                found, fields = fields, {}
                number = int(found["id"]) if "id" in found else None
                yield Event(found.get("event", "message"), number, json.loads(found["data"]))
            if "retry" in fields:
                self.retry = int(fields.pop("retry"))

    def events(self) -> Iterator[Event]:
        """Those that tell of the vlog."""
        return (event for event in self.all() if event.kind == "message")

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@contextmanager
def listening(port: int, vlog_id: str, seen: object = None, room: int = 0) -> Iterator[Listening]:
    one = Listening(port, vlog_id, seen, room)
    try:
        yield one
    finally:
        one.close()
