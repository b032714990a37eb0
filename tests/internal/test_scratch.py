"""Folders of killed processes go; those in use stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from internal.scratch import PREFIX

_LEAVE_ONE = """
import os, signal, sys
from internal.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "film.mp4").write_text("half")
    print(folder, flush=True)
    sys.stdin.read()
"""


class Worker:
    """A process with a scratch folder in `temporary`."""

    def __init__(self, temporary: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LEAVE_ONE],
            env={**os.environ, "TMPDIR": str(temporary)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.folder = Path(self._process.stdout.readline().strip())

    def end(self, number: signal.Signals | None = None) -> None:
        if number:
            self._process.send_signal(number)
        self._process.communicate()


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path)
    yield worker
    worker.end()


def test_a_folder_goes_with_the_work_done_in_it(tmp_path: Path) -> None:
    worker = Worker(tmp_path)
    assert worker.folder.parent == tmp_path
    worker.end()
    assert list(tmp_path.iterdir()) == []


def test_the_next_process_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    killed = Worker(tmp_path)
    killed.end(signal.SIGKILL)
    assert (killed.folder / "film.mp4").exists()
    Worker(tmp_path).end()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_stays(tmp_path: Path, working: Worker) -> None:
    Worker(tmp_path).end()
    assert (working.folder / "film.mp4").exists()


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (tmp_path / f"{PREFIX}link").symlink_to(kept)
    Worker(tmp_path).end()
    assert (kept / "file").exists()
