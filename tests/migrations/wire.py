"""What a client says to PostgreSQL, statement by statement with its values, written down on its way there.

After the PostgreSQL manual, "Message Formats": a statement without values is a Query; else its text comes in a Parse
message, its values in a Bind. A message may come in several blocks, and several in one.
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.faults.gate import Verdict


class Said(NamedTuple):
    #: with `$1` and so on in the places of its values
    sql: str
    #: as text, as they were sent
    values: tuple[str | None, ...]


class Notes:
    """A judge for a gate before the database: lets everything pass, and has it in `said`. pg8000 sends all values as
    text, and never one statement before the last is answered."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self._unread: dict[int, bytes] = defaultdict(bytes)
        self._named: dict[tuple[int, bytes], str] = {}

    def __call__(self, block: bytes, connection: int) -> Verdict:
        if block.startswith(b"\0") and not self._unread[connection]:
            return Verdict.PASS  # how a connection begins: messages that have a length and no kind
        for kind, body in self._messages(block, connection):
            if kind == b"Q":
                self.said.append(Said(body[:-1].decode(), ()))
            if kind == b"P":
                name, text, _ = body.split(b"\0", 2)
                self._named[connection, name] = text.decode()
            if kind == b"B":
                _, name, rest = body.split(b"\0", 2)
                self.said.append(Said(self._named[connection, name], tuple(_values(rest))))
        return Verdict.PASS

    def _messages(self, block: bytes, connection: int) -> Iterator[tuple[bytes, bytes]]:
        unread = self._unread[connection] + block
        while len(unread) >= 5 and len(unread) > (length := struct.unpack_from("!I", unread, 1)[0]):
            yield unread[:1], unread[5 : 1 + length]
            unread = unread[1 + length :]
        self._unread[connection] = unread


def _values(rest: bytes) -> Iterator[str | None]:
    """Of a Bind message, from behind its two names."""
    formats, count = struct.unpack_from("!HH", rest)
    assert formats == 0, "all as text"
    at = 4
    for _ in range(count):
        (length,) = struct.unpack_from("!i", rest, at)
        at += 4
        yield None if length < 0 else rest[at : at + length].decode()
        at += max(0, length)
