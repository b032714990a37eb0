"""The Python client: what it outlasts, and what it says when it cannot."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

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

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    server: Moody

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append(self.headers.get("Idempotency-Key"))
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
    begun = requests.post(f"{daylog}/api/uploads", json=wish, timeout=10).json()
    assert [part["number"] for part in begun["parts"]] == [1, 2, 3]
    requests.put(begun["parts"][1]["url"], large.read_bytes()[PART : 2 * PART], timeout=10).raise_for_status()
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
