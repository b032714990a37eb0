"""The supervisor with its real servers: starts, mends, stops, and survives being killed."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pg8000.native
import psutil
import pytest

from infra.local import orphans
from infra.local.parts import ROOT
from infra.media_store.r2 import R2MediaStore
from infra.work_store.gcs import GcsWorkStore
from tests.stack import open_folder

PARTS = {"postgres", "cloud_tasks", "fake_gcs", "r2"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made / "state"


class Running:
    """A supervisor of the servers alone, which has said that it is ready."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "infra.local", "--state", str(folder), "--without-app", *options]
        self.process = subprocess.Popen(
            [*command, "--once-ready-print-json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.ready: dict[str, Any] = json.loads(self.process.stdout.readline() or "{}")

    @property
    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = json.loads((self.folder / "settings.json").read_text())
        return settings

    def parts(self) -> dict[str, int]:
        """Process ids by name."""
        found = orphans.found(str(self.folder.resolve()))
        return {p.environ()[orphans.PART]: p.pid for p in found if p.environ().get(orphans.PART) in PARTS}

    def end(self, how: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@contextmanager
def supervisor(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


def soon(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it comes true in time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def everything_of(folder: Path) -> list[psutil.Process]:
    """Marked processes, and PostgreSQL's own children, which hide their environment."""
    postgres = [p for p in psutil.process_iter() if _cwd(p).startswith(str(folder.resolve()))]
    return [*orphans.found(str(folder.resolve())), *postgres]


def _cwd(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""


@contextmanager
def database(settings: dict[str, Any]) -> Iterator[pg8000.native.Connection]:
    url = urlsplit(settings["database_url"])
    with closing(
        pg8000.native.Connection(
            url.username or "", "127.0.0.1", port=url.port, password=url.password, database=url.path[1:]
        )
    ) as connection:
        yield connection


def stores(settings: dict[str, Any]) -> tuple[GcsWorkStore, R2MediaStore]:
    media = [settings[name] for name in ("media_endpoint", "media_bucket", "media_access_key", "media_secret_key")]
    certificate = Path(settings["work_certificate"])
    return GcsWorkStore(settings["work_endpoint"], settings["work_bucket"], certificate), R2MediaStore(*media)


def keep_something(settings: dict[str, Any]) -> None:
    with database(settings) as connection:
        connection.run("CREATE TABLE kept (word text)")
        connection.run("INSERT INTO kept VALUES ('still here')")
    for store in stores(settings):
        store.put("kept", io.BytesIO(b"still here"), "text/plain")
        store.close()


def what_was_kept(settings: dict[str, Any], folder: Path) -> set[str]:
    with database(settings) as connection:
        found = {connection.run("SELECT word FROM kept")[0][0]}
    for store in stores(settings):
        store.get("kept", folder / "kept")
        found.add((folder / "kept").read_text())
        store.close()
    return found


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_one_has_all_its_data(folder: Path, tmp_path: Path) -> None:
    first = Running(folder)
    keep_something(first.settings)
    before = first.settings
    assert first.parts().keys() == PARTS
    first.end(signal.SIGKILL)
    assert soon(lambda: not everything_of(folder))
    (folder / "settings.json").write_text('{"half": ')
    with supervisor(folder) as second:
        assert second.settings == before
        assert what_was_kept(second.settings, tmp_path) == {"still here"}


def test_a_killed_supervisor_can_be_followed_at_once(folder: Path) -> None:
    first = Running(folder)
    first.end(signal.SIGKILL)
    with supervisor(folder) as second:
        assert second.parts().keys() == PARTS


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_nothing_running(folder: Path, how: signal.Signals) -> None:
    running = Running(folder)
    assert running.end(how) == (0, "")
    assert everything_of(folder) == []


def test_a_part_that_dies_is_started_again_on_its_port(folder: Path, tmp_path: Path) -> None:
    with supervisor(folder) as running:
        keep_something(running.settings)
        before = running.parts()
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        assert soon(
            lambda: running.parts().keys() == PARTS and not set(running.parts().values()) & set(before.values())
        )
        assert soon(lambda: _answers(running.settings, tmp_path))
        code, said = running.end(signal.SIGTERM)
    assert code == 0
    assert all(f"{name} ended with status -9" in said for name in PARTS)


def _answers(settings: dict[str, Any], folder: Path) -> bool:
    try:
        return what_was_kept(settings, folder) == {"still here"}
    except Exception:  # any refusal: it is not up yet
        return False


def test_a_second_supervisor_is_refused_and_told_the_first_ones_process_id(folder: Path) -> None:
    with supervisor(folder) as first:
        second = Running(folder)
        code, said = second.end(signal.SIGTERM)
        assert code == 1
        assert f"already runs on {folder.resolve()} (process {first.process.pid})" in said
        assert len(said.splitlines()) == 1
        assert first.parts().keys() == PARTS


def test_secrets_are_for_their_owner_alone(folder: Path) -> None:
    with supervisor(folder) as running:
        settings = running.settings
    secrets = [settings["media_secret_key"], urlsplit(settings["database_url"]).password]
    for file in (path for path in folder.rglob("*") if path.is_file()):
        if any(secret.encode() in file.read_bytes() for secret in secrets):
            assert file.stat().st_mode & 0o077 == 0, file


def test_every_server_listens_on_this_machine_alone(folder: Path) -> None:
    with supervisor(folder) as running:
        listening = {
            connection.laddr.ip
            for pid in running.parts().values()
            for connection in psutil.Process(pid).net_connections("all")
            if connection.status == psutil.CONN_LISTEN
        }
    assert listening == {"127.0.0.1"}


def test_a_taken_port_is_said_in_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = Running(folder, "--port", str(port))
        code, said = running.end(signal.SIGTERM)
    assert (code, said) == (
        1,
        f"Port {port} is taken: choose another with --port, or stop the program that uses it.\n",
    )


def test_an_unusable_state_folder_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = Running(tmp_path / "file" / "state").end(signal.SIGTERM)
    assert (code, said) == (1, f"The state folder {tmp_path / 'file' / 'state'} cannot be used: Not a directory.\n")


def test_a_part_that_keeps_dying_ends_the_stack_with_a_sentence(folder: Path) -> None:
    running = Running(folder)

    def kill_it_again() -> bool:
        pid = running.parts().get("fake_gcs")
        if pid:
            os.kill(pid, signal.SIGKILL)
        return running.process.poll() is not None

    assert soon(kill_it_again)
    _, said = running.process.communicate()
    assert running.process.returncode == 1
    assert "fake_gcs keeps dying, so Daylog stops" in said.splitlines()[-1]
    assert everything_of(folder) == []
