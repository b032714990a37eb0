"""Whatever a part starts goes when the supervisor goes, and only that."""

import errno
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import orphans
from infra.local.parts import LOG_LIMIT, ROOT, Child, Part, StackError, rotate
from infra.local.ports import free_port
from infra.local.state import chosen_ports, holder, in_words
from infra.local.supervisor import QUICK_DEATHS, Deaths

#: starts a part whose child has left its session and process group, and waits
PARENT = """
import sys, time
from pathlib import Path
from infra.local.orphans import Watcher
from infra.local.parts import Child, Part
stack = sys.argv[1]
watcher = Watcher(stack)
part = Part("sleeper", ["sh", "-c", "setsid sleep 300 & exec sleep 300"], ready=lambda pid: True)
child = Child(part, stack, Path(sys.argv[2]))
print("started", flush=True)
time.sleep(300)
"""


def sleepers(stack: str) -> list[str]:
    return [process.name() for process in orphans.found(stack)]


def wait_until_gone(stack: str) -> list[str]:
    until = time.monotonic() + 10
    while sleepers(stack) and time.monotonic() < until:
        time.sleep(0.05)
    return sleepers(stack)


@pytest.fixture
def stack() -> Iterator[str]:
    name = f"test-{uuid.uuid4()}"
    yield name
    orphans.sweep(name)


def test_grandchildren_in_sessions_of_their_own_go_with_a_killed_supervisor(stack: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, stack, str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        until = time.monotonic() + 10
        while sleepers(stack) != ["sleep", "sleep"] and time.monotonic() < until:
            time.sleep(0.02)
        assert sleepers(stack) == ["sleep", "sleep"]
        parent.kill()
    assert wait_until_gone(stack) == []


def test_a_sweep_spares_other_stacks_and_other_parts(stack: str, tmp_path: Path) -> None:
    part = Part("one", ["sleep", "300"], ready=lambda pid: True)
    child = Child(part, stack, tmp_path / "log")
    orphans.sweep(stack + "-other")
    orphans.sweep(stack, "two")
    assert not child.ended
    orphans.sweep(stack, "one")
    assert child.ended or child.status == -signal.SIGKILL


def test_a_part_that_ignores_a_stop_is_killed(stack: str, tmp_path: Path) -> None:
    script = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
    log = tmp_path / "log"
    part = Part("deaf", [sys.executable, "-c", script], ready=lambda pid: b"deaf" in log.read_bytes())
    child = Child(part, stack, log)
    child.wait_ready()
    child.stop(seconds=0.2)
    assert child.status == -signal.SIGKILL


def test_a_failed_start_says_the_last_line_of_the_log(stack: str, tmp_path: Path) -> None:
    part = Part("unlucky", ["sh", "-c", "echo first; echo the reason; exit 3"], ready=lambda pid: False)
    with pytest.raises(StackError, match=r"^unlucky ended with status 3: the reason \(see .*\)\.$"):
        Child(part, stack, tmp_path / "log").wait_ready()


def test_a_start_that_fails_for_want_of_room_says_so(stack: str, tmp_path: Path) -> None:
    part = Part("big", ["sh", "-c", "echo 'write failed: No space left on device'; exit 1"], ready=lambda pid: False)
    with pytest.raises(StackError, match=r"^The disk is full"):
        Child(part, stack, tmp_path / "log").wait_ready()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "is full"), (errno.EACCES, "You may not write"), (errno.EROFS, "cannot be used")],
)
def test_what_the_system_refuses_is_one_sentence(number: int, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=sentence), in_words(tmp_path):
        raise OSError(number, "as the system says it")


def test_restarts_wait_longer_each_time_and_end() -> None:
    deaths, waits = Deaths(), []
    for _ in range(QUICK_DEATHS):
        deaths.one_more(lived=0.5, now=100.0)
        waits.append((deaths.again_at or 0) - 100.0)
        assert not deaths.too_many
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]
    deaths.one_more(lived=0.5, now=100.0)
    assert deaths.too_many


def test_a_part_that_lived_long_starts_afresh() -> None:
    deaths = Deaths(quick=QUICK_DEATHS)
    deaths.one_more(lived=3600, now=0)
    assert not deaths.too_many


def test_ports_are_kept_while_free_and_never_shared(tmp_path: Path) -> None:
    first = chosen_ports(tmp_path, ("a", "b", "c"), {})
    assert chosen_ports(tmp_path, ("a", "b", "c"), {}) == first
    fixed = free_port()
    second = chosen_ports(tmp_path, ("a", "b", "c"), {"a": fixed})
    assert second == {**first, "a": fixed}
    (tmp_path / "ports.json").write_text('{"a": 1, "b": 70000, "c":')
    third = chosen_ports(tmp_path, ("a", "b", "c"), {})
    assert len(set(third.values())) == 3


def test_a_folder_nobody_uses_has_no_holder(tmp_path: Path) -> None:
    assert holder(tmp_path) is None


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    log.write_bytes(b"x" * (LOG_LIMIT + 1))
    rotate(log)
    assert not log.exists()
    assert (tmp_path / "part.log.1").stat().st_size == LOG_LIMIT + 1
