"""The queue on Google Cloud Tasks, or on the laptop's server that speaks its REST API."""

# google-auth has no types on its constructors.
# mypy: allow-untyped-calls

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from google.api_core import exceptions as api
from google.auth import exceptions as auth
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.protobuf import json_format

from internal.errors import TemporaryFailure
from internal.jobs import Dispatch

#: seconds for one call; well under a web request's patience, and the reconciler repeats what fails
TIMEOUT = 10.0


@dataclass(frozen=True)
class Target:
    """Where deliveries come from and go to.

    `queue`: `projects/P/locations/L/queues/Q`; `url`: our task endpoint for the pipeline; `service_account`: the
    e-mail its OIDC token speaks for; `audience`: whom the token is for; `deadline`: how long one delivery may take,
    15 s to 30 min; `endpoint`: `http://127.0.0.1:PORT` of the laptop's server, None for the real one; `smoke_queue`:
    where smoke dispatches go, whose own routing leads to the version that does not serve yet; "" where there is none.
    """

    queue: str
    url: str
    service_account: str
    audience: str
    deadline: timedelta
    endpoint: str | None = None
    smoke_queue: str = ""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Every failure of the vendor's client becomes TemporaryFailure; see `CloudTasksQueue` for why."""
    try:
        yield
    except api.GoogleAPICallError as error:
        raise TemporaryFailure(f"The queue answered {error.code}: {error.message}") from error
    except (api.GoogleAPIError, auth.GoogleAuthError, requests.RequestException) as error:
        raise TemporaryFailure(f"The queue is out of reach: {error}") from error
    except json_format.ParseError as error:
        # Something between us and the queue answered in its place.
        raise TemporaryFailure("The queue's answer cannot be read.") from error


class CloudTasksQueue:
    """Fills the port `TaskQueue`. Safe to call from any thread.

    Raises TemporaryFailure for whatever keeps a task from being taken, a missing queue or permission included:
    the job is committed by then, and an operator can mend those while the reconciler tries again.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        with translate_errors():
            self._client = connect(target.endpoint)

    def enqueue(self, dispatch: Dispatch, at: datetime | None = None) -> None:
        with translate_errors():
            try:
                self._client.create_task(parent=self._queue(dispatch), task=self._task(dispatch, at), timeout=TIMEOUT)
            except api.Conflict:
                # The name was used within a day: an earlier call got through though its answer was lost.
                return

    def holds(self, dispatch: Dispatch) -> bool:
        with translate_errors():
            try:
                self._client.get_task(name=self._name(dispatch), timeout=TIMEOUT)
            except api.NotFound:
                return False
            return True

    def _name(self, dispatch: Dispatch) -> str:
        return f"{self._queue(dispatch)}/tasks/{dispatch.name}"

    def _queue(self, dispatch: Dispatch) -> str:
        return self._target.smoke_queue if dispatch.smoke and self._target.smoke_queue else self._target.queue

    def _task(self, dispatch: Dispatch, at: datetime | None) -> tasks_v2.Task:
        """Ids only: what the job needs is read from its row when the task arrives."""
        ids = {"job_id": dispatch.job_id, "run_no": dispatch.run_no, "dispatch_no": dispatch.dispatch_no}
        return tasks_v2.Task(
            name=self._name(dispatch),
            schedule_time=at,
            dispatch_deadline=self._target.deadline,
            http_request=tasks_v2.HttpRequest(
                url=self._target.url,
                http_method=tasks_v2.HttpMethod.POST,
                headers={"Content-Type": "application/json"},
                body=json.dumps(ids).encode(),
                oidc_token=tasks_v2.OidcToken(
                    service_account_email=self._target.service_account, audience=self._target.audience
                ),
            ),
        )


def connect(endpoint: str | None) -> tasks_v2.CloudTasksClient:
    """REST for both: gRPC would bring threads and sockets that do not survive a fork."""
    if endpoint is None:
        return tasks_v2.CloudTasksClient(transport="rest")
    return tasks_v2.CloudTasksClient(
        transport="rest", credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
    )
