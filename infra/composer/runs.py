"""Which pieces one child renders: neighbouring chunks, so that it opens each media once; few of them at the end, so
that all children end together. Sound is rendered by itself.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from internal.film import Piece, Soundtrack

#: frames: a child's limits are meant for no more than these, and fewer are not worth opening media for
LONGEST, SHORTEST = 900, 180


class Runs:
    """Takes pieces, in their order, from the front; each once."""

    def __init__(self, pieces: Iterable[Piece], cores: int) -> None:
        self._waiting = deque({piece.name: piece for piece in pieces}.values())
        self._cores = cores
        self._left = _total(self._waiting)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self) -> Sequence[Piece]:
        """At least one; two thirds of what would be each core's share of what is left."""
        run = [self._waiting.popleft()]
        most = min(LONGEST, max(SHORTEST, self._left * 2 / (3 * self._cores)))
        while self._waiting and _goes_with(run[0], self._waiting[0]) and _total([*run, self._waiting[0]]) <= most:
            run.append(self._waiting.popleft())
        self._left -= _total(run)
        return run


def _goes_with(one: Piece, other: Piece) -> bool:
    return not isinstance(one, Soundtrack) and not isinstance(other, Soundtrack)


def _total(pieces: Iterable[Piece]) -> int:
    return sum(map(_work, pieces))


def _work(piece: Piece) -> int:
    """In frames to be drawn."""
    return 0 if isinstance(piece, Soundtrack) else piece.frames * len(piece.views)
