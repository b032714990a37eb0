"""What only a real HTTP server shows: lengths that lie, bodies that stop, senders that leave, and those that do not."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from app.settings import Settings
from internal.ports import Services
from tests.app.asking import Media, stored
from tests.app.serving import served

BOUNDARY = "b"
TYPE = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
PATH = "/api/agent/create-vlog"


@pytest.fixture(scope="module")
def port(settings: Settings, services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of the web role under gunicorn as we run it; `services` has brought the database up to date."""
    with served(settings, tmp_path_factory.mktemp("gunicorn")) as service:
        yield service.port


def exchange(port: int, head: list[str], body: bytes, leave: bool = False) -> tuple[int, str]:
    """Send these bytes as they are; the status and body of what comes back, 0 if nothing does."""
    request = "\r\n".join([f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *head, "", ""])
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request.encode() + body)
        if leave:
            return 0, ""
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answer:
            status, _, rest = answer.read().decode().partition("\r\n")
    return (int(status.split()[1]) if status else 0), rest.partition("\r\n\r\n")[2]


def form(media: Media, *names: str) -> bytes:
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        + media.files[name]
        + b"\r\n"
        for name in names
    )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def test_an_honest_request_is_taken(port: int, media: Media) -> None:
    body = form(media, "tiny.jpg")
    assert exchange(port, [TYPE, f"Content-Length: {len(body)}"], body)[0] == 202


def test_a_body_in_chunks_needs_no_length(port: int, media: Media) -> None:
    body = form(media, "tiny.jpg")
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    assert exchange(port, [TYPE, "Transfer-Encoding: chunked"], chunks)[0] == 202


@pytest.mark.parametrize(
    "head",
    [
        [],
        ["Content-Length: 0"],
        ["Content-Length: 100"],
        ["Content-Length: -1"],
        ["Content-Length: many"],
        ["Content-Length: 10", "Content-Length: 20"],
        ["Content-Length: 10", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked"],
    ],
)
def test_a_length_that_is_missing_or_lies_is_refused(
    port: int, services: Services, media: Media, head: list[str]
) -> None:
    before = stored(services)
    status, _ = exchange(port, [TYPE, *head], form(media, "tiny.jpg"))
    assert 400 <= status < 500
    assert stored(services) == before


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
def test_a_body_that_stops_leaves_nothing(port: int, services: Services, media: Media, cut: float) -> None:
    body, before = form(media, "tiny.jpg", "tiny.mp4"), stored(services)
    status, _ = exchange(port, [TYPE, f"Content-Length: {len(body)}"], body[: int(cut * len(body))])
    assert status in (0, 400)
    exchange(port, [TYPE, f"Content-Length: {len(body)}"], body[: int(cut * len(body))], leave=True)
    assert requests.get(f"http://127.0.0.1:{port}/ready", timeout=30).ok
    assert stored(services) == before


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", TYPE[14:] + "other"])
def test_a_form_whose_parts_cannot_be_told_apart_is_refused(
    port: int, services: Services, media: Media, content_type: str
) -> None:
    before = stored(services)
    body = form(media, "tiny.jpg")
    head = [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    status, answer = exchange(port, head, body)
    assert (status, json.loads(answer)["status"]) == (400, 400)
    assert "cannot be told apart" in answer
    assert stored(services) == before


def test_a_body_past_the_limit_is_refused_in_words(port: int, services: Services) -> None:
    before = stored(services)
    answer = requests.post(f"http://127.0.0.1:{port}{PATH}", files={"files": bytes(31 * 1024 * 1024)}, timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert stored(services) == before


# ---------------------------------------------------------------- clients that take their time

HOST = "Host: 127.0.0.1\r\n"
#: of each kind more than there are threads
SLOW = {
    "a head that does not end": f"GET / HTTP/1.1\r\n{HOST}X-",
    "a body that does not come": f"POST /api/auth/token HTTP/1.1\r\n{HOST}Content-Type: application/json\r\n"
    "Content-Length: 9\r\n\r\n{",
    "who does not leave": f"GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n",
}


@pytest.fixture(scope="module")
def impatient(settings: Settings, services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of one with few threads, and little time for whoever says nothing."""
    hurried = {"THREADS": "4", "STALLED_AFTER": "0.2"}
    with served(settings, tmp_path_factory.mktemp("impatient"), **hurried) as service:
        yield service.port


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_keep_nobody_else_waiting(impatient: int, kind: str) -> None:
    with ExitStack() as clients:
        for _ in range(12):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", impatient), 10))
            client.sendall(SLOW[kind].encode())
        assert requests.get(f"http://127.0.0.1:{impatient}/healthz", timeout=30).ok


def test_a_slow_body_is_refused_in_words(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), 10) as client:
        client.sendall(SLOW["a body that does not come"].encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 400 ")


# ---------------------------------------------------------------- what is written down


def test_each_line_of_the_log_is_one_of_ours_and_none_leads_to_a_shared_film(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """Not even gunicorn's own, of requests that it cannot read."""
    token = "Abcdefgh" * 4
    with served(settings, tmp_path) as service:
        assert requests.get(f"{service.url}/s/{token}", timeout=30).status_code == 404
        with socket.create_connection(("127.0.0.1", service.port), 10) as client:
            client.sendall(f"GET /s/{token}\r\n{HOST}\r\n".encode())
            assert client.recv(1000).startswith(b"HTTP/1.1 400 ")
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"severity", "time", "message"} <= set.intersection(*map(set, lines))
    told = " ".join(line["message"] for line in lines)
    assert "/s/…" in told
    assert token not in told


def test_garbage_is_collected_but_not_looked_for_in_what_the_app_is_made_of(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with served(settings, tmp_path_factory.mktemp("collecting"), "tests.app.collecting:app") as service:
        told = requests.get(service.url, timeout=30).json()
    assert told["collects"]
    assert told["left alone"] > 10_000
