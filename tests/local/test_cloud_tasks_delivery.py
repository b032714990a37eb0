"""How the laptop's queue delivers: what it sends, when it tries again, how much at once, and for how long."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.auth import jwt

from infra.local.cloud_tasks.oidc import ISSUER
from tests.queue_server import (
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
    assert (task.schedule_time - task.last_attempt.response_time).total_seconds() == pytest.approx(100, abs=10)


def test_a_task_is_given_up_after_its_attempts(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    name = create(server, server.new_queue(retry_config={**QUICK, "max_attempts": 3}), worker.url)
    wait_until(lambda: gone(server, name))
    time.sleep(0.1)
    assert len(worker.received) == 3


def test_it_is_not_given_up_before_its_time_too_has_passed(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(500)
    both = {**QUICK, "max_attempts": 2, "max_retry_duration": timedelta(seconds=0.4)}
    asked_at = time.monotonic()
    name = create(server, server.new_queue(retry_config=both), worker.url)
    wait_until(lambda: gone(server, name))
    # The last attempt is the first one made after that time.
    assert worker.received[-1].at - asked_at > 0.39


def test_retry_after_lengthens_the_wait(server: QueueServer, worker: Target) -> None:
    worker.answer = lambda _: Reply(503, {"Retry-After": "50"})
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: server.client.get_task(name=name).response_count == 1)
    task = server.client.get_task(name=name)
    assert (task.schedule_time - task.last_attempt.response_time).total_seconds() == pytest.approx(50, abs=10)


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
        go_on.wait(60)
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
    resumed_at = time.monotonic()
    server.client.resume_queue(name=queue)
    wait_until(lambda: len(worker.received) == 14)
    assert max(each.at for each in worker.received) - resumed_at > 0.39


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
        deleted.wait(60)
        return Reply(500)

    worker.answer = fail
    name = create(server, server.new_queue(retry_config=QUICK), worker.url)
    wait_until(lambda: worker.received)
    server.client.delete_task(name=name)
    deleted.set()
    time.sleep(0.2)
    assert len(worker.received) == 1


# ---------------------------------------------------------------- what it leaves behind


def test_each_delivery_is_one_line_of_the_log(server: QueueServer, worker: Target) -> None:
    name = create(server, server.new_queue(), worker.url)
    wait_until(lambda: [line for line in server.lines("delivery") if line["task"] == name])
    line = next(line for line in server.lines("delivery") if line["task"] == name)
    assert (line["status"], line["retry"], line["over"], line["url"]) == (200, 0, True, worker.url)
