"""`make vlog` on the stand-in, as the README tells: a film with words of Gemini's and clips of Veo's."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.parts import ROOT
from tests.media import make_tiny
from tests.stack import open_folder
from tests.whole import PLACES

#: US dollars of a second, as the default model has it
PRICE = 0.05


@pytest.fixture
def state() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "state"


@pytest.fixture
def stand_in(state: Path) -> Iterator[str]:
    """Its address: a program of its own, started before the Daylog whose work store it will use."""
    script = state.with_name("script.json")
    script.write_text(json.dumps({"rules": [{"on": "submit", "times": 1, "answer": {"drop": "accepted"}}]}))
    words = ["--state", state, "--port", "0", "--short-side", "90", "--script", script]
    command = [sys.executable, "-m", "tests.vertex", *map(str, words)]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout
    try:
        yield program.stdout.readline().split()[6]
    finally:
        program.terminate()
        program.communicate(timeout=20)


def make_vlog(folder: Path, out: Path, state: Path, stand_in: str) -> subprocess.CompletedProcess[str]:
    google = ["ANALYST=gemini", "GENERATOR=veo", "GOOGLE_PROJECT=local", f"VERTEX_ENDPOINT={stand_in}"]
    quick = ["FIRST_POLL=0.3", "POLL_EVERY=0.3", "SHORT_SIDE=90", f"PLACES={PLACES}"]
    words = [folder, "--out", out, "--state", state, "--style", "generated", "--max-cost", "2", "--max-duration", "10"]
    command = ["/usr/bin/env", *google, *quick, sys.executable, "-m", "app.cli", "vlog", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_a_film_has_words_and_clips_and_each_is_paid_for_once(stand_in: str, state: Path, tmp_path: Path) -> None:
    """The answer to the first order is lost: its clip is found under its prefix, and not ordered again."""
    media = tmp_path / "media"
    media.mkdir()
    make_tiny(media)
    done = make_vlog(media, tmp_path / "film.mp4", state, stand_in)
    assert done.returncode == 0, done.stderr
    assert "Note: " not in done.stderr
    counts = httpx.get(f"{stand_in}/counts").json()
    orders = counts["submissions"]
    assert counts["refused"] == []
    assert counts["requests"]["generate"] == 2
    assert orders
    assert len({one["prefix"] for one in orders}) == len(orders) == counts["requests"]["submit"]
    assert float(done.stdout.partition("$")[2]) == pytest.approx(
        sum(PRICE * one["seconds"] for one in orders), abs=0.02
    )
    assert " over " in (tmp_path / "film.vtt").read_text()
