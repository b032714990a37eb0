"""A machine that cannot set letters: a worker does not begin there and says why, instead of blaming people's media."""

from pathlib import Path

import pytest

from app.settings import Settings
from infra.local.ports import free_port
from tests.app.serving import served, started

#: of a gunicorn whose app could not be loaded
UNLOADED = 3


@pytest.fixture
def without_fribidi(tmp_path: Path) -> dict[str, str]:
    """What a process is told that shall find an empty file in its place."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "libfribidi.so.0").touch()
    return {"LD_LIBRARY_PATH": str(tmp_path / "empty")}


def test_a_worker_without_fribidi_ends_at_once_and_operators_are_told(
    settings: Settings, without_fribidi: dict[str, str], tmp_path: Path
) -> None:
    worker = started(settings, tmp_path, free_port(), SERVE="worker", **without_fribidi)
    try:
        assert worker.wait(60) == UNLOADED
    finally:
        worker.kill()
    log = (tmp_path / "log").read_text()
    assert [line for line in log.splitlines() if '"ERROR"' in line and "FriBidi is missing" in line], log


@pytest.mark.usefixtures("services")
def test_the_web_needs_none(settings: Settings, without_fribidi: dict[str, str], tmp_path: Path) -> None:
    with served(settings, tmp_path, **without_fribidi):
        pass
