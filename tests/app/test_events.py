"""Cloud Storage's events, as functions-framework itself delivers them to the function: a process of its own."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from app.settings import Settings
from infra.local.parts import answers
from infra.local.ports import free_port
from internal.jobs import Dispatch, Job, Status
from internal.ports import Services
from tests.queue_server import wait_until

ROOT = Path(__file__).resolve().parents[2]
FINALIZED = "google.cloud.storage.object.v1.finalized"


@pytest.fixture(scope="module")
def function(settings: Settings) -> Iterator[str]:
    """Where it listens."""
    with served(settings) as url:
        yield url


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The function as the cloud runs it; yields its address."""
    port = free_port()
    given = settings.model_dump(mode="json", exclude_none=True)
    given["hosts"] = '["127.0.0.1"]'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | {name.upper(): str(value) for name, value in given.items()}
    program = [str(Path(sys.executable).with_name("functions-framework")), "--target", "object_finalized"]
    where = ["--source", "app/events.py", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen([*program, *where], cwd=ROOT, env=environment) as process:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}"))
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def waiting_job(services: Services, step: str = "generate") -> Job:
    """One that looks again in an hour."""
    with services.store.begin() as tx:
        job = Job(str(uuid.uuid4()), "vlog", "events", {}).created(tx.now)
        tx.add_job(job)
    with services.store.write(job.id) as tx:
        tx.save(tx.job.lease(tx.now, services.times).advance(step, 0.3, ""), "leased")
    with services.store.write(job.id) as tx:
        return tx.save(tx.job.wait(tx.now, timedelta(hours=1)), "waiting")


def tell(function: str, key: Any, bucket: str = "clips", kind: str = FINALIZED, **headers: str) -> int:
    """In binary mode, as Eventarc does."""
    told = {"ce-id": str(uuid.uuid4()), "ce-source": "//storage", "ce-specversion": "1.0", "ce-type": kind}
    return requests.post(function, json={"bucket": bucket, "name": key}, headers=told | headers, timeout=20).status_code


def clip_of(job: Job, run_no: int = 1) -> str:
    return f"veo/{job.id}/{run_no}/3/1/1234/sample_0.mp4"


def test_a_clip_that_arrives_brings_its_job_forward(function: str, services: Services) -> None:
    job = waiting_job(services)
    assert tell(function, clip_of(job)) == 200
    now = services.store.job(job.id)
    assert now.dispatch_no == job.dispatch_no + 1
    assert now.next_run_at == now.updated_at
    assert now.attempt == job.attempt
    assert now.dispatch
    assert services.queue.holds(now.dispatch)
    assert services.store.events(job.id)[-1].kind == "clip arrived"


def test_the_dispatch_it_waited_for_is_stale_then(function: str, services: Services) -> None:
    job = waiting_job(services)
    tell(function, clip_of(job))
    now = services.store.job(job.id)
    assert not now.accepts(Dispatch(job.id, 1, job.dispatch_no), now.updated_at + timedelta(hours=2))
    assert now.accepts(Dispatch(job.id, 1, now.dispatch_no), now.updated_at)


def test_the_same_event_again_changes_nothing(function: str, services: Services) -> None:
    job = waiting_job(services)
    tell(function, clip_of(job))
    once = services.store.job(job.id)
    assert tell(function, clip_of(job)) == 204
    assert services.store.job(job.id) == once


def test_a_structured_event_is_as_good(function: str, services: Services) -> None:
    job = waiting_job(services)
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "//storage",
        "type": FINALIZED,
        "data": {"bucket": "clips", "name": clip_of(job)},
    }
    answer = requests.post(function, json=event, headers={"Content-Type": "application/cloudevents+json"}, timeout=20)
    assert answer.status_code == 200


def test_what_nobody_waits_for_is_answered_with_nothing(function: str, services: Services) -> None:
    job, rendering = waiting_job(services), waiting_job(services, "compose")
    assert tell(function, clip_of(job), bucket="another") == 204
    assert tell(function, clip_of(job), kind="google.cloud.storage.object.v1.deleted") == 204
    assert tell(function, clip_of(job, run_no=2)) == 204
    assert tell(function, clip_of(rendering)) == 204
    assert tell(function, f"veo/{uuid.uuid4()}/1/1/1/sample_0.mp4") == 204
    assert tell(function, "chunks/pyav/a.mp4") == 204
    assert services.store.job(job.id) == job


def test_a_job_that_is_over_or_waits_for_a_person_is_left_alone(function: str, services: Services) -> None:
    over, parked = waiting_job(services), waiting_job(services)
    with services.store.write(over.id) as tx:
        tx.save(tx.job.cancel(tx.now), "cancelled")
    with services.store.write(parked.id) as tx:
        tx.save(tx.job.lease(tx.now, services.times), "leased")
    with services.store.write(parked.id) as tx:
        tx.save(tx.job.park(tx.now), "parked")
    assert tell(function, clip_of(over)) == 204
    assert tell(function, clip_of(parked)) == 204
    assert services.store.job(over.id).status is Status.CANCELLED
    assert services.store.job(parked.id).parked_at


@pytest.mark.parametrize("key", [None, 7, ["veo"], {}, "", "veo/", "veo/../1/1/1/x", "veo/\0/1/1/1/x", "veo/a/1" * 999])
def test_a_hostile_name_is_nobodys(function: str, key: Any) -> None:
    assert tell(function, key) == 204


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"{", "application/cloudevents+json"),
        (b"\xff", "application/cloudevents+json"),
        (b'{"specversion": "9"}', "application/cloudevents+json"),
        (b'{"specversion": "1.0"}', "application/cloudevents+json"),
        (b"[" * 100_000, "application/cloudevents+json"),
        (b"null", "application/cloudevents+json"),
        (
            b'{"specversion": "1.0", "id": {}, "source": [], "type": 7, "data_base64": 5}',
            "application/cloudevents+json",
        ),
    ],
)
def test_what_is_no_event_is_refused(function: str, body: bytes, kind: str) -> None:
    assert requests.post(function, data=body, headers={"Content-Type": kind}, timeout=20).status_code == 400


def test_what_is_no_event_in_its_headers_is_refused(function: str) -> None:
    told = {"ce-id": "", "ce-source": "", "ce-specversion": "x", "ce-type": FINALIZED}
    assert requests.post(function, json={}, headers=told, timeout=20).status_code == 400
    assert requests.get(function, timeout=20).status_code == 400


def test_a_huge_event_is_refused(function: str) -> None:
    kind = {"Content-Type": "application/cloudevents+json"}
    assert requests.post(function, data=b" " * 1_000_000, headers=kind, timeout=20).status_code == 413


def test_an_event_comes_again_while_the_database_is_out_of_reach(settings: Settings) -> None:
    nowhere = f"postgresql+pg8000://a:b@127.0.0.1:{free_port()}/c"
    with served(settings.model_copy(update={"database_url": nowhere})) as function:
        assert tell(function, f"veo/{uuid.uuid4()}/1/1/1/sample_0.mp4") == 503
        assert tell(function, "chunks/pyav/a.mp4") == 204


def test_all_works_without_it(services: Services, client: FlaskClient) -> None:
    """Nothing else imports it, and the service does not serve it."""
    assert client.post("/", json={}).status_code == 405
    assert "app.events" not in sys.modules
