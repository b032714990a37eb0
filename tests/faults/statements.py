"""What a client says to PostgreSQL, as a gate before it hears it: one statement after the other, on each connection.

A statement's text comes in one block (Parse), its values and the order to run it in a later one (Bind, Execute), each
answered before the next is sent: PostgreSQL manual, "Extended Query", as pg8000 speaks it.
"""

from collections.abc import Callable

from tests.faults.gate import Verdict


class Statements:
    """A judge. `verdict` is asked about each statement as it is about to be run: the number of its connection, and
    its text in lower case with its values."""

    def __init__(self, verdict: Callable[[int, bytes], Verdict]) -> None:
        self._verdict = verdict
        self._texts: dict[int, bytes] = {}

    def __call__(self, block: bytes, connection: int) -> Verdict:
        if block.startswith(b"P"):
            # kind, length, the name of the statement
            self._texts[connection] = block[5:].lstrip(b"\0").lower()
        if block.startswith(b"B"):
            return self._verdict(connection, self._texts.get(connection, b"") + block.lower())
        return Verdict.PASS


def is_commit(statement: bytes) -> bool:
    return statement.startswith(b"commit\0")
