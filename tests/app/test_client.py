"""The Python client: what it outlasts, and what it says when it cannot."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from app.client import Client, RequestRefused, Unreachable
from app.patience import Patience
from internal.uploads import PART
from tests.stack import open_folder
from tests.whole import whole_daylog


class Moody(ThreadingHTTPServer):
    """Gives the next of the answers it was told: a status, or None to hang up; then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: list[int | None] = []
        self.heard: list[str | None] = []
        self.bearers: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Moody

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append(self.headers.get("Idempotency-Key"))
        self.server.bearers.append(self.headers.get("Authorization"))
        status = self.server.answers.pop(0) if self.server.answers else 202
        if status is None:
            return  # hangs up without a word
        body = b'{"vlogId": "made", "detail": "No such luck.", "code": "unlucky", "field": "title"}'
        self.send_response(status)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: tests speak for themselves."""


@pytest.fixture
def moody() -> Iterator[Moody]:
    with Moody() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def client_of(server: Moody) -> Client:
    return Client(server.url, Patience(first=0.01))


def test_a_lost_answer_is_asked_for_again_with_the_same_key(moody: Moody) -> None:
    moody.answers = [None, 503, 409]
    assert client_of(moody).create_vlog(["a"]) == "made"
    assert len(moody.heard) == 4
    assert len(set(moody.heard)) == 1


def test_a_refusal_carries_the_problem_and_is_not_asked_again(moody: Moody) -> None:
    moody.answers = [422]
    with pytest.raises(RequestRefused, match="No such luck") as refused:
        client_of(moody).create_vlog(["a"])
    assert (refused.value.status, refused.value.code, refused.value.field) == (422, "unlucky", "title")
    assert len(moody.heard) == 1


def test_a_conflict_at_the_first_try_is_a_refusal(moody: Moody) -> None:
    moody.answers = [409]
    with pytest.raises(RequestRefused):
        client_of(moody).create_vlog(["a"])


def test_when_nobody_ever_answers_it_says_so(moody: Moody) -> None:
    moody.answers = [None] * 9
    with pytest.raises(Unreachable, match="cannot be reached"):
        client_of(moody).create_vlog(["a"])
    assert len(moody.heard) == 5


# ---- watching


class Telling(ThreadingHTTPServer):
    """Of one vlog. Each stream asked for is the next of those it was told to give: lines, or a status; then 503. The
    first `busy` polls are refused with a date to come back at."""

    def __init__(
        self, *streams: str | int, polled: dict[str, Any] | None = None, etag: str = 'W/"9"', busy: int = 0
    ) -> None:
        super().__init__(("127.0.0.1", 0), Watched)
        self.etag = etag
        self.busy = busy
        self.streams = list(streams)
        self.polled = polled or {}
        self.asked: list[tuple[str, str | None]] = []


class Watched(BaseHTTPRequestHandler):
    server: Telling

    def do_GET(self) -> None:
        is_stream = self.path.endswith("/stream")
        seen = self.headers.get("Last-Event-ID" if is_stream else "If-None-Match")
        self.server.asked.append(("stream" if is_stream else "poll", seen))
        if not is_stream:
            return self._polled()
        given = self.server.streams.pop(0) if self.server.streams else 503
        if isinstance(given, int):
            return self._answer(given, b"{}")
        return self._answer(200, given.encode())

    def _polled(self) -> None:
        if self.server.busy:
            self.server.busy -= 1
            return self._answer(503, b"{}", **{"Retry-After": "Mon, 05 Jan 2026 09:00:00 GMT"})
        return self._answer(200, json.dumps(self.server.polled).encode(), ETag=self.server.etag)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing: tests speak for themselves."""


def event(version: int, status: str = "processing", **more: Any) -> str:
    return f"id: {version}\ndata: {json.dumps({'status': status, 'progress': version / 10, **more})}\n\n"


@contextmanager
def telling(server: Telling, tries: int = 1) -> Iterator[Client]:
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Client(f"http://127.0.0.1:{server.server_port}", Patience(tries, first=0.01))
        server.shutdown()
        thread.join()


def progress(client: Client) -> list[float]:
    return [vlog["progress"] for vlog in client.watch("v", live=True)]


DONE = {"status": "completed", "progress": 1.0}


def test_told_by_a_stream_it_hears_of_each_change_and_polls_never() -> None:
    server = Telling(f"event: ping\ndata: {{}}\n\n{event(1)}: a comment\n\n{event(2)}{event(5, 'completed')}")
    with telling(server) as client:
        assert progress(client) == [0.1, 0.2, 0.5]
    assert server.asked == [("stream", None)]


def test_a_stream_that_ends_early_goes_on_where_it_was() -> None:
    server = Telling(f"{event(1)}{event(2)}retry: 1\n\n", "retry: 1\n\n", event(5, "failed"))
    with telling(server) as client:
        assert progress(client) == [0.1, 0.2, 0.5]
    assert server.asked == [("stream", None), ("stream", "2"), ("stream", "2")]


@pytest.mark.parametrize("given", [503, 404, 204, "", "id: 1\ndata: half"])
def test_without_a_stream_it_polls(given: str | int) -> None:
    server = Telling(given, polled=DONE)
    with telling(server) as client:
        assert progress(client) == [1.0]
    assert server.asked == [("stream", None), ("poll", None)]


def test_after_a_stream_it_polls_for_what_is_newer() -> None:
    server = Telling(f"retry: 1\n\n{event(7)}", 503, polled=DONE)
    with telling(server) as client:
        assert progress(client) == [0.7, 1.0]
    assert server.asked == [("stream", None), ("stream", "7"), ("poll", 'W/"7"')]


def test_what_comes_twice_or_too_late_is_not_told() -> None:
    streams = f"retry: 1\n\n{event(2)}{event(2)}", f"retry: 1\n\n{event(1)}{event(3)}{event(2, 'failed')}"
    with telling(Telling(*streams, event(3) + event(9, "completed"))) as client:
        assert progress(client) == [0.2, 0.3, 0.9]


def test_where_versions_are_taken_away_the_end_is_told_all_the_same() -> None:
    server = Telling(f"retry: 1\n\ndata: {json.dumps(DONE | {'status': 'processing'})}\n\n", polled=DONE, etag="")
    with telling(server) as client:
        assert [vlog["status"] for vlog in client.watch("v", live=True)] == ["processing", "completed"]


def test_a_date_to_come_back_at_is_no_reason_to_give_up() -> None:
    server = Telling(polled=DONE, etag='W/"9"', busy=1)
    with telling(server, tries=2) as client:
        assert [vlog["status"] for vlog in client.watch("v")] == ["completed"]
    assert server.asked == [("poll", None)] * 2


def test_a_vlog_that_needs_somebody_is_watched_no_longer() -> None:
    with telling(Telling(event(3, needs="review"))) as client:
        assert progress(client) == [0.3]


def test_the_service_and_nobody_else_is_told_who_asks(moody: Moody) -> None:
    with pytest.raises(RequestRefused):
        Client(moody.url, Patience(tries=1), token="secret").vlog("a")  # it answers nothing but POST
    moody.answers = [200]
    Client(moody.url, Patience(tries=1), token="secret").cancel("a")
    assert moody.bearers == ["Bearer secret"]


@pytest.fixture(scope="module")
def daylog() -> Iterator[str]:
    with open_folder() as folder, whole_daylog(folder / "state") as url:
        yield url


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Three parts of noise with a clip's name: refused in the end, but only once all of it has arrived."""
    path = tmp_path / "large.mp4"
    path.write_bytes(bytes(range(256)) * (2 * PART // 256) + b"the end")
    return path


def test_an_upload_goes_on_where_it_stopped(daylog: str, large: Path) -> None:
    wish = {"name": large.name, "size": large.stat().st_size}
    begun = requests.post(f"{daylog}/api/uploads", json=wish, timeout=30).json()
    assert [part["number"] for part in begun["parts"]] == [1, 2, 3]
    requests.put(begun["parts"][1]["url"], large.read_bytes()[PART : 2 * PART], timeout=30).raise_for_status()
    sent: list[int] = []
    with pytest.raises(RequestRefused, match="no photo, clip or music"):
        Client(daylog).resume(large, begun["uploadId"], sent.append)
    assert sum(sent) == wish["size"] - PART


def test_what_is_refused_leaves_nothing_behind(daylog: str, large: Path) -> None:
    client = Client(daylog)
    with pytest.raises(RequestRefused) as refused:
        client.upload(large)
    assert refused.value.status == 422
    assert list(client.media()) == []
