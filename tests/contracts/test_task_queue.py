"""What every `TaskQueue` must do: the vendor's real client against the laptop's server."""

import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from infra.callers.google import OidcCallerCheck
from infra.callers.tokens import Expected
from infra.local.cloud_tasks.oidc import ISSUER
from infra.queue.cloud_tasks import CloudTasksQueue
from infra.queue.cloud_tasks import Target as QueueTarget
from internal.errors import TemporaryFailure
from internal.jobs import Dispatch
from internal.ports import TaskQueue
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

EXPECTED = Expected(AUDIENCE, frozenset({SERVICE_ACCOUNT}), frozenset({ISSUER}))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueServer]:
    with queue_server(tmp_path_factory.mktemp("queue") / "state") as one:
        yield one


@pytest.fixture
def worker() -> Iterator[Target]:
    with target() as one:
        yield one


def connected(server: QueueServer, queue: str, url: str, smoke: str = "") -> TaskQueue:
    return CloudTasksQueue(
        QueueTarget(queue, url, SERVICE_ACCOUNT, AUDIENCE, timedelta(minutes=5), server.url, smoke_queue=smoke)
    )


@pytest.fixture
def queue_name(server: QueueServer) -> str:
    return server.new_queue(retry_config={"min_backoff": timedelta(milliseconds=20), "max_attempts": 5})


@pytest.fixture
def queue(server: QueueServer, queue_name: str, worker: Target) -> TaskQueue:
    return connected(server, queue_name, worker.url)


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_dispatch_arrives_as_ids_in_json(queue: TaskQueue, worker: Target) -> None:
    queue.enqueue(Dispatch("job-1", run_no=2, dispatch_no=3))
    wait_until(lambda: worker.received)
    assert json.loads(worker.received[0].body) == {"job_id": "job-1", "run_no": 2, "dispatch_no": 3}
    assert worker.received[0].headers["Content-Type"] == "application/json"


def test_it_is_named_by_its_dispatch(queue: TaskQueue, worker: Target) -> None:
    dispatch = Dispatch("job-1", 1, 1)
    queue.enqueue(dispatch)
    wait_until(lambda: worker.received)
    assert worker.received[0].headers["X-CloudTasks-TaskName"] == dispatch.name


def test_it_brings_a_token_the_caller_check_believes(queue: TaskQueue, worker: Target, server: QueueServer) -> None:
    queue.enqueue(Dispatch("job-2", 1, 1))
    wait_until(lambda: worker.received)
    check = OidcCallerCheck(EXPECTED, certs_url=f"{server.url}/certs")
    check.verify(worker.received[0].headers.get_all("Authorization", []))


def test_a_duplicate_name_is_success(queue: TaskQueue, worker: Target) -> None:
    dispatch = Dispatch("job-3", 1, 1)
    queue.enqueue(dispatch, later(0.2))
    queue.enqueue(dispatch)
    wait_until(lambda: worker.received and not queue.holds(dispatch))
    queue.enqueue(dispatch)
    queue.enqueue(Dispatch("job-3", 1, 2))
    wait_until(lambda: len(worker.received) == 2)
    assert [json.loads(each.body)["dispatch_no"] for each in worker.received] == [1, 2]


def test_a_smoke_dispatch_goes_where_its_own_queue_leads_and_no_other_does(server: QueueServer, worker: Target) -> None:
    with target() as candidate:
        led = {"uri_override": {"host": "127.0.0.1", "port": urlsplit(candidate.url).port}}
        usual, smoke = server.new_queue(), server.new_queue(http_target=led)
        queue = connected(server, usual, worker.url, smoke)
        tried, asked = Dispatch("job-13", 1, 1, smoke=True), Dispatch("job-14", 1, 1)
        queue.enqueue(tried, later(600))
        assert queue.holds(tried)
        assert not queue.holds(replace(tried, smoke=False))
        server.client.run_task(name=f"{smoke}/tasks/{tried.name}")
        queue.enqueue(asked)
        wait_until(lambda: candidate.received and worker.received)
        assert [json.loads(each.body)["job_id"] for each in candidate.received + worker.received] == [
            "job-13",
            "job-14",
        ]
        (authorization,) = candidate.received[0].headers.get_all("Authorization", [])
        OidcCallerCheck(EXPECTED, certs_url=f"{server.url}/certs").verify([authorization])


def test_without_a_queue_for_it_a_smoke_dispatch_is_one_of_all(queue: TaskQueue, worker: Target) -> None:
    queue.enqueue(Dispatch("job-15", 1, 1, smoke=True))
    wait_until(lambda: worker.received)


def test_it_is_not_delivered_before_its_time(queue: TaskQueue, worker: Target) -> None:
    queue.enqueue(Dispatch("job-4", 1, 1), later(0.3))
    asked = time.monotonic()
    wait_until(lambda: worker.received)
    # The adapter's clock and ours differ by how long the call took.
    assert worker.received[0].at - asked > 0.2


def test_it_is_held_until_delivered(queue: TaskQueue, queue_name: str, worker: Target, server: QueueServer) -> None:
    dispatch = Dispatch("job-5", 1, 1)
    assert not queue.holds(dispatch)
    queue.enqueue(dispatch, later(600))
    assert queue.holds(dispatch)
    server.client.run_task(name=f"{queue_name}/tasks/{dispatch.name}")
    wait_until(lambda: worker.received)
    wait_until(lambda: not queue.holds(dispatch))


def test_it_is_held_while_it_is_being_delivered(queue: TaskQueue, worker: Target) -> None:
    go_on = threading.Event()

    def wait(_: Received) -> Reply:
        go_on.wait(60)
        return Reply()

    worker.answer = wait
    dispatch = Dispatch("job-6", 1, 1)
    queue.enqueue(dispatch)
    wait_until(lambda: worker.received)
    assert queue.holds(dispatch)
    go_on.set()
    wait_until(lambda: not queue.holds(dispatch))


def test_it_comes_again_when_the_worker_fails(queue: TaskQueue, worker: Target) -> None:
    replies = iter([Reply(500), Reply(429), Reply(204)])
    worker.answer = lambda _: next(replies)
    dispatch = Dispatch("job-7", 1, 1)
    queue.enqueue(dispatch)
    wait_until(lambda: len(worker.received) == 3 and not queue.holds(dispatch))


def test_a_paused_queue_holds_it_and_delivers_when_resumed(
    queue: TaskQueue, queue_name: str, worker: Target, server: QueueServer
) -> None:
    server.client.pause_queue(name=queue_name)
    dispatch = Dispatch("job-8", 1, 1)
    queue.enqueue(dispatch)
    time.sleep(0.2)
    assert queue.holds(dispatch)
    assert not worker.received
    server.client.resume_queue(name=queue_name)
    wait_until(lambda: worker.received)


def test_a_queue_that_does_not_exist_is_a_temporary_failure(server: QueueServer, worker: Target) -> None:
    queue = connected(server, "projects/test/locations/here/queues/none", worker.url)
    with pytest.raises(TemporaryFailure):
        queue.enqueue(Dispatch("job-9", 1, 1))


def test_a_server_that_is_down_is_a_temporary_failure(tmp_path: Path) -> None:
    with queue_server(tmp_path / "state") as server:
        queue = connected(server, server.new_queue(), "http://127.0.0.1:9/")
        server.end()
        with pytest.raises(TemporaryFailure):
            queue.enqueue(Dispatch("job-10", 1, 1))
        with pytest.raises(TemporaryFailure):
            queue.holds(Dispatch("job-10", 1, 1))


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504])
def test_any_answer_but_the_queues_own_is_a_temporary_failure(worker: Target, status: int) -> None:
    """200 too, when it comes without a task: something between us and the queue answered."""
    worker.answer = lambda _: Reply(status)
    endpoint = worker.url.removesuffix("/work")
    settings = QueueTarget(
        "projects/p/locations/l/queues/q", "http://127.0.0.1:9/", "a@b", "c", timedelta(minutes=5), endpoint
    )
    with pytest.raises(TemporaryFailure):
        CloudTasksQueue(settings).enqueue(Dispatch("job-12", 1, 1))
    assert len(worker.received) == 1


def test_many_threads_share_one_queue(queue: TaskQueue, worker: Target) -> None:
    dispatches = [Dispatch("job-11", 1, number) for number in range(16)]
    threads = [threading.Thread(target=queue.enqueue, args=(dispatch,)) for dispatch in dispatches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: len(worker.bodies()) == 16)


def test_a_killed_server_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """SIGKILL with 5 deliveries out and 15 to come: after the restart all 20 are done, the 5 a second time."""
    go_on = threading.Event()

    def wait(_: Received) -> Reply:
        go_on.wait(60)
        return Reply()

    with target(wait) as worker:
        with queue_server(tmp_path / "state") as server:
            name = server.new_queue()
            queue = connected(server, name, worker.url)
            for number in range(5):
                queue.enqueue(Dispatch("out", 1, number))
            for number in range(15):
                queue.enqueue(Dispatch("to come", 1, number), later(1.0))
            wait_until(lambda: len(worker.received) == 5)
            server.end(signal.SIGKILL)
        go_on.set()
        with queue_server(tmp_path / "state") as server:
            queue = connected(server, name, worker.url)
            wait_until(lambda: len(worker.bodies()) == 20)
            wait_until(lambda: not any(queue.holds(Dispatch("out", 1, number)) for number in range(5)))
    jobs = Counter(json.loads(body)["job_id"] for body in worker.bodies())
    assert jobs == {"out": 5, "to come": 15}
    assert {times for body, times in worker.bodies().items() if json.loads(body)["job_id"] == "out"} == {2}
