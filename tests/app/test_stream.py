"""Streams, over real sockets from the service under gunicorn."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask import Flask

from app import create_app
from app.api.stream import PING
from app.bootstrap import sign_in
from app.services import EXTENSION
from app.settings import Settings
from internal.jobs import Job
from internal.ports import Services
from internal.vlogs import approve, cancel, delete
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, asked, completed, failed, leased, uploaded
from tests.app.listening import listening
from tests.app.serving import Served, served
from tests.app.signing_in import OURS, browser_of, me
from tests.issuer import LocalIssuer
from tests.queue_server import wait_until

#: of the service with few seats: seven of eight threads, and five for one user
FEW = {"THREADS": "8", "STREAMS_PER_USER": "5"}


@pytest.fixture(scope="module")
def service(settings: Settings, services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`services` has brought the database up to date. A client that leaves keeps its seat for some seconds: there are
    enough here for a hurry of them."""
    roomy = settings.model_copy(update={"snapshot_age": 1.0, "streams_per_user": 500})
    with served(roomy, tmp_path_factory.mktemp("streams")) as one:
        yield one


@pytest.fixture
def vlog_id(services: Services, media: Media) -> str:
    return asked(services, [uploaded(services, media)])


def advance(services: Services, vlog_id: str, progress: float, message: str = "") -> Job:
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.advance("compose", progress, message), "progress")


def parked(services: Services, vlog_id: str) -> Job:
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.park(tx.now), "parked")


def poll(service: Served, vlog_id: str, etag: str = "") -> requests.Response:
    headers = {"If-None-Match": etag} if etag else {}
    return requests.get(f"{service.url}/api/vlogs/{vlog_id}", headers=headers, timeout=30)


def version_of(answer: requests.Response) -> int:
    return int(answer.headers["ETag"].removeprefix("W/").strip('"'))


def test_it_tells_at_once_what_a_poll_would(service: Served, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    advance(services, vlog_id, 0.01, "寿司 <script>\r\n\r\ndata: x")
    with listening(service.port, vlog_id) as stream:
        first = next(stream.events())
        polled = poll(service, vlog_id)
        assert (first.id, first.data) == (version_of(polled), polled.json())
        assert stream.answer.status == 200
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        assert stream.answer.headers["X-Accel-Buffering"] == "no"
        assert stream.answer.headers["Cache-Control"] == "no-store"


def test_cut_after_each_event_it_goes_on_where_it_was(service: Served, services: Services, vlog_id: str) -> None:
    changes = [leased, *[lambda s, i, part=part: advance(s, i, part / 4) for part in range(4)], completed_from_lease]
    seen: list[int] = []
    progress: list[float] = []
    for change in [lambda s, i: None, *changes]:
        change(services, vlog_id)
        with listening(service.port, vlog_id, seen[-1] if seen else None) as stream:
            event = next(stream.events())
        seen.append(event.id or 0)
        progress.append(event.data["progress"])
    assert seen == sorted(set(seen))
    assert progress == sorted(progress)
    assert event.data["status"] == "completed"
    with listening(service.port, vlog_id, seen[-1]) as stream:
        assert stream.answer.status == 204


def completed_from_lease(services: Services, vlog_id: str) -> Job:
    result = {"seconds": 5.0, "folder": f"vlogs/{vlog_id}/1"}
    with services.store.write(vlog_id) as tx:
        return tx.save(tx.job.complete(tx.now, result, partial=False), "completed")


def test_left_alone_it_goes_forward_and_ends_with_the_end(service: Served, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    with listening(service.port, vlog_id) as stream:
        events = stream.events()
        seen = [next(events)]
        for step in range(30):
            advance(services, vlog_id, step / 30)
            time.sleep(0.02)
        last = completed_from_lease(services, vlog_id)
        seen += events  # until the service closes it
    ids = [event.id or 0 for event in seen]
    assert ids == sorted(set(ids))
    assert (seen[-1].id, seen[-1].data["status"]) == (last.version, "completed")
    assert [event.data["status"] for event in seen[:-1]] == ["processing"] * (len(seen) - 1)


@pytest.mark.parametrize("end", [failed, completed])
def test_of_a_vlog_that_is_over_it_says_so_and_ends(
    service: Served, services: Services, vlog_id: str, end: object
) -> None:
    assert callable(end)
    job = end(services, vlog_id)
    with listening(service.port, vlog_id) as stream:
        (event,) = stream.events()
    assert (event.id, event.data["completed_at"] is not None) == (job.version, True)


def test_who_has_the_newest_is_told_only_what_comes_next(service: Served, services: Services, vlog_id: str) -> None:
    job = leased(services, vlog_id)
    with listening(service.port, vlog_id, job.version) as stream:
        events = stream.all()
        assert next(events).kind == "ping"
        newer = advance(services, vlog_id, 0.5)
        assert next(event for event in events if event.kind == "message").id == newer.version


@pytest.mark.parametrize("seen", ["", "x", "-1", "1.5", "9" * 40, "999999999", "１"])
def test_an_id_that_is_none_of_ours_counts_as_none(
    service: Served, services: Services, vlog_id: str, seen: str
) -> None:
    with listening(service.port, vlog_id, seen.encode().decode("latin-1")) as stream:
        assert next(stream.events()).id == services.store.job(vlog_id).version


def test_a_vlog_that_waits_for_its_owner_keeps_it_open(service: Served, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    parked(services, vlog_id)
    with listening(service.port, vlog_id) as stream:
        events = stream.events()
        assert next(events).data["needs"] == "review"
        approve(services, OWNER, vlog_id)
        assert next(events).data["needs"] is None


def test_deleted_meanwhile_it_ends_without_an_end(service: Served, services: Services, vlog_id: str) -> None:
    with listening(service.port, vlog_id) as stream:
        events = stream.events()
        next(events)
        delete(services, OWNER, vlog_id)
        assert list(events) == []
    with listening(service.port, vlog_id) as again:
        assert again.answer.status == 404


def test_anothers_an_absent_and_a_malformed_id_are_the_same(service: Served, services: Services, media: Media) -> None:
    theirs = asked(services, [uploaded(services, media, owner_id=STRANGER)], STRANGER)
    answers = []
    for vlog_id in (theirs, ABSENT, "%2e%2e", "x" * 500):
        with listening(service.port, vlog_id) as stream:
            answers.append((stream.answer.status, stream.answer.read()))
    assert len(set(answers)) == 1
    assert answers[0][0] == 404
    assert answers[0] == (404, poll(service, ABSENT).content)


def test_head_tells_of_it_and_takes_no_seat(service: Served, vlog_id: str) -> None:
    for _ in range(20):
        assert requests.head(f"{service.url}/api/vlogs/{vlog_id}/stream", timeout=30).status_code == 200


def test_polls_and_streams_of_one_client_never_go_back(service: Served, services: Services, vlog_id: str) -> None:
    """Others change it, and the client itself does; what it was told is never taken back."""
    leased(services, vlog_id)
    ended, seen = threading.Event(), [0]

    def work() -> None:
        for step in range(200):
            advance(services, vlog_id, step / 200)
        ended.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not ended.is_set():
        seen.append(version_of(poll(service, vlog_id)))
        with listening(service.port, vlog_id) as stream:
            seen.append(next(stream.events()).id or 0)
    worker.join()
    asked_for = requests.post(f"{service.url}/api/vlogs/{vlog_id}/cancel", timeout=30)
    seen += [version_of(asked_for), version_of(poll(service, vlog_id))]
    assert seen == sorted(seen)
    requests.delete(f"{service.url}/api/vlogs/{vlog_id}", timeout=30).raise_for_status()
    assert poll(service, vlog_id).status_code == 404


def test_what_another_process_told_the_client_is_not_taken_back(
    service: Served, services: Services, vlog_id: str
) -> None:
    poll(service, vlog_id)
    newer = leased(services, vlog_id)
    assert version_of(poll(service, vlog_id, f'W/"{newer.version}"')) == newer.version
    newest = advance(services, vlog_id, 0.5)
    with listening(service.port, vlog_id, newest.version) as stream:
        assert next(stream.all()).kind == "ping"


def test_who_reads_nothing_keeps_nobody_else_waiting(service: Served, services: Services, vlog_id: str) -> None:
    leased(services, vlog_id)
    with listening(service.port, vlog_id, room=4096), listening(service.port, vlog_id) as quick:
        events = quick.events()
        next(events)
        for step in range(4):
            advance(services, vlog_id, step / 4, f"{step}" * 2_000_000)
            assert next(events).data["message"][0] == str(step)
        cancel(services, OWNER, vlog_id)
        assert poll(service, vlog_id).ok


def test_past_the_seats_it_says_when_to_come_again_and_polls_go_on(
    settings: Settings, services: Services, vlog_id: str, tmp_path: Path
) -> None:
    with served(settings, tmp_path, **FEW) as few, ExitStack() as streams:
        first, *_ = [streams.enter_context(listening(few.port, vlog_id)) for _ in range(5)]
        with listening(few.port, vlog_id) as refused:
            assert refused.answer.status == 503
            assert 3 <= int(refused.answer.headers["Retry-After"]) <= 15
            assert refused.answer.headers["Content-Type"] == "application/problem+json"
        assert poll(few, vlog_id).ok
        assert requests.get(f"{few.url}/healthz", timeout=30).ok
        first.close()
        wait_until(lambda: has_a_seat(few, vlog_id))


def has_a_seat(service: Served, vlog_id: str) -> bool:
    with listening(service.port, vlog_id) as stream:
        return stream.answer.status == 200


def test_told_to_end_it_says_when_to_come_again_and_ends(
    settings: Settings, services: Services, vlog_id: str, tmp_path: Path
) -> None:
    with served(settings, tmp_path) as ending, listening(ending.port, vlog_id) as stream:
        events = stream.events()
        next(events)
        ending.process.send_signal(signal.SIGTERM)
        assert list(events) == []
        assert stream.retry is not None
        assert 1000 <= stream.retry <= 5000
        assert ending.process.wait(30) == 0


@pytest.fixture
def pinging(guarded_settings: Settings, services: Services) -> Iterator[Flask]:
    """The app where people sign in, with pings in a hurry."""
    hurried = guarded_settings.model_copy(update={"ping_every": 0.05})
    app = create_app(hurried, replace(services, sign_in=sign_in(hurried)))
    yield app
    app.extensions[EXTENSION].shutdown.set()


def test_who_signs_out_is_told_nothing_more(
    pinging: Flask, issuer: LocalIssuer, services: Services, media: Media
) -> None:
    browser = browser_of(pinging, issuer, "ana@example.org")
    owner_id = me(browser).json["user"]["id"]
    vlog_id = asked(services, [uploaded(services, media, owner_id=owner_id)], owner_id)
    told = iter(browser.get(f"/api/vlogs/{vlog_id}/stream").response)
    assert next(told).startswith(b"id: 1\n")
    assert [next(told) for _ in range(3)] == [PING] * 3
    assert browser.post("/sign-out", headers=OURS).status_code == 303
    assert len(list(told)) <= 1
    assert browser.get(f"/api/vlogs/{vlog_id}/stream").status_code == 401
