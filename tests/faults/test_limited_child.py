"""A limited child, whatever it does, costs the asker one exception and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.decode.child import Child, Limits, run
from internal.errors import (
    BrokenMedia,
    HeavyMedia,
    Stopped,
    StopReason,
    StorageFull,
    TemporaryFailure,
    UnreadableMedia,
)
from tests.faults import misbehaviour

LIMITS = Limits(memory=1024**3, cpu=1, wall=20.0)
#: room to write a process id
NOTING = Limits(file=100)
_ORPHAN_MAKER = """
import os, sys, threading
from infra.decode.child import Child, Limits
from tests.faults import misbehaviour
children = [Child(misbehaviour.sleep_noting, {"path": f"{sys.argv[1]}/{n}"}, Limits(file=100)) for n in range(2)]
threading.Event().wait()
"""


def eventually(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def is_gone(pid: int) -> bool:
    """Ended; perhaps not yet collected by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("value", [None, 3, "日本 \u202e", {"a": [1.5, True, {}]}, "x" * 1_000_000])
def test_a_value_comes_back_as_it_went(value: object) -> None:
    assert run(misbehaviour.echo, {"value": value}, LIMITS) == value


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (misbehaviour.refuse, UnreadableMedia, "too blurry to bear"),
        (misbehaviour.find_disk_full, StorageFull, "no room"),
        (misbehaviour.find_store_gone, TemporaryFailure, "no store"),
        (misbehaviour.hoard, HeavyMedia, "more memory than we allow"),
        (misbehaviour.spin, BrokenMedia, "broke the decoder or took more"),
        (misbehaviour.crash, BrokenMedia, "broke the decoder or took more"),
        (misbehaviour.stumble, BrokenMedia, "damaged, or made in a way"),
        (misbehaviour.open_many, BrokenMedia, "damaged, or made in a way"),
    ],
)
def test_each_way_to_fail_is_told_apart(function: Callable[..., Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        run(function, {}, LIMITS)
    assert type(caught.value) is error
    assert "canary" not in str(caught.value)


def test_a_child_that_takes_too_long_is_ended() -> None:
    with pytest.raises(UnreadableMedia, match="longer than we allow"):
        run(misbehaviour.sleep, {}, Limits(wall=0.2))


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '["done"]', '["paid", 1]', "[" * 100_000, '{"done": 1}'])
def test_a_child_that_answers_nonsense_is_not_believed(text: str) -> None:
    with pytest.raises(UnreadableMedia):
        run(misbehaviour.babble, {"text": text}, LIMITS)


def test_a_child_that_floods_us_is_ended() -> None:
    with pytest.raises(UnreadableMedia):
        run(misbehaviour.flood, {}, Limits(cpu=20))


def test_a_child_writes_no_more_than_it_may(tmp_path: Path) -> None:
    run(misbehaviour.write, {"path": str(tmp_path / "small"), "size": 1000}, Limits(file=1000))
    with pytest.raises(UnreadableMedia):
        run(misbehaviour.write, {"path": str(tmp_path / "large"), "size": 1001}, Limits(file=1000))
    assert (tmp_path / "large").stat().st_size <= 1000


def test_what_check_raises_ends_the_child(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    def check() -> None:
        if note.exists() and note.read_text():
            raise Stopped(StopReason.SHUTDOWN)

    with pytest.raises(Stopped):
        run(misbehaviour.sleep_noting, {"path": str(note)}, NOTING, check)
    assert eventually(lambda: is_gone(int(note.read_text())))


def test_what_a_child_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    run(misbehaviour.fork_and_linger, {"path": str(tmp_path / "pid")}, NOTING)
    assert eventually(lambda: is_gone(int((tmp_path / "pid").read_text())))


def test_children_end_when_their_asker_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    notes = [tmp_path / str(number) for number in range(2)]
    with subprocess.Popen([sys.executable, "-c", _ORPHAN_MAKER, str(tmp_path)], cwd=root) as asker:
        try:
            assert eventually(lambda: all(note.exists() and note.read_text() for note in notes))
            pids = [int(note.read_text()) for note in notes]
            server = parent_of(pids[0])
        finally:
            asker.send_signal(signal.SIGKILL)
    assert eventually(lambda: all(map(is_gone, [*pids, server])))


def test_a_killed_forkserver_is_started_anew(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with Child(misbehaviour.sleep_noting, {"path": str(note)}, NOTING):
        assert eventually(lambda: note.exists() and bool(note.read_text()))
        server = parent_of(int(note.read_text()))
        os.kill(server, signal.SIGKILL)
        assert eventually(lambda: is_gone(server))
        assert run(misbehaviour.echo, {"value": 1}, LIMITS) == 1


def test_many_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(16) as threads:
        answers = threads.map(lambda number: run(misbehaviour.echo, {"value": number}, LIMITS), range(100))
    assert list(answers) == list(range(100))


def test_a_child_inherits_neither_environment_nor_sockets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        found = run(misbehaviour.surroundings, {}, LIMITS)
    assert set(os.environ) & set(found["environment"]) <= {"PYTHONPATH", "PYTHONUTF8", "LC_CTYPE"}
    kinds = [target.partition(":")[0] for target in found["files"].values()]
    assert kinds.count("socket") == 1
    assert kinds.count("pipe") <= 3  # its lifeline, and standard output and error where those are pipes


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
