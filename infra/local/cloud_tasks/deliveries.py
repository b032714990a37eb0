"""One attempt at one task: the request it makes, and what its outcome changes."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from google.cloud.tasks_v2 import HttpMethod

from infra.local.cloud_tasks.oidc import Issuer
from infra.local.cloud_tasks.push import Outcome, Push
from infra.local.cloud_tasks.retries import RetryPolicy, retry_after_seconds
from infra.local.cloud_tasks.storage import Entry
from infra.local.cloud_tasks.wire import Message, get_seconds, get_time, set_time

#: set by the service itself, whatever the task says; https://cloud.google.com/tasks/docs/creating-http-target-tasks
OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "user-agent", "expect"})
OWN_PREFIXES = ("x-cloudtasks-", "x-google-", "x-appengine-")
UNKNOWN = 2


@dataclass(frozen=True)
class Attempt:
    """`past` is how often the task was tried before; `deadline` in seconds."""

    push: Push
    deadline: float
    past: int


def begin(entry: Entry, override: Message, issuer: Issuer, now: float) -> Attempt:
    """Count the attempt in the entry and make its request. `override`: the queue's own routing, if it has any."""
    task = entry.message
    past = task.dispatch_count
    headers = own_headers(entry, past)
    task.dispatch_count += 1
    task.last_attempt.Clear()
    task.last_attempt.schedule_time.CopyFrom(task.schedule_time)
    set_time(task.last_attempt.dispatch_time, now)
    if past == 0:
        set_time(task.first_attempt.dispatch_time, now)
    return Attempt(
        request(task, routed(task.http_request.url, override), headers, issuer),
        get_seconds(task.dispatch_deadline),
        past,
    )


def own_headers(entry: Entry, past: int) -> dict[str, str]:
    headers = {
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": entry.queue.rpartition("/")[2],
        "X-CloudTasks-TaskName": entry.name.rpartition("/")[2],
        "X-CloudTasks-TaskRetryCount": str(past),
        "X-CloudTasks-TaskExecutionCount": str(entry.executions),
        "X-CloudTasks-TaskETA": f"{entry.due:.6f}",
    }
    if entry.previous is not None:
        headers["X-CloudTasks-TaskPreviousResponse"] = str(entry.previous)
    if entry.reason is not None:
        headers["X-CloudTasks-TaskRetryReason"] = entry.reason
    return headers


def routed(url: str, override: Message) -> str:
    """Its host and port are the queue's, where that names any; who a token is for stays as the task says.
    https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#urioverride"""
    parts = urlsplit(url)
    host, port = override.host or parts.hostname, override.port or parts.port
    place = f"[{host}]" if ":" in str(host) else str(host)
    return parts._replace(netloc=f"{place}:{port}" if port else place).geturl()


def request(task: Message, url: str, headers: dict[str, str], issuer: Issuer) -> Push:
    wanted = task.http_request
    given = {name: value for name, value in wanted.headers.items() if not is_own(name.lower())}
    if wanted.HasField("oidc_token"):
        given = {name: value for name, value in given.items() if name.lower() != "authorization"}
        token = issuer.token(wanted.oidc_token.service_account_email, wanted.oidc_token.audience or url)
        headers = {**headers, "Authorization": f"Bearer {token}"}
    if wanted.body and "content-type" not in map(str.lower, given):
        given["Content-Type"] = "application/octet-stream"
    return Push(HttpMethod(wanted.http_method).name, url, {**given, **headers}, wanted.body)


def is_own(name: str) -> bool:
    return name in OWN_HEADERS or name.startswith(OWN_PREFIXES)


def policy(config: Message) -> RetryPolicy:
    return RetryPolicy(
        max_attempts=config.max_attempts,
        max_age=get_seconds(config.max_retry_duration),
        min_backoff=get_seconds(config.min_backoff),
        max_backoff=get_seconds(config.max_backoff),
        max_doublings=config.max_doublings,
    )


def fail(entry: Entry, outcome: Outcome, retry: RetryPolicy, now: float) -> bool:
    """Note a failed attempt in the entry and when it is due again; returns whether it is given up instead."""
    task = entry.message
    if outcome.status is not None:
        task.response_count += 1
        # The documented count leaves out 5xx answers.
        entry.executions += outcome.status < 500
        set_time(task.last_attempt.response_time, now)
    task.last_attempt.response_status.code = UNKNOWN
    task.last_attempt.response_status.message = outcome.reason
    entry.previous, entry.reason = outcome.status, outcome.reason
    if retry.exhausted(task.dispatch_count, now - get_time(task.first_attempt.dispatch_time)):
        return True
    wait = max(retry.backoff(task.dispatch_count), retry_after_seconds(outcome.retry_after, now))
    set_time(task.schedule_time, now + wait)
    return False
