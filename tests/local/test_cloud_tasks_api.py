"""The laptop's queue as its callers see it: queues, tasks, and the names they keep."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud import tasks_v2

from infra.local.cloud_tasks.storage import RESERVED, Entry, Storage
from infra.local.cloud_tasks.wire import ApiError, Queue, Task
from tests.queue_server import PARENT, QueueServer, queue_server, target, wait_until

NOWHERE = "http://127.0.0.1:9/"


def task(**changes: Any) -> dict[str, Any]:
    return {"http_request": {"url": NOWHERE}, **changes}


# ---------------------------------------------------------------- queues


def test_a_new_queue_has_the_documented_defaults(server: QueueServer) -> None:
    queue = server.client.get_queue(name=server.new_queue())
    assert queue.state == tasks_v2.Queue.State.RUNNING
    assert queue.rate_limits.max_dispatches_per_second == 500
    assert queue.rate_limits.max_concurrent_dispatches == 1000
    assert queue.retry_config.max_attempts == 100
    assert queue.retry_config.min_backoff == timedelta(milliseconds=100)
    assert queue.retry_config.max_backoff == timedelta(hours=1)
    assert queue.retry_config.max_doublings == 16


def test_an_update_changes_only_what_its_mask_names(server: QueueServer) -> None:
    name = server.new_queue(rate_limits={"max_dispatches_per_second": 7})
    server.client.update_queue(
        queue={"name": name, "retry_config": {"max_attempts": 4, "max_doublings": 2}},
        update_mask={"paths": ["retry_config.max_attempts"]},
    )
    queue = server.client.get_queue(name=name)
    assert queue.retry_config.max_attempts == 4
    assert queue.retry_config.max_doublings == 16
    assert queue.rate_limits.max_dispatches_per_second == 7


def test_an_update_makes_the_queue_when_there_is_none(server: QueueServer) -> None:
    name = f"{PARENT}/queues/made-by-update"
    server.client.update_queue(queue={"name": name, "rate_limits": {"max_dispatches_per_second": 3}})
    assert server.client.get_queue(name=name).rate_limits.max_dispatches_per_second == 3


def test_an_update_does_not_resume_a_paused_queue(server: QueueServer, queue: str) -> None:
    server.client.update_queue(queue={"name": queue, "state": "RUNNING"})
    assert server.client.get_queue(name=queue).state == tasks_v2.Queue.State.PAUSED


def test_an_unknown_field_in_the_mask_is_refused(server: QueueServer, queue: str) -> None:
    answer = requests.patch(f"{server.url}/v2/{queue}?updateMask=nonsense", json={}, timeout=30)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_queue_cannot_be_made_twice(server: QueueServer, queue: str) -> None:
    with pytest.raises(exceptions.Conflict):
        server.client.create_queue(parent=PARENT, queue={"name": queue})


@pytest.mark.parametrize(
    "settings",
    [
        {"rate_limits": {"max_dispatches_per_second": 501}},
        {"rate_limits": {"max_dispatches_per_second": -1}},
        {"rate_limits": {"max_concurrent_dispatches": 5001}},
        {"retry_config": {"max_attempts": -2}},
        {"retry_config": {"max_doublings": -1}},
        {"retry_config": {"min_backoff": timedelta(seconds=-1)}},
        {"retry_config": {"min_backoff": timedelta(seconds=9), "max_backoff": timedelta(seconds=8)}},
        {"http_target": {"uri_override": {"host": "example.org"}}},
        {"http_target": {"uri_override": {"scheme": 2}}},
        {"http_target": {"oidc_token": {"service_account_email": "a@example.org"}}},
    ],
)
def test_settings_out_of_bounds_are_refused(server: QueueServer, settings: dict[str, Any]) -> None:
    with pytest.raises(exceptions.BadRequest):
        server.new_queue(**settings)


def test_queues_are_listed_in_pages(server: QueueServer) -> None:
    parent = "projects/paged/locations/here"
    names = [f"{parent}/queues/{letter}" for letter in "abc"]
    for name in names:
        server.client.create_queue(parent=parent, queue={"name": name})
    assert [queue.name for queue in server.client.list_queues(request={"parent": parent, "page_size": 2})] == names


def test_purging_removes_the_tasks_and_keeps_their_names_reserved(server: QueueServer, queue: str) -> None:
    name = f"{queue}/tasks/a"
    server.client.create_task(parent=queue, task=task(name=name))
    assert server.client.purge_queue(name=queue).purge_time
    assert not list(server.client.list_tasks(parent=queue))
    with pytest.raises(exceptions.Conflict):
        server.client.create_task(parent=queue, task=task(name=name))


def test_a_deleted_queue_is_gone_with_its_tasks(server: QueueServer, queue: str) -> None:
    created = server.client.create_task(parent=queue, task=task())
    server.client.delete_queue(name=queue)
    for call in (
        lambda: server.client.get_queue(name=queue),
        lambda: server.client.get_task(name=created.name),
        lambda: server.client.list_tasks(parent=queue),
        lambda: server.client.create_task(parent=queue, task=task()),
        lambda: server.client.pause_queue(name=queue),
    ):
        with pytest.raises(exceptions.NotFound):
            call()


# ---------------------------------------------------------------- tasks


def test_a_task_without_a_name_gets_one(server: QueueServer, queue: str) -> None:
    names = {server.client.create_task(parent=queue, task=task()).name for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith(f"{queue}/tasks/") for name in names)


def test_a_task_is_shown_without_its_body_unless_asked(server: QueueServer, queue: str) -> None:
    wanted = task(http_request={"url": NOWHERE, "body": b"secret"})
    created = server.client.create_task(parent=queue, task=wanted)
    full = server.client.get_task(request={"name": created.name, "response_view": "FULL"})
    assert created.http_request.body == server.client.get_task(name=created.name).http_request.body == b""
    assert full.http_request.body == b"secret"


def test_what_was_left_out_is_filled_in(server: QueueServer, queue: str) -> None:
    created = server.client.create_task(parent=queue, task=task())
    assert created.dispatch_deadline == timedelta(minutes=10)
    assert created.http_request.http_method == tasks_v2.HttpMethod.POST
    assert abs(created.schedule_time.timestamp() - datetime.now(UTC).timestamp()) < 60


def test_tasks_are_listed_in_pages(server: QueueServer, queue: str) -> None:
    names = [f"{queue}/tasks/{number}" for number in range(5)]
    for name in names:
        server.client.create_task(parent=queue, task=task(name=name))
    assert [each.name for each in server.client.list_tasks(request={"parent": queue, "page_size": 2})] == names


def test_a_deleted_task_is_gone_and_its_name_reserved(server: QueueServer, queue: str) -> None:
    name = f"{queue}/tasks/deleted"
    server.client.create_task(parent=queue, task=task(name=name))
    server.client.delete_task(name=name)
    with pytest.raises(exceptions.NotFound):
        server.client.get_task(name=name)
    with pytest.raises(exceptions.NotFound):
        server.client.delete_task(name=name)
    with pytest.raises(exceptions.Conflict):
        server.client.create_task(parent=queue, task=task(name=name))


def test_the_longest_name_and_the_extremes_of_time_are_accepted(server: QueueServer, queue: str) -> None:
    ahead = datetime.now(UTC) + timedelta(days=30, seconds=-60)
    for deadline in (15, 1800):
        name = f"{queue}/tasks/{str(deadline).zfill(500)}"
        wanted = task(name=name, schedule_time=ahead, dispatch_deadline=timedelta(seconds=deadline))
        assert server.client.create_task(parent=queue, task=wanted).name == name


# ---------------------------------------------------------------- reserved names


def test_a_name_is_free_again_after_a_day(tmp_path: Path) -> None:
    queue, now = f"{PARENT}/queues/q", 1_000_000.0
    storage = Storage(tmp_path / "tasks.sqlite")
    storage.add_queue(Queue(name=queue))
    entry = Entry(Task(name=f"{queue}/tasks/a"))
    storage.add(entry, now)
    storage.remove(entry.name, now)
    with pytest.raises(ApiError):
        storage.add(entry, now + RESERVED - 1)
    storage.add(entry, now + RESERVED)
    storage.close()


def test_sweeping_forgets_old_names_only(tmp_path: Path) -> None:
    queue, now = f"{PARENT}/queues/q", 1_000_000.0
    storage = Storage(tmp_path / "tasks.sqlite")
    storage.add_queue(Queue(name=queue))
    for name, at in (("old", now), ("new", now + 100)):
        storage.add(Entry(Task(name=f"{queue}/tasks/{name}")), at)
        storage.remove(f"{queue}/tasks/{name}", at)
    storage.sweep(now + RESERVED + 50)
    storage.add(Entry(Task(name=f"{queue}/tasks/old")), now + 50)
    with pytest.raises(ApiError):
        storage.add(Entry(Task(name=f"{queue}/tasks/new")), now + 50)
    storage.close()


def test_a_used_name_stays_reserved_over_a_restart(tmp_path: Path) -> None:
    with target() as worker, queue_server(tmp_path / "state") as server:
        queue = server.new_queue()
        name = f"{queue}/tasks/a"
        server.client.create_task(parent=queue, task={"name": name, "http_request": {"url": worker.url}})
        wait_until(lambda: not list(server.client.list_tasks(parent=queue)))
        server.end(signal.SIGKILL)
    with queue_server(tmp_path / "state") as server, pytest.raises(exceptions.Conflict):
        server.client.create_task(parent=queue, task={"name": name, "http_request": {"url": NOWHERE}})
