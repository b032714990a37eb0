"""A queue that notes what it was asked to deliver, and can be out of reach."""

from datetime import datetime

from internal.errors import TemporaryFailure
from internal.jobs import Dispatch


class NotingQueue:
    """Fills `TaskQueue`. `held` may be changed by a test: a queue can lose tasks."""

    def __init__(self) -> None:
        self.asked: list[tuple[Dispatch, datetime | None]] = []
        self.held: set[Dispatch] = set()
        self.away = False

    def enqueue(self, dispatch: Dispatch, at: datetime | None = None) -> None:
        self._reach()
        self.asked.append((dispatch, at))
        self.held.add(dispatch)

    def holds(self, dispatch: Dispatch) -> bool:
        self._reach()
        return dispatch in self.held

    def _reach(self) -> None:
        if self.away:
            raise TemporaryFailure("The queue is out of reach.")
