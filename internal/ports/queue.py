"""The queue, and the proof that it is the queue who calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from internal.jobs import Dispatch


class TaskQueue(Protocol):
    def enqueue(self, dispatch: Dispatch, at: datetime | None = None) -> None:
        """Deliver it once or more, not before `at`. A name already taken is success."""
        ...

    def holds(self, dispatch: Dispatch) -> bool:
        """Whether it is still to be delivered."""
        ...


class CallerCheck(Protocol):
    def verify(self, authorization: Sequence[str]) -> None:
        """Raises NotAuthenticated unless these Authorization headers prove that our queue or scheduler calls;
        TemporaryFailure when that cannot be found out now."""
        ...
