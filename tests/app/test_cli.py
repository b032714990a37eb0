"""`make vlog`'s program, run as a person runs it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import psutil
import pytest

from app.client import Client
from infra.local import orphans
from infra.local.parts import ROOT
from tests.media import make_tiny, write_music
from tests.stack import open_folder
from tests.whole import whole_daylog

#: small films, so that a vlog takes seconds
#: a Ctrl-C is heard even where the tests themselves were started in the background, which ignores it
SMALL = ["/usr/bin/env", "--default-signal=INT", "SHORT_SIDE=90"]


def command(*words: object) -> list[str]:
    return [*SMALL, sys.executable, "-m", "app.cli", "vlog", *map(str, words)]


def run(*words: object, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*before, *command(*words)], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A folder of state with Daylog running on it: the program uses that one."""
    with open_folder() as folder, whole_daylog(folder / "state", short_side=90):
        yield folder / "state"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "a day's media"
    make_tiny(folder)
    return folder


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The last line; before it there may be progress, and what was left out."""
    sentence = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert sentence.endswith(".")
    assert all(word in sentence for word in words), sentence
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert_one_sentence(run(tmp_path / "nowhere"), "nowhere does not exist")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("x")
    assert_one_sentence(run(tmp_path / "photo.jpg"), "photo.jpg is a file, not a folder")


def test_a_folder_without_files(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x")
    assert_one_sentence(run(tmp_path), "holds no files")


def test_too_many_files(tmp_path: Path) -> None:
    for number in range(101):
        (tmp_path / f"{number}.jpg").touch()
    assert_one_sentence(run(tmp_path), "holds 101 files", "100 at most")


@pytest.mark.parametrize("out", [".", "missing/vlog.mp4", "/dev/null"])
def test_an_out_that_cannot_be_written(media: Path, out: str) -> None:
    assert_one_sentence(run(media, "--out", out), out.partition("/vlog")[0])
    assert Path("/dev/null").is_char_device()


def test_music_that_does_not_exist(media: Path) -> None:
    assert_one_sentence(run(media, "--music", "no.mp3"), "no.mp3")


def test_only_files_that_cannot_be_used(state: Path, tmp_path: Path) -> None:
    for name in ("one.jpg", "two.mp4"):
        (tmp_path / name).write_text("no media")
    done = run(tmp_path, "--state", state, "--out", tmp_path.parent / "none.mp4")
    assert_one_sentence(done, "None of the 2 files could be used")
    assert "Left out one.jpg: " in done.stderr
    assert "Left out two.mp4: " in done.stderr
    assert not (tmp_path.parent / "none.mp4").exists()


def test_a_wish_the_service_refuses(state: Path, media: Path) -> None:
    assert_one_sentence(run(media, "--state", state, "--max-duration", "5"), "duration")


def test_no_room_for_the_film(state: Path, media: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: both refuse the write."""
    out = tmp_path / "film.mp4"
    out.write_text("the film before")
    done = run(media, "--state", state, "--out", out, "--max-duration", "10", before=["prlimit", "--fsize=2000"])
    assert_one_sentence(done, "There is no room for")
    assert out.read_text() == "the film before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a day's media", "film.mp4"]


def test_a_folder_becomes_a_film(state: Path, media: Path, tmp_path: Path) -> None:
    (media / "notes.jpg").write_text("no photo")
    song, out = write_music(tmp_path / "song.m4a", 3.0), tmp_path / "film.mp4"
    done = run(media, "--state", state, "--out", out, "--title", "Tiny", "--max-duration", "10", "--music", song)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}  ")
    assert "Left out notes.jpg: " in done.stderr
    assert "Making the film" in done.stderr or "Handing it over" in done.stderr
    with av.open(str(out)) as film:
        assert 3 < (film.duration or 0) / 1_000_000 <= 10
        assert film.streams.video[0].height == 90
    assert "\nTiny\n" in out.with_suffix(".srt").read_text()
    assert out.with_suffix(".vtt").read_text().startswith("WEBVTT")


def test_a_stack_of_its_own_is_gone_afterwards_and_its_state_is_not(media: Path, tmp_path: Path) -> None:
    with open_folder() as folder:
        mine = folder / "state"
        done = run(media, "--state", mine, "--out", tmp_path / "film.mp4", "--max-duration", "10")
        assert done.returncode == 0, done.stderr
        assert list(orphans.found(str(mine.resolve()))) == []
        with whole_daylog(mine) as url:
            assert len(list(Client(url).media())) == 2


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_stopped_half_way_it_takes_its_stack_with_it(
    media: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with open_folder() as folder:
        mine = folder / "state"
        program = subprocess.Popen(
            command(media, "--state", mine, "--out", tmp_path / "film.mp4"), cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        assert program.stderr
        while "Waiting" not in (line := program.stderr.readline()):
            assert line, "it ended too early"
        program.send_signal(number)
        assert program.wait(60) == code
        assert gone(str(mine.resolve()))
        assert not (tmp_path / "film.mp4").exists()
        program.stderr.close()


def gone(stack: str, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while list(orphans.found(stack)):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_left_by_ctrl_c_the_vlog_is_cancelled(state: Path, media: Path, tmp_path: Path) -> None:
    program = subprocess.Popen(
        command(media, "--state", state, "--out", tmp_path / "film.mp4", "--title", "Left"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr
    while "Waiting" not in (line := program.stderr.readline()):
        assert line, "it ended too early"
    program.send_signal(signal.SIGINT)
    assert program.communicate(timeout=60)[1].strip().endswith("Stopped.")
    settings = json.loads((state / "settings.json").read_text())
    client = Client(settings["public_url"])
    (left,) = [vlog for vlog in client.vlogs() if vlog["title"] == "Left"]
    *_, last = client.watch(left["id"])
    assert last["error_code"] == "cancelled"
    assert psutil.pid_exists(int((state / "lock").read_text()))
