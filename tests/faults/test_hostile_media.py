"""Files made to break us, all the way in: refused with a reason and nothing kept, or left out of the film by name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from infra.local.parts import answers
from internal import uploads
from internal.errors import UnreadableMedia
from internal.jobs import Status
from internal.media import Media
from internal.vlog import VlogSettings
from internal.vlogs import create
from tests.faults.house import House, new_owner
from tests.faults.worker import Worker
from tests.media import make_hostile
from tests.media.clips import Take, write_clip
from tests.media.hostile import NEIGHBOUR, make_disguised
from tests.media.reels import Coding, Part, damaged, write_reel
from tests.media.scenery import Scenery
from tests.samples import SAMPLES, needs_samples, sample

#: a folder of real media, where there is one
#: in words for people: long enough to say something, short enough to be read
REASON = range(10, 300)
#: files of the samples that are odd and yet good
GOOD = frozenset({NEIGHBOUR, "jpeg_named.mp4", "mkv_named.jpg", "exif_bad_date_orientation77.jpg"}) | {
    "exif_gps_out_of_range_zero_date.jpg",
    "quote's; rm -rf $HOME; %d 中文,[a]=b:c.jpg",
}
#: good sound, and no picture
SOUND = frozenset({"audio_only.mp4", "sound_only.mp4"})


@pytest.fixture(scope="module")
def worker(house: House) -> Iterator[Worker]:
    with house.worker() as worker:
        yield worker


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    made = make_hostile(tmp_path_factory.mktemp("hostile"))
    return made + (files_of(SAMPLES / "hostile") if SAMPLES else [])


def files_of(folder: Path) -> list[Path]:
    assert folder.is_dir(), f"DAYLOG_SAMPLES={SAMPLES} has no {folder.name}"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def in_one_go(house: House, owner: str, path: Path) -> Media:
    with path.open("rb") as data:
        return uploads.receive(house.services, owner, path.name, data, path.stat().st_size)


def in_parts(house: House, owner: str, path: Path) -> Media:
    """As a browser does: straight to the media store."""
    upload = uploads.start(house.services, owner, path.name, path.stat().st_size)
    content = path.read_bytes()
    for number, url in upload.missing.items():
        start = (number - 1) * upload.media.part_size
        assert requests.put(url, content[start : start + upload.media.part_size], timeout=60).ok
    return uploads.complete(house.services, owner, upload.media.id)


@pytest.mark.parametrize("send", [in_one_go, in_parts])
def test_what_is_refused_says_why_and_leaves_nothing(
    house: House, worker: Worker, hostile: list[Path], send: Callable[[House, str, Path], Media]
) -> None:
    """What only a full decode could find is left out of the film, with its reason among the warnings."""
    owner = new_owner()
    tried = {path: attempt(house, owner, path, send) for path in hostile}
    taken = [outcome for outcome in tried.values() if isinstance(outcome, Media)]
    refused = {path.name: outcome for path, outcome in tried.items() if isinstance(outcome, str)}
    assert not GOOD & set(refused)
    for name, reason in refused.items():
        assert len(reason) in REASON, (name, reason)
        assert "/" not in reason, (name, reason)
    listed, total = house.services.store.media_list(owner, 100, 0)
    assert {media.id for media in listed} == {media.id for media in taken}
    assert total == len(taken)
    stored = {found.key for found in house.services.media.list(f"media/{owner}/")}
    assert stored == {media.key for media in taken}
    check_film(house, owner, taken)
    assert answers(f"http://127.0.0.1:{worker.port}/ready")


def attempt(house: House, owner: str, path: Path, send: Callable[[House, str, Path], Media]) -> Media | str:
    """What was taken in, or why it was not."""
    try:
        return send(house, owner, path)
    except UnreadableMedia as error:
        return str(error)


def check_film(house: House, owner: str, taken: list[Media]) -> None:
    """A film of all that got in: it shows what is good, and names what is not."""
    shown = [media for media in taken if media.name not in SOUND]
    vlog_id = create(
        house.services, owner, VlogSettings(title=owner, music_mood="none"), [media.id for media in shown]
    ).id
    job = house.finished(vlog_id, 120)
    assert job.status in (Status.COMPLETED, Status.PARTIAL), (job, house.events(vlog_id))
    assert job.result
    left_out = {name for name in (media.name for media in shown) if name not in GOOD}
    warned = " ".join(job.result["warnings"])
    assert all(name in warned for name in left_out), (left_out, warned)
    assert not [name for name in GOOD if f"{name}: " in warned], warned
    assert (job.status is Status.PARTIAL) == bool(left_out)


def test_good_media_in_a_hostile_guise_is_taken_for_what_it_is(house: House, worker: Worker, tmp_path: Path) -> None:
    owner = new_owner()
    taken = [in_one_go(house, owner, path) for path in make_disguised(tmp_path)]
    assert all(media.facts for media in taken)
    shown = [media.id for media in taken if media.name not in SOUND]
    job = house.complete(create(house.services, owner, VlogSettings(title=owner, music_mood="none"), shown).id)
    assert job.result
    assert not [warning for warning in job.result["warnings"] if warning.startswith(tuple(one.name for one in taken))]


def test_a_clip_that_is_sound_only_at_its_start_is_named_in_the_warnings(
    house: House, worker: Worker, tmp_path: Path
) -> None:
    """A look at the first frames finds nothing wrong; the full decode does. One damaged frame is no reason."""
    owner = new_owner()
    clip = write_clip(tmp_path / "rotten.mp4", Scenery("sea", 12.0, 9), Take(3.0, 160, 90))
    content = bytearray(clip.read_bytes())
    start = content.index(b"mdat") + 4
    size = int.from_bytes(content[start - 8 : start - 4]) - 8
    content[start + size // 4 : start + size] = bytes(size - size // 4)
    clip.write_bytes(content)
    hurt = damaged(write_reel(tmp_path / "hurt.mp4", [Part(Scenery("town", 15.0, 6), 2.0)], Coding()), "video", [7])
    taken = [in_one_go(house, owner, path) for path in (clip, hurt, *house.tiny)]
    job = house.finished(
        create(house.services, owner, VlogSettings(title=owner, music_mood="none"), [one.id for one in taken]).id
    )
    assert job.status is Status.PARTIAL
    assert job.result
    assert [warning for warning in job.result["warnings"] if warning.startswith("rotten.mp4: ")]
    assert not [warning for warning in job.result["warnings"] if warning.startswith("hurt.mp4: ")]


@needs_samples
def test_every_file_of_a_real_day_is_accepted_and_analysed(house: House, worker: Worker) -> None:
    owner = new_owner()
    taken = [in_parts(house, owner, path) for path in files_of(sample("day"))]
    vlog_id = create(
        house.services, owner, VlogSettings(title=owner, duration=10, music_mood="none"), [one.id for one in taken]
    ).id
    house.wait_for(vlog_id, lambda job: job.finished or job.step not in ("", "analyze"), 120)
    for media in taken:
        sha256 = house.services.store.media(owner, media.id).sha256
        assert sha256
        assert house.services.store.analysis(owner, sha256, house.services.analyst.name("en")), media.name
    house.finished(vlog_id, 120)
