"""The queue on Google Cloud Tasks, or on the laptop's server that speaks its REST API.

Importing the vendor's client costs a quarter of a second, so it waits for the first use: a web process starts
without it.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from internal.jobs import Dispatch

if TYPE_CHECKING:
    from infra.queue.cloud_tasks_rest import RestQueue


@dataclass(frozen=True)
class Target:
    """Where deliveries come from and go to.

    `queue`: `projects/P/locations/L/queues/Q`; `url`: our task endpoint for the pipeline; `service_account`: the
    e-mail its OIDC token speaks for; `audience`: whom the token is for; `deadline`: how long one delivery may take,
    15 s to 30 min; `endpoint`: `http://127.0.0.1:PORT` of the laptop's server, None for the real one.
    """

    queue: str
    url: str
    service_account: str
    audience: str
    deadline: timedelta
    endpoint: str | None = None


class CloudTasksQueue:
    """Fills the port `TaskQueue`. Safe to call from any thread.

    Raises TemporaryFailure for whatever keeps a task from being taken, a missing queue or permission included:
    the job is committed by then, and an operator can mend those while the reconciler tries again.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._rest: RestQueue | None = None

    def enqueue(self, dispatch: Dispatch, at: datetime | None = None) -> None:
        self._connected().enqueue(dispatch, at)

    def holds(self, dispatch: Dispatch) -> bool:
        return self._connected().holds(dispatch)

    def _connected(self) -> "RestQueue":
        with self._lock:
            if self._rest is None:
                from infra.queue.cloud_tasks_rest import RestQueue  # noqa: PLC0415 - slow, see the module's docstring

                self._rest = RestQueue(self._target)
            return self._rest
