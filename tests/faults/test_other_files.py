"""A hostile file never makes us open another, nor call anybody: watched from outside, whoever decodes it."""

import io
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from infra.analyst.measured import MeasuredAnalyst
from infra.composer.pyav import PyavComposer
from infra.decode.clips import open_clip
from infra.probe.ranged_probe import RangedProbe
from internal.errors import UnreadableMedia
from tests.contracts.small_films import clip, film_of, nothing, photo, render
from tests.faults.opened import watching
from tests.file_server import serving
from tests.media import make_hostile
from tests.media.clips import Take, write_clip
from tests.media.hostile import NEIGHBOUR, make_disguised, pointing_at
from tests.media.scenery import Scenery
from tests.samples import SAMPLES

#: a folder of real media, where there is one
CANARY = "canary.mp4"

Door = Callable[[Path, Path], object]


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture(scope="module")
def cage(tmp_path_factory: pytest.TempPathFactory, listener: socket.socket) -> Path:
    """Files that name their neighbour, a file elsewhere, and an address; and that file and neighbour."""
    folder = tmp_path_factory.mktemp("cage")
    for make_files in (make_hostile, make_disguised):
        make_files(folder)
    elsewhere = write_clip(folder / "elsewhere" / CANARY, Scenery("sea", 12.0, 9), Take(1.0, 160, 90))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/{CANARY}"
    for number, target in enumerate((str(elsewhere), elsewhere.as_uri(), address, f"elsewhere/{CANARY}")):
        for name, content in pointing_at(target).items():
            (folder / f"{number}_{name}").write_bytes(content)
    for path in (SAMPLES / "hostile").rglob("*") if SAMPLES else ():
        if path.is_file():
            (folder / f"sample_{path.name}").write_bytes(path.read_bytes())
    return folder


def analyse(path: Path, _: Path) -> None:
    MeasuredAnalyst().measure(path, nothing)


def probe(path: Path, _: Path) -> None:
    with serving(path.parent) as server:
        RangedProbe().probe(server.url(path.name), path.stat().st_size)


def show_photo(path: Path, out: Path) -> None:
    render(PyavComposer(), film_of(photo("it", 0.1)), {"it": path}, out)


def show_clip(path: Path, out: Path) -> None:
    render(PyavComposer(), film_of(clip("it", 0.1)), {"it": path}, out)


def play(path: Path, out: Path) -> None:
    """As the music of a film."""
    list(PyavComposer().render([film_of(photo("plain"), music="it").soundtrack], {"it": path}, out, nothing))


class TwoFaced(io.FileIO):
    """Music when its first bytes are looked at, and then what it is."""

    def read(self, size: int | None = -1) -> bytes:
        self.read = super().read  # type: ignore[method-assign]  # from the second time on
        return b"ID3" + bytes(100)


def fool(path: Path, _: Path) -> None:
    """Past the first guard, so that the others are seen to hold."""
    with TwoFaced(path) as source, open_clip(cast(BinaryIO, source)) as container:
        next(container.decode(), None)


@pytest.mark.parametrize("door", [analyse, probe, show_photo, show_clip, play, fool])
def test_nothing_but_the_given_file_is_opened(cage: Path, listener: socket.socket, tmp_path: Path, door: Door) -> None:
    opened = {}
    with watching(cage, cage / "elsewhere") as kernel:
        for path in sorted(path for path in cage.iterdir() if path.is_file()):
            with suppress(UnreadableMedia):
                door(path, tmp_path)
            opened[path.name] = kernel.names()
    assert {name: names - {name} for name, names in opened.items() if names - {name}} == {}
    assert any(opened.values()), "the watch sees nothing"
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_watch_sees_what_is_opened(cage: Path) -> None:
    with watching(cage, cage / "elsewhere") as kernel:
        (cage / NEIGHBOUR).read_bytes()
        os.close(os.open(cage / "elsewhere" / CANARY, os.O_RDONLY))
        assert kernel.names() == {NEIGHBOUR, CANARY}
