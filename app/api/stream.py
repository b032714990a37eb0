"""A vlog's changes as server-sent events.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html. Each event is what
`GET /api/vlogs/{id}` answers, under its version as id: so whoever comes back with the last id they
had is told what is newer, once. Events may be left out between two of them; none comes twice, none
after a newer one, and the one that ends it always does.
"""

import random
import select
import time
from collections.abc import Iterator
from contextlib import ExitStack
from socket import MSG_PEEK, socket

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from app.api.bodies import VlogBody
from app.api.operations import operation
from app.api.standing import shown, standing, version_named
from app.hub import Listener, Snapshot
from app.identity import current_user, user_by_now
from app.services import web
from internal.errors import NotFound, Refused, TemporaryFailure

blueprint = Blueprint("stream", __name__)

LAST_SEEN = "Last-Event-ID"
#: seconds between two looks whether the client is still there
LOOK_EVERY = 3.0
#: seconds after which a stream ends, and the client comes again: to a newer process, it may be
LONGEST = (600, 900)
#: milliseconds until the client comes again: spread, so that they do not all come at once
AGAIN = (1000, 5000)
#: an event of its own, because a comment would not reach a page
PING = b"event: ping\ndata: {}\n\n"


@blueprint.get("/api/vlogs/<vlog_id>/stream")
@operation(
    "Watch a vlog being made",
    {200: VlogBody, 204: None},
    refusals=(404, 503),
    media_type="text/event-stream",
    headers={LAST_SEEN: "The id of the last event received: only what is newer is sent."},
)
def show(vlog_id: str) -> ResponseReturnValue:
    """Server-sent events: how the vlog stands now, and again at each change, until it is completed or has failed.
    `data` is what `GET /api/vlogs/{vlog_id}` answers, `id` the number in its ETag; an event `ping` comes every 15
    seconds. 204: there is nothing more to come. 503: too many are watching; poll instead."""
    seen = version_named(request.headers.get(LAST_SEEN, ""))
    snapshot = standing(vlog_id, seen)
    if snapshot.job.finished and snapshot.version == seen:
        return Response(status=204)
    if web().shutdown.is_set():
        raise TemporaryFailure("This process is shutting down.", random.randint(1, 5))
    with ExitStack() as taken:
        taken.enter_context(web().seats.taken(current_user().id))
        listener = taken.enter_context(web().hub.listening(vlog_id))
        events = _Events(listener, snapshot, seen)
        response = Response(stream_with_context(events.told()), content_type="text/event-stream")
        # the iterator may be dropped before it has begun, and would not clean up after itself then
        response.call_on_close(taken.pop_all().close)
    response.headers["X-Accel-Buffering"] = "no"
    return response


class _Events:
    """What one client is told."""

    def __init__(self, listener: Listener, snapshot: Snapshot, seen: int) -> None:
        self._listener = listener
        self._snapshot = snapshot
        self._seen = seen
        self._user_id = current_user().id
        self._connection: socket | None = request.environ.get("gunicorn.socket")
        self._ping_at = time.monotonic() + web().settings.ping_every
        self._end_at = time.monotonic() + random.uniform(*LONGEST)

    def told(self) -> Iterator[bytes]:
        """Something at once, even if nothing is new: it carries the headers."""
        yield PING if self._snapshot.version == self._seen else _event(self._snapshot)
        while not self._snapshot.job.finished:
            try:
                newer = self._listener.newer(self._snapshot.version, self._pause())
            except NotFound:
                return
            if newer:
                self._snapshot = newer
                yield _event(newer)
            elif self._has_left():
                return
            if web().shutdown.is_set() or time.monotonic() >= self._end_at:
                yield b"retry: %d\n\n" % random.randint(*AGAIN)
                return
            if time.monotonic() >= self._ping_at:
                if not self._may_listen():
                    return
                self._ping_at = time.monotonic() + web().settings.ping_every
                yield PING

    def _pause(self) -> float:
        return min(LOOK_EVERY, max(0.0, self._ping_at - time.monotonic()))

    def _has_left(self) -> bool:
        """Whether the client has closed its end: it reads as over then."""
        if self._connection is None:
            return False
        look = select.poll()
        look.register(self._connection, select.POLLIN)
        try:
            return bool(look.poll(0)) and not self._connection.recv(1, MSG_PEEK)
        except ConnectionError:
            return True

    def _may_listen(self) -> bool:
        """Whether they are still signed in; also when that cannot be known just now."""
        try:
            return user_by_now().id == self._user_id
        except Refused:
            return False
        except TemporaryFailure:
            return True


def _event(snapshot: Snapshot) -> bytes:
    return b"id: %d\ndata: %s\n\n" % (snapshot.version, shown(snapshot))
