"""How the laptop's queue delivers: what it sends, when it tries again, how much at once, and for how long."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions
from google.auth import jwt

from infra.callers.google import OidcCallerCheck
from infra.callers.tokens import Expected
from infra.local.cloud_tasks.oidc import ISSUER
from infra.local.cloud_tasks.push import Outcome, Push, push
from tests.queue_server import (
    AUDIENCE,
    SERVICE_ACCOUNT,
    QueueServer,
    Received,
    Reply,
    Target,
    queue_server,
    target,
    wait_until,
)

QUICK = {"min_backoff": timedelta(milliseconds=20), "max_backoff": timedelta(milliseconds=40)}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueServer]:
    with queue_server(tmp_path_factory.mktemp("queue") / "state") as one:
        yield one


@pytest.fixture
def worker() -> Iterator[Target]:
    with target() as one:
        yield one


def create(server: QueueServer, queue: str, url: str, body: str = "x", **http: Any) -> str:
    request = {"url": url, "body": body.encode(), **http}
    name: str = server.client.create_task(parent=queue, task={"http_request": request}).name
    return name


def gone(server: QueueServer, name: str) -> bool:
    try:
        server.client.get_task(name=name)
    except exceptions.NotFound:
        return True
    return False


def cloud_headers(received: Received) -> dict[str, str]:
    found = {name.lower(): value for name, value in received.headers.items()}
    return {name: value for name, value in found.items() if name.startswith("x-cloudtasks-")}


# ---------------------------------------------------------------- what is sent


def test_a_delivery_says_which_task_of_which_queue_it_is(server: QueueServer, worker: Target) -> None:
    queue = server.new_queue()
    name = create(server, queue, worker.url + "?a=b")
    wait_until(lambda: worker.received)
    headers = cloud_headers(worker.received[0])
    eta = float(headers.pop("x-cloudtasks-tasketa"))
    assert headers == {
        "x-cloudtasks-queuename": queue.rpartition("/")[2],
        "x-cloudtasks-taskname": name.rpartition("/")[2],
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-taskexecutioncount": "0",
    }
    assert abs(eta - time.time()) < 60
    assert worker.received[0].path == "/work?a=b"
    assert worker.received[0].headers["User-Agent"] == "Google-Cloud-Tasks"
    assert worker.received[0].headers["Content-Type"] == "application/octet-stream"


def test_a_retry_says_what_came_before(server: QueueServer, worker: Target) -> None:
    replies = iter([Reply(503), Reply(404), Reply(200)])
    worker.answer = lambda _: next(replies)
    create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: len(worker.received) == 3)
    seen = [cloud_headers(each) for each in worker.received]
    assert [each["x-cloudtasks-taskretrycount"] for each in seen] == ["0", "1", "2"]
    # 5xx answers do not count as executions.
    assert [each["x-cloudtasks-taskexecutioncount"] for each in seen] == ["0", "0", "1"]
    assert [each.get("x-cloudtasks-taskpreviousresponse") for each in seen] == [None, "503", "404"]
    assert [each.get("x-cloudtasks-taskretryreason") for each in seen] == [
        None,
        "HTTP status code 503",
        "HTTP status code 404",
    ]


def test_a_task_cannot_forge_the_queues_own_headers(server: QueueServer, worker: Target) -> None:
    forged = {
        "X-CloudTasks-QueueName": "forged",
        "x-google-a": "b",
        "User-Agent": "forged",
        "Host": "forged",
        "X-Mine": "kept",
    }
    create(server, server.new_queue(), worker.url, headers=forged)
    wait_until(lambda: worker.received)
    assert "forged" not in " ".join(worker.received[0].headers.values())
    assert worker.received[0].headers["X-Mine"] == "kept"
    assert worker.received[0].headers["x-google-a"] is None


def test_the_token_is_for_the_url_when_no_audience_is_given(server: QueueServer, worker: Target) -> None:
    token = {"service_account_email": SERVICE_ACCOUNT}
    create(server, server.new_queue(), worker.url, oidc_token=token, headers={"authorization": "Bearer forged"})
    wait_until(lambda: worker.received)
    sent = worker.received[0].headers.get_all("Authorization", [])
    claims = jwt.decode(sent[0].removeprefix("Bearer "), certs=server.certs(), audience=worker.url)
    assert len(sent) == 1
    assert (claims["iss"], claims["email"], claims["email_verified"]) == (ISSUER, SERVICE_ACCOUNT, True)


def test_without_a_token_asked_for_none_is_sent(server: QueueServer, worker: Target) -> None:
    create(server, server.new_queue(), worker.url)
    wait_until(lambda: worker.received)
    assert worker.received[0].headers["Authorization"] is None


# ---------------------------------------------------------------- when a task is over


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_ends_a_task(server: QueueServer, worker: Target, status: int) -> None:
    worker.answer = lambda _: Reply(status)
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: worker.received and gone(server, name))
    time.sleep(0.1)
    assert len(worker.received) == 1


@pytest.mark.parametrize("status", [302, 400, 409, 429, 500, 503])
def test_anything_else_is_tried_again(server: QueueServer, worker: Target, status: int) -> None:
    replies = iter([Reply(status, {"Location": "/elsewhere"}), Reply()])
    worker.answer = lambda _: next(replies)
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: len(worker.received) == 2 and gone(server, name))
    assert {each.path for each in worker.received} == {"/work"}


def test_a_target_that_is_down_is_tried_again(server: QueueServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    name = create(server, server.new_queue(retry_config=QUICK), f"http://127.0.0.1:{port}/")
    wait_until(lambda: server.client.get_task(name=name).dispatch_count >= 3)
    assert server.client.get_task(name=name).response_count == 0


def test_a_failed_attempt_can_be_seen(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    name = create(server, server.new_queue(retry_config={"min_backoff": timedelta(seconds=100)}), worker.url)
    wait_until(lambda: server.client.get_task(name=name).response_count == 1)
    task = server.client.get_task(name=name)
    assert task.dispatch_count == 1
    assert task.last_attempt.response_status.message == "HTTP status code 500"
    assert task.first_attempt.dispatch_time
    # Due again after the backoff.
    assert (task.schedule_time - task.last_attempt.response_time).total_seconds() == pytest.approx(100, abs=1)


def test_a_task_is_given_up_after_its_attempts(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    name = create(server, server.new_queue(retry_config={**QUICK, "max_attempts": 3}), worker.url)
    wait_until(lambda: gone(server, name))
    time.sleep(0.1)
    assert len(worker.received) == 3


def test_it_is_not_given_up_before_its_time_too_has_passed(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    both = {**QUICK, "max_attempts": 2, "max_retry_duration": timedelta(seconds=0.4)}
    name = create(server, server.new_queue(retry_config=both), worker.url)
    wait_until(lambda: gone(server, name))
    # The last attempt is the first one made after that time.
    assert worker.received[-1].at - worker.received[0].at > 0.3


def test_retry_after_lengthens_the_wait(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(503, {"Retry-After": "50"})
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: server.client.get_task(name=name).response_count == 1)
    task = server.client.get_task(name=name)
    assert (task.schedule_time - task.last_attempt.response_time).total_seconds() == pytest.approx(50, abs=1)


def test_a_changed_retry_setting_counts_for_tasks_already_there(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    queue = server.new_queue(retry_config=QUICK)
    name = create(server, queue, worker.url)
    wait_until(lambda: len(worker.received) >= 2)
    server.client.update_queue(
        queue={"name": queue, "retry_config": {"max_attempts": 1}},
        update_mask={"paths": ["retry_config.max_attempts"]},
    )
    wait_until(lambda: gone(server, name))


# ---------------------------------------------------------------- how much at once


def slow(_: Received) -> Reply:
    time.sleep(0.05)
    return Reply()


def test_no_more_run_at_once_than_allowed(server: QueueServer, worker: Target) -> None:
    worker.answer = slow
    queue = server.new_queue(rate_limits={"max_concurrent_dispatches": 2})
    for number in range(8):
        create(server, queue, worker.url, str(number))
    wait_until(lambda: len(worker.bodies()) == 8)
    assert worker.most_at_once == 2


def test_one_busy_queue_does_not_hold_up_another(server: QueueServer, worker: Target) -> None:
    go_on = threading.Event()

    def wait(_: Received) -> Reply:
        go_on.wait(10)
        return Reply()

    with target(wait) as busy:
        queue = server.new_queue(rate_limits={"max_concurrent_dispatches": 1})
        for number in range(3):
            create(server, queue, busy.url, str(number))
        create(server, server.new_queue(), worker.url)
        wait_until(lambda: worker.received)
        assert len(busy.received) == 1
        go_on.set()
        wait_until(lambda: len(busy.received) == 3)


def test_no_more_start_in_a_second_than_allowed(server: QueueServer, worker: Target) -> None:
    """10 a second, 10 saved up: of 14 tasks the last cannot start before 0.4 s have passed."""
    queue = server.new_queue(rate_limits={"max_dispatches_per_second": 10})
    server.client.pause_queue(name=queue)
    for number in range(14):
        create(server, queue, worker.url, str(number))
    server.client.resume_queue(name=queue)
    wait_until(lambda: len(worker.received) == 14)
    started = sorted(each.at for each in worker.received)
    assert started[13] - started[0] > 0.3


# ---------------------------------------------------------------- at once, on request


def test_run_task_delivers_at_once_whatever_the_queue_and_the_time_say(server: QueueServer, worker: Target) -> None:
    queue = server.new_queue()
    server.client.pause_queue(name=queue)
    later = {"http_request": {"url": worker.url, "body": b"x"}, "schedule_time": datetime.now(UTC) + timedelta(days=1)}
    name = server.client.create_task(parent=queue, task=later).name
    assert server.client.run_task(name=name).name == name
    wait_until(lambda: worker.received and gone(server, name))
    with pytest.raises(exceptions.NotFound):
        server.client.run_task(name=name)


def test_a_task_deleted_while_it_is_out_is_not_tried_again(server: QueueServer, worker: Target) -> None:
    deleted = threading.Event()

    def fail(_: Received) -> Reply:
        deleted.wait(10)
        return Reply(500)

    worker.answer = fail
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: worker.received)
    server.client.delete_task(name=name)
    deleted.set()
    time.sleep(0.2)
    assert len(worker.received) == 1


# ---------------------------------------------------------------- for how long


@contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[str]:
    """A target that answers with `first`, then a little every few milliseconds, for ever."""

    def drip(listener: socket.socket) -> None:
        link, _ = listener.accept()
        with link:
            link.settimeout(5)
            try:
                link.sendall(first)
                while True:
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
    assert outcome.status is None
    assert not outcome.delivered


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


# ---------------------------------------------------------------- the log and the scheduler


def lines(server: QueueServer, event: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in server.log.read_text().splitlines()]
    return [line for line in found if line["event"] == event]


def test_each_delivery_is_one_line_of_the_log(server: QueueServer, worker: Target) -> None:
    name = create(server, server.new_queue(), worker.url)
    wait_until(lambda: [line for line in lines(server, "delivery") if line["task"] == name])
    line = next(line for line in lines(server, "delivery") if line["task"] == name)
    assert (line["status"], line["retry"], line["over"], line["url"]) == (200, 0, True, worker.url)


@contextmanager
def scheduling(folder: Path, answer: Callable[[Received], Reply]) -> Iterator[tuple[QueueServer, Target]]:
    with target(answer) as worker:
        schedule = f"{worker.url},0.05,{AUDIENCE},{SERVICE_ACCOUNT}"
        with queue_server(folder / "state", "--schedule", schedule) as server:
            yield server, worker


def test_the_scheduler_calls_again_and_again_and_proves_who_it_is(tmp_path: Path) -> None:
    with scheduling(tmp_path, lambda _: Reply()) as (server, worker):
        wait_until(lambda: len(worker.received) >= 3)
        check = OidcCallerCheck(
            Expected(AUDIENCE, frozenset({SERVICE_ACCOUNT}), frozenset({ISSUER})), certs_url=f"{server.url}/certs"
        )
        check.verify(worker.received[0].headers.get_all("Authorization", []))


def test_scheduled_calls_do_not_overlap(tmp_path: Path) -> None:
    def wait(_: Received) -> Reply:
        time.sleep(0.15)
        return Reply()

    with scheduling(tmp_path, wait) as (_, worker):
        wait_until(lambda: len(worker.received) >= 3)
        assert worker.most_at_once == 1


def test_a_failed_scheduled_call_is_logged_and_the_next_is_made(tmp_path: Path) -> None:
    with scheduling(tmp_path, lambda _: Reply(500)) as (server, worker):
        wait_until(lambda: len(worker.received) >= 2 and lines(server, "schedule failed"))
        assert lines(server, "schedule failed")[0]["status"] == 500


def test_it_stops_at_once_though_a_delivery_is_out(tmp_path: Path) -> None:
    go_on = threading.Event()

    def wait(_: Received) -> Reply:
        go_on.wait(10)
        return Reply()

    with target(wait) as worker, queue_server(tmp_path / "state") as server:
        create(server, server.new_queue(), worker.url)
        wait_until(lambda: worker.received)
        assert server.end() == 0
        assert "Traceback" not in server.log.read_text()
        go_on.set()
