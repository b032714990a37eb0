"""The laptop's queue as a program: its key, its folder, how it starts and stops."""

import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.queue_server import QueueServer, Received, Reply, queue_server, target, wait_until

NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueueServer]:
    with queue_server(tmp_path_factory.mktemp("queue") / "state") as one:
        yield one


def test_its_key_is_its_owners_alone_and_stays_the_same(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with queue_server(state) as server:
        certs = server.certs()
    assert stat.S_IMODE((state / "oidc.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    with queue_server(state) as server:
        assert server.certs().keys() == certs.keys()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with queue_server(tmp_path / "state") as server:
        server.client.get_queue(name=server.new_queue())
        assert server.end(number) == 0
        assert "Traceback" not in server.log.read_text()


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local.cloud_tasks", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    with queue_server(tmp_path / "state"):
        second = start("--state", str(tmp_path / "state"))
    assert second.returncode == 1
    assert "another one already uses" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path, server: QueueServer) -> None:
    failed = start("--state", str(tmp_path), "--port", server.url.rpartition(":")[2])
    assert failed.returncode == 1
    assert "in use" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("text", ["nonsense", "http://example.com/,1,a,b@c", f"{NOWHERE},0,a,b@c", f"{NOWHERE},1,a,b"])
def test_a_bad_schedule_is_refused_at_start(tmp_path: Path, text: str) -> None:
    failed = start("--state", str(tmp_path), "--schedule", text)
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr


def test_it_stops_at_once_though_a_delivery_is_out(tmp_path: Path) -> None:
    go_on = threading.Event()

    def wait(_: Received) -> Reply:
        go_on.wait(60)
        return Reply()

    with target(wait) as worker, queue_server(tmp_path / "state") as server:
        server.client.create_task(parent=server.new_queue(), task={"http_request": {"url": worker.url}})
        wait_until(lambda: worker.received)
        assert server.end() == 0
        assert "Traceback" not in server.log.read_text()
        go_on.set()
