"""What the laptop's queue refuses: bad tasks, bodies that are none, and web pages."""

import base64
import json
import socket
from typing import Any

import pytest
import requests

from tests.queue_server import PARENT, QueueServer

NOWHERE = "http://127.0.0.1:9/"


def request(url: str = NOWHERE, **changes: Any) -> dict[str, Any]:
    return {"httpRequest": {"url": url, **changes}}


BAD_TASKS: dict[str, dict[str, Any]] = {
    "name of another queue": {**request(), "name": f"{PARENT}/queues/other/tasks/a"},
    "name with a slash": {**request(), "name": "QUEUE/tasks/a/b"},
    "name with a dot": {**request(), "name": "QUEUE/tasks/a.b"},
    "name too long": {**request(), "name": "QUEUE/tasks/" + "a" * 501},
    "name ending in a newline": {**request(), "name": "QUEUE/tasks/a\n"},
    "no target": {},
    "App Engine target": {"appEngineHttpRequest": {"relativeUri": "/"}},
    "no url": request(""),
    "https": request("https://127.0.0.1/"),
    "file": request("file:///etc/passwd"),
    "other host": request("http://example.com/"),
    "metadata host": request("http://169.254.169.254/"),
    "decimal host": request("http://2130706433/"),
    "any address": request("http://0.0.0.0/"),
    "user part": request("http://127.0.0.1@example.com/"),
    "user part before us": request("http://example.com@127.0.0.1/"),
    "backslash": request("http://example.com\\@127.0.0.1/"),
    "space in url": request("http://127.0.0.1/ HTTP/1.1"),
    "line break in url": request("http://127.0.0.1/\r\nX: y"),
    "url not ASCII": request("http://127.0.0.1/é"),
    "url too long": request("http://127.0.0.1/" + "a" * 2083),
    "port out of range": request("http://127.0.0.1:70000/"),
    "header with a line break": request(headers={"X": "a\r\nY: b"}),
    "header name with a space": request(headers={"X Y": "a"}),
    "headers too large": request(headers={"X": "a" * 80_001}),
    "body with GET": request(httpMethod="GET", body="YQ=="),
    "account no address": request(oidcToken={"serviceAccountEmail": "nobody"}),
    "OAuth token": request(oauthToken={"serviceAccountEmail": "a@b"}),
    "deadline too short": {**request(), "dispatchDeadline": "14.9s"},
    "deadline too long": {**request(), "dispatchDeadline": "1800.1s"},
    "deadline in words": {**request(), "dispatchDeadline": "soon"},
    "schedule too far": {**request(), "scheduleTime": "2999-01-01T00:00:00Z"},
    "schedule in words": {**request(), "scheduleTime": "tomorrow"},
    "unknown field": {**request(), "nonsense": 1},
    "wrong type": {**request(), "httpRequest": []},
    "body no base64": request(body="abcde"),
    "too large": request(body=base64.b64encode(b"x" * 1_000_001).decode()),
}


@pytest.mark.parametrize("name", BAD_TASKS)
def test_a_bad_task_is_refused_as_the_real_service_does(server: QueueServer, queue: str, name: str) -> None:
    body = json.dumps({"task": BAD_TASKS[name]}).replace("QUEUE", queue)
    answer = requests.post(f"{server.url}/v2/{queue}/tasks", data=body, timeout=30)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert error["message"]
    assert not list(server.client.list_tasks(parent=queue))


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"task": ' * 500])
def test_a_body_that_is_no_request_is_refused(server: QueueServer, queue: str, body: bytes) -> None:
    answer = requests.post(f"{server.url}/v2/{queue}/tasks", data=body, timeout=30)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_body_too_large_to_read_is_refused(server: QueueServer, queue: str) -> None:
    answer = requests.post(f"{server.url}/v2/{queue}/tasks", data=b" " * 2_000_001, timeout=30)
    assert answer.status_code == 400


def test_a_task_of_the_largest_size_is_accepted(server: QueueServer, queue: str) -> None:
    wanted = {"http_request": {"url": NOWHERE, "body": b"x" * 999_000}}
    assert server.client.create_task(parent=queue, task=wanted).name


def test_an_unknown_method_says_so(server: QueueServer, queue: str) -> None:
    answer = requests.post(f"{server.url}/v2/{queue}:setIamPolicy", json={}, timeout=30)
    assert (answer.status_code, answer.json()["error"]["status"]) == (501, "UNIMPLEMENTED")


# ---------------------------------------------------------------- who may call


def test_it_says_when_it_is_ready(server: QueueServer) -> None:
    assert requests.get(f"{server.url}/healthz", timeout=30).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "127.0.0.1.evil.test"},
        {"Host": "[broken"},
        {"Host": ""},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_web_pages_are_kept_out(server: QueueServer, queue: str, headers: dict[str, str]) -> None:
    answer = requests.post(f"{server.url}/v2/{queue}/tasks", json={"task": request()}, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert not list(server.client.list_tasks(parent=queue))


def test_it_listens_on_this_machine_only(server: QueueServer) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.socket() as other:
        # Were 0.0.0.0 taken, this would fail.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        other.bind(("127.0.0.2", port))


def test_a_request_without_a_length_is_refused(server: QueueServer, queue: str) -> None:
    answer = requests.post(f"{server.url}/v2/{queue}/tasks", data=iter([b"{}"]), timeout=30)
    assert answer.status_code == 400
