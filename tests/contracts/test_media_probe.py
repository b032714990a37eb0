"""What every MediaProbe does: true facts of good media, a reason for the rest, and no more reads than it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.probe.ranged_probe import RangedProbe
from internal.errors import TemporaryFailure, UnreadableMedia
from internal.media import Facts, Kind
from internal.ports import MediaProbe
from tests.file_server import FileServer, serving
from tests.media import make_hostile, make_odd, make_tiny
from tests.media.hostile import NEIGHBOUR, make_disguised, png
from tests.media.reels import Coding, Part, damaged, write_odd_sound, write_reel
from tests.media.scenery import Scenery
from tests.samples import SAMPLES

MIB = 1024 * 1024
#: of the sample files named hostile, those that are right in truth
VALID_SAMPLES = {
    "audio_only.mp4",
    "exif_bad_date_orientation77.jpg",
    "exif_gps_out_of_range_zero_date.jpg",
    "jpeg_named.mp4",
    "mkv_named.jpg",
    "neighbour.mp4",
    "quote's; rm -rf $HOME; %d 中文,[a]=b:c.jpg",
}


@dataclass(frozen=True)
class Bench:
    """A probe, and a store that holds a folder."""

    probe: MediaProbe
    server: FileServer
    folder: Path

    def look(self, name: str) -> Facts:
        return self.probe.probe(self.server.url(name), (self.folder / name).stat().st_size)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("media")
    for make in (make_tiny, make_odd, make_disguised):
        make(folder)
    make_hostile(folder / "hostile")
    if SAMPLES:
        (folder / "samples").symlink_to((SAMPLES / "hostile").resolve())
    return folder


@pytest.fixture(params=[RangedProbe])
def bench(request: pytest.FixtureRequest, folder: Path) -> Iterator[Bench]:
    with serving(folder) as server:
        yield Bench(request.param(), server, folder)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_has_the_size_it_is_shown_in(bench: Bench, orientation: int) -> None:
    facts = bench.look(f"turned_{orientation}.jpg")
    assert facts == Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=160, height=120)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("format.png", "image/png"),
        ("format.webp", "image/webp"),
        ("format.heic", "image/heic"),
        ("format.avif", "image/avif"),
        ("format.gif", "image/gif"),
        ("grey.jpg", "image/jpeg"),
        ("palette.png", "image/png"),
        ("transparent.png", "image/png"),
    ],
)
def test_a_photo_may_come_in_any_usual_format(bench: Bench, name: str, content_type: str) -> None:
    assert bench.look(name) == Facts(kind=Kind.PHOTO, content_type=content_type, width=160, height=120)


@pytest.mark.parametrize(
    ("name", "content_type", "size", "has_sound"),
    [
        ("tiny.mp4", "video/mp4", (160, 90), True),
        ("slow.mp4", "video/mp4", (160, 90), False),
        ("uneven.mp4", "video/mp4", (160, 90), True),
        ("hevc_turned.mov", "video/quicktime", (90, 160), False),
        ("upside_down.mp4", "video/mp4", (160, 90), False),
        ("matroska.mkv", "video/x-matroska", (160, 90), True),
    ],
)
def test_a_clip_has_its_shown_size_its_length_and_its_sound(
    bench: Bench, name: str, content_type: str, size: tuple[int, int], has_sound: bool
) -> None:
    facts = bench.look(name)
    assert (facts.kind, facts.content_type, facts.has_sound) == (Kind.CLIP, content_type, has_sound)
    assert (facts.width, facts.height) == size
    assert facts.seconds == pytest.approx(2.0 if name in ("slow.mp4", "uneven.mp4") else 1.0, abs=0.1)


@pytest.mark.parametrize(("name", "content_type"), [("music.mp3", "audio/mpeg"), ("sound_only.mp4", "audio/mp4")])
def test_sound_without_picture_is_music(bench: Bench, name: str, content_type: str) -> None:
    facts = bench.look(name)
    assert (facts.kind, facts.content_type, facts.has_sound) == (Kind.MUSIC, content_type, True)
    assert facts.seconds > 0.9


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo.mp4", Kind.PHOTO),
        ("polyglot.jpg", Kind.PHOTO),
        ("clip.jpg", Kind.CLIP),
        ("lies.jpg", Kind.PHOTO),
        ("-rf $HOME; 'quote', %d [a]=b:c \u202e中文.jpg", Kind.PHOTO),
    ],
)
def test_the_content_decides_whatever_the_name_and_the_metadata_say(bench: Bench, name: str, kind: Kind) -> None:
    assert bench.look(name).kind is kind


def test_every_hostile_file_is_refused_with_a_reason_in_words(bench: Bench) -> None:
    names = [f"hostile/{path.name}" for path in (bench.folder / "hostile").iterdir() if path.name != NEIGHBOUR]
    samples = [path for path in (bench.folder / "samples").rglob("*") if path.is_file()]
    names += [str(path.relative_to(bench.folder)) for path in samples if path.name not in VALID_SAMPLES]
    for name in names:
        with pytest.raises(UnreadableMedia) as refusal:
            bench.look(name)
        reason = str(refusal.value)
        assert reason.endswith((".", "music.")), name
        assert 20 < len(reason) < 250, name
        assert "Error" not in reason, name
        assert "/" not in reason, name


def test_the_good_ones_among_the_hostile_samples_are_read(bench: Bench) -> None:
    samples = [path for path in (bench.folder / "samples").rglob("*") if path.name in VALID_SAMPLES]
    for path in samples:
        assert bench.look(str(path.relative_to(bench.folder))).kind in Kind


def test_a_photo_too_large_is_refused_by_its_size(bench: Bench) -> None:
    with pytest.raises(UnreadableMedia, match=r"100000 × 100000 pixels; the most is 100 megapixels"):
        bench.look("hostile/huge.png")


@pytest.mark.parametrize("name", ["playlist.mp4", "concat.mp4", "dash.mp4", "session.mp4"])
def test_a_manifest_brings_in_no_other_file(bench: Bench, name: str) -> None:
    with pytest.raises(UnreadableMedia):
        bench.look(f"hostile/{name}")
    assert {asked for asked, _, _ in bench.server.asked} == {f"hostile/{name}"}


def test_of_a_long_clip_only_a_little_is_read(bench: Bench) -> None:
    whole = (bench.folder / "tiny.mp4").read_bytes()
    with (bench.folder / "long.mp4").open("wb") as file:
        file.write(whole + (64 * MIB).to_bytes(4, "big") + b"free")
        file.truncate(len(whole) + 64 * MIB)
    assert bench.look("long.mp4").kind is Kind.CLIP
    assert sum(last - first + 1 for _, first, last in bench.server.asked) < 4 * MIB


def test_a_photo_is_not_decoded_when_that_would_take_too_much(bench: Bench) -> None:
    """Its pixels are broken, which only the worker may find out."""
    (bench.folder / "wide.png").write_bytes(png(9_000, 9_000, b"no pixels"))
    assert bench.look("wide.png").width == 9_000


def test_a_damaged_first_frame_is_passed_over(bench: Bench) -> None:
    clip = write_reel(bench.folder / "hurt.mp4", [Part(Scenery("town", 15.0, 6), 1.0)], Coding(10, gop=5))
    damaged(clip, "video", [0])
    assert (bench.look("hurt.mp4").width, bench.look("hurt.mp4").height) == (192, 108)


def test_sound_that_we_do_not_decode_is_no_sound(bench: Bench) -> None:
    write_odd_sound(bench.folder / "odd.mkv")
    facts = bench.look("odd.mkv")
    assert (facts.kind, facts.has_sound) == (Kind.CLIP, False)


def test_a_redirect_is_not_followed(bench: Bench) -> None:
    with pytest.raises(TemporaryFailure):
        bench.probe.probe(bench.server.url("moved/tiny.jpg"), (bench.folder / "tiny.jpg").stat().st_size)
    assert {name for name, _, _ in bench.server.asked} == {"moved/tiny.jpg"}


def test_a_store_out_of_reach_is_no_fault_of_the_file(bench: Bench) -> None:
    with pytest.raises(TemporaryFailure):
        bench.probe.probe(bench.server.url("never_there.jpg"), 100)


def test_only_http_is_spoken(bench: Bench) -> None:
    photo = bench.folder / "tiny.jpg"
    with pytest.raises(TemporaryFailure):
        bench.probe.probe(photo.as_uri(), photo.stat().st_size)
