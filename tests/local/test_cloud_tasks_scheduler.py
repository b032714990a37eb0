"""The laptop's scheduler: it calls again and again, alone, and proves who calls."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.callers.google import OidcCallerCheck
from infra.callers.tokens import Expected
from infra.local.cloud_tasks.oidc import ISSUER
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
        wait_until(lambda: len(worker.received) >= 2 and server.lines("schedule failed"))
        assert server.lines("schedule failed")[0]["status"] == 500
