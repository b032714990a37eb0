"""One delivery of the laptop's queue: whole and in time, or failed."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.local.cloud_tasks.push import Outcome, Push, push


@contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[str]:
    """A target that answers with `first`, then a little every few milliseconds for more than 5 s."""

    def drip(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.settimeout(5)
            try:
                link.sendall(first)
                for _ in range(500):
                    link.sendall(drop)
                    time.sleep(0.01)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (b"", b"H"),
        (OK, b"X: y\r\n"),
        (OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
        (OK + b"\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status line", "headers", "body", "body without length", "chunks", "interim answers"],
)
def test_a_dripping_answer_is_cut_off_at_the_deadline(first: bytes, drop: bytes) -> None:
    """Each byte would renew a timeout of the socket; the deadline is for the whole delivery."""
    with dripping(first, drop) as url:
        outcome = push(Push("POST", url, {}), deadline=0.2)
    assert (outcome.status, outcome.reason) == (None, "Deadline exceeded")
    assert outcome.seconds < 4


def test_a_target_that_reads_nothing_is_cut_off_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        outcome = push(Push("POST", url, {}, b"x" * 50_000_000), deadline=0.2)
    assert (outcome.status, outcome.reason) == (None, "Deadline exceeded")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", OK + b"Content-Length: 9\r\n\r\nx", b"HTTP/1.1 abc\r\n\r\n"]
)
def test_a_broken_answer_is_a_failure(answer: bytes) -> None:
    outcome = answered(answer)
    assert outcome.status is None
    assert "Cannot reach" in outcome.reason


def answered(answer: bytes) -> Outcome:
    def reply(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65536)
            link.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=reply, args=(listener,))
        thread.start()
        outcome = push(Push("POST", f"http://127.0.0.1:{listener.getsockname()[1]}/", {}), deadline=5)
        thread.join()
    return outcome
