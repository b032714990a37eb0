"""Which chunks one child renders: neighbours, so that it opens each media once; few of them at the end, so that all
children end together.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from internal.film import Chunk

#: frames: a child's limits are meant for no more than these, and fewer are not worth opening media for
LONGEST, SHORTEST = 900, 120


class Runs:
    """Takes chunks, in the order they are shown, from the front; each once."""

    def __init__(self, chunks: Iterable[Chunk], cores: int) -> None:
        self._waiting = deque({chunk.name: chunk for chunk in chunks}.values())
        self._cores = cores
        self._left = sum(map(_work, self._waiting))

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def next(self) -> Sequence[Chunk]:
        """At least one; half of what would be each core's share of what is left."""
        run: list[Chunk] = []
        most = min(LONGEST, max(SHORTEST, self._left / (2 * self._cores)))
        while self._waiting and (not run or sum(map(_work, run)) + _work(self._waiting[0]) <= most):
            run.append(self._waiting.popleft())
        self._left -= sum(map(_work, run))
        return run


def _work(chunk: Chunk) -> int:
    """In frames to be drawn."""
    return chunk.frames * len(chunk.views)
