"""A whole Daylog, as `make vlog` starts it, on the stand-in: a film with words of Gemini's and clips of Veo's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.client import Client
from infra.local.parts import ROOT
from tests.media import make_tiny
from tests.stack import open_folder
from tests.whole import whole_daylog


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "state"


@pytest.fixture(scope="module")
def stand_in(state: Path) -> Iterator[str]:
    """Its address: a program of its own, started before the Daylog whose work store it will use."""
    rules = [{"on": "submit", "times": 1, "answer": {"drop": "accepted"}}]
    script = state.with_name("script.json")
    script.write_text(json.dumps({"rules": rules}))
    words = ["--state", state, "--port", "0", "--short-side", "90", "--script", script]
    command = [sys.executable, "-m", "tests.vertex", *map(str, words)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout
    try:
        yield program.stdout.readline().split()[6]
    finally:
        program.terminate()
        program.communicate(timeout=20)


@pytest.fixture(scope="module")
def daylog(state: Path, stand_in: str) -> Iterator[Client]:
    google = {"analyst": "gemini", "generator": "veo", "google_project": "local", "vertex_endpoint": stand_in}
    with whole_daylog(state, short_side=90, first_poll=0.3, poll_every=0.3, **google) as url:
        yield Client(url)


def test_a_film_has_words_and_clips_and_each_is_paid_for_once(daylog: Client, stand_in: str, tmp_path: Path) -> None:
    """The answer to the first order is lost: its clip is found under its prefix, and not ordered again."""
    make_tiny(tmp_path)
    media = [str(daylog.upload(path)["id"]) for path in sorted(tmp_path.iterdir())]
    vlog_id = daylog.create_vlog(media, {"style": "generated", "duration": "10", "captions": "true"})
    *_, vlog = daylog.watch(vlog_id)
    assert (vlog["status"], vlog["warnings"]) == ("completed", [])
    counts = httpx.get(f"{stand_in}/counts").json()
    assert counts["refused"] == []
    assert counts["requests"]["generate"] == len(media)
    prefixes = [one["prefix"] for one in counts["submissions"]]
    assert prefixes
    assert len(prefixes) == len(set(prefixes)) == counts["requests"]["submit"]
    assert vlog["cost"] == pytest.approx(sum(0.05 * one["seconds"] for one in counts["submissions"]), abs=0.05)
    daylog.save(vlog_id, tmp_path / "film.mp4")
    assert "over" in (tmp_path / "film.vtt").read_text()
