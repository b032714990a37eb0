"""What Cloud Tasks accepts, and the defaults it fills in. Limits: https://cloud.google.com/tasks/docs/quotas."""

import ipaddress
import re
from urllib.parse import urlsplit

from infra.local.cloud_tasks.wire import POST, RUNNING, WITH_BODY, Message, get_seconds, get_time, invalid, set_time

LOCATION = r"projects/[A-Za-z0-9.:-]+/locations/[A-Za-z0-9-]+"
QUEUE = LOCATION + r"/queues/[A-Za-z0-9-]{1,100}"
TASK = QUEUE + r"/tasks/[A-Za-z0-9_-]{1,500}"

MAX_TASK_BYTES = 1_000_000
MAX_HEADER_BYTES = 80_000
MAX_URL = 2083
MIN_DEADLINE, DEFAULT_DEADLINE, MAX_DEADLINE = 15, 600, 1800
MAX_AHEAD = 30 * 86400
MAX_RATE = 500.0
MAX_CONCURRENT = 5000
MAX_BURST = 100
#: of a queue's own routing, what this server knows
ROUTED_BY = frozenset({"uri_override", "host", "port"})

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
URL_TEXT = re.compile(r"[\x21-\x7e]+")


def fill_queue(queue: Message) -> None:
    """Check a queue's settings, then fill what was left out. Raises ApiError."""
    check_limits(queue)
    check_routing(queue.http_target)
    limits, retry = queue.rate_limits, queue.retry_config
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or MAX_RATE
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or 1000
    # Output only: the service chooses it from the rate.
    limits.max_burst_size = max(1, min(MAX_BURST, int(limits.max_dispatches_per_second)))
    retry.max_attempts = retry.max_attempts or 100
    retry.max_doublings = retry.max_doublings or 16
    if not retry.HasField("min_backoff"):
        retry.min_backoff.FromMilliseconds(100)
    if not retry.HasField("max_backoff"):
        retry.max_backoff.seconds = max(3600, retry.min_backoff.seconds)
    queue.state = queue.state or RUNNING


def check_limits(queue: Message) -> None:
    limits, retry = queue.rate_limits, queue.retry_config
    if not 0 <= limits.max_dispatches_per_second <= MAX_RATE:
        raise invalid(f"Queue.rateLimits.maxDispatchesPerSecond must be between 0 and {MAX_RATE:.0f}.")
    if not 0 <= limits.max_concurrent_dispatches <= MAX_CONCURRENT:
        raise invalid(f"Queue.rateLimits.maxConcurrentDispatches must be between 0 and {MAX_CONCURRENT}.")
    if retry.max_attempts < -1 or retry.max_doublings < 0:
        raise invalid("Queue.retryConfig.maxAttempts must be -1 or more, maxDoublings 0 or more.")
    spans = [get_seconds(span) for span in (retry.max_retry_duration, retry.min_backoff, retry.max_backoff)]
    if min(spans) < 0:
        raise invalid("Queue.retryConfig durations must not be negative.")
    if retry.HasField("max_backoff") and spans[1] > spans[2]:
        raise invalid("Queue.retryConfig.minBackoff must not be greater than maxBackoff.")


def check_routing(target: Message) -> None:
    """A queue may lead all its tasks to another server of this machine. Raises ApiError."""
    override = target.uri_override
    for part in (*target.ListFields(), *override.ListFields()):
        if part[0].name not in ROUTED_BY:
            raise invalid(f"Queue.httpTarget: {part[0].json_name} is not supported; uriOverride with host and port is.")
    if override.HasField("host") and not is_loopback(override.host):
        raise invalid("UriOverride.host must name this machine: 127.0.0.1, ::1 or localhost.")


def check_name(name: str, pattern: str, parent: str) -> None:
    if not re.fullmatch(pattern, name) or not name.startswith(parent + "/"):
        raise invalid(f'The name must be formatted like "{parent}/…"; got "{name[:600]}".')


def fill_task(task: Message, now: float) -> None:
    """Check a new task, then fill what was left out. Raises ApiError."""
    check_request(task)
    fill_deadline(task)
    fill_schedule(task, now)
    task.http_request.http_method = task.http_request.http_method or POST
    for output_only in ("dispatch_count", "response_count", "first_attempt", "last_attempt"):
        task.ClearField(output_only)
    if task.ByteSize() > MAX_TASK_BYTES:
        raise invalid(f"Task size too large: {task.ByteSize()} bytes, the maximum is {MAX_TASK_BYTES}.")
    # The service keeps whole seconds here.
    task.create_time.FromSeconds(int(now))


def check_request(task: Message) -> None:
    request = task.http_request
    if task.WhichOneof("message_type") != "http_request":
        raise invalid("Only tasks with an httpRequest are supported.")
    if request.HasField("oauth_token"):
        raise invalid("HttpRequest.oauthToken is not supported; use oidcToken.")
    if request.HasField("oidc_token") and "@" not in request.oidc_token.service_account_email:
        raise invalid("HttpRequest.oidcToken.serviceAccountEmail must be an e-mail address.")
    if request.body and request.http_method not in {0, *WITH_BODY}:
        raise invalid("HTTP request body is not allowed for this method.")
    check_url(request.url)
    check_headers(request.headers)


def check_url(url: str) -> None:
    """Only this machine: a laptop's queue must not be a way to make it call others. Raises ApiError."""
    if len(url) > MAX_URL or not URL_TEXT.fullmatch(url):
        raise invalid(f"HttpRequest.url must be 1 to {MAX_URL} printable ASCII characters.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise invalid(f"HttpRequest.url is malformed: {error}.") from error
    if parts.scheme != "http":
        raise invalid("HttpRequest.url must begin with http://: nothing on this machine serves https.")
    if not is_loopback(host) or parts.username is not None:
        raise invalid("HttpRequest.url must name this machine: 127.0.0.1, ::1 or localhost.")


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_headers(headers: Message) -> None:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            raise invalid("HttpRequest.headers holds a character that HTTP does not allow.")
    if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADER_BYTES:
        raise invalid(f"HttpRequest.headers must not be larger than {MAX_HEADER_BYTES} bytes.")


def fill_deadline(task: Message) -> None:
    if not task.HasField("dispatch_deadline"):
        task.dispatch_deadline.seconds = DEFAULT_DEADLINE
    if not MIN_DEADLINE <= get_seconds(task.dispatch_deadline) <= MAX_DEADLINE:
        raise invalid("Task.dispatchDeadline must be between [15s, 30m].")


def fill_schedule(task: Message, now: float) -> None:
    at = max(now, get_time(task.schedule_time)) if task.HasField("schedule_time") else now
    if at > now + MAX_AHEAD:
        raise invalid("Task.scheduleTime must not be more than 30 days ahead.")
    set_time(task.schedule_time, at)
