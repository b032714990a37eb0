"""What every MediaAnalyst sees in clips: cuts made before, the moments worth showing, and past damage."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from internal.errors import UnreadableMedia
from internal.media import Analysis
from internal.ports import MediaAnalyst
from tests.contracts.looks import bits_apart, look
from tests.media import make_odd, make_tiny
from tests.media.clips import Take, write_clip
from tests.media.reels import Coding, Part, damaged, write_odd_sound, write_reel
from tests.media.scenery import Scenery
from tests.media.sounds import RATE, Sound, waves
from tests.media.voice import talk

TOWN, SEA, BALLOONS, MEADOW = (Scenery(what, 15.0, 6) for what in ("town", "sea", "balloons", "meadow"))
EVENING = Scenery("town", 18.5, 9)


def shown(analyst: MediaAnalyst, path: Path, *parts: Part, fps: int = 30, sound: Sound | None = None) -> Analysis:
    return look(analyst, write_reel(path, parts, Coding(fps), sound))


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_cuts_are_found_to_the_frame(analyst: MediaAnalyst, tmp_path: Path, fps: int) -> None:
    parts = [Part(TOWN, 1.0), Part(SEA, 0.5), Part(EVENING, 1.5), Part(MEADOW, 1.0), Part(BALLOONS, 0.6)]
    found = shown(analyst, tmp_path / "c.mp4", *parts, fps=fps)
    assert found.cuts == pytest.approx((1.0, 1.5, 3.0, 4.0), abs=0.002)


def test_two_views_of_one_place_are_two_shots(analyst: MediaAnalyst, tmp_path: Path) -> None:
    parts = [Part(Scenery("town", 15.0, seed), 1.0) for seed in (6, 9)]
    assert shown(analyst, tmp_path / "c.mp4", *parts).cuts == pytest.approx((1.0,), abs=0.002)


@pytest.mark.parametrize(
    "part",
    [Part(TOWN, 3.0, pan=60), Part(TOWN, 3.0, shake=4), Part(SEA, 2.0, flash=30), Part(MEADOW, 2.0, pan=0)],
    ids=["panned", "shaken", "flash", "still"],
)
@pytest.mark.parametrize("fps", [10, 30])
def test_neither_moving_nor_a_flash_is_a_cut(analyst: MediaAnalyst, tmp_path: Path, part: Part, fps: int) -> None:
    assert shown(analyst, tmp_path / "c.mp4", part, fps=fps).cuts == ()


def test_uneven_frames_hold_no_cut(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_odd(tmp_path)
    assert look(analyst, tmp_path / "uneven.mp4").cuts == ()


def test_no_moment_spans_a_cut(analyst: MediaAnalyst, tmp_path: Path) -> None:
    parts = [Part(TOWN, 5.0), Part(SEA, 3.0), Part(BALLOONS, 0.4), Part(MEADOW, 6.0)]
    found = shown(analyst, tmp_path / "c.mp4", *parts, fps=10)
    assert len(found.cuts) == 3
    assert len(found.best) >= 3
    for moment in found.best:
        assert not [cut for cut in found.cuts if moment.start + 0.01 < cut < moment.end - 0.01]
    assert all(moment.end - moment.start > 0.5 for moment in found.best)
    assert apart(found)


def apart(found: Analysis) -> bool:
    by_time = sorted(found.best, key=lambda moment: moment.start)
    inside = by_time[0].start >= 0 and by_time[-1].end <= found.facts.seconds + 0.001
    return inside and all(one.end <= other.start + 0.001 for one, other in pairwise(by_time))


def test_moments_of_different_shots_look_different(analyst: MediaAnalyst, tmp_path: Path) -> None:
    found = shown(analyst, tmp_path / "c.mp4", Part(TOWN, 5.0, pan=0), Part(SEA, 5.0, pan=0), fps=10)
    first, second = (moment.fingerprint for moment in found.best)
    assert bits_apart(first, second) >= 16


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_a_moment_looks_as_it_is_shown(analyst: MediaAnalyst, tmp_path: Path, rotation: int) -> None:
    take = {"seconds": 0.4, "width": 160, "height": 90, "fps": 10}
    upright = look(analyst, write_clip(tmp_path / "a.mp4", TOWN, Take(**take)))
    turned = look(analyst, write_clip(tmp_path / "b.mp4", TOWN, Take(**take, rotation=rotation)))
    assert bits_apart(upright.best[0].fingerprint, turned.best[0].fingerprint) <= 6


def test_a_long_clip_has_many_moments_best_first(analyst: MediaAnalyst, tmp_path: Path) -> None:
    found = shown(analyst, tmp_path / "c.mp4", Part(TOWN, 60.0, pan=1), fps=5)
    scores = [moment.score for moment in found.best]
    assert len(found.best) >= 9
    assert scores == sorted(scores, reverse=True)
    assert apart(found)


def test_a_short_clip_is_one_moment(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_tiny(tmp_path)
    found = look(analyst, tmp_path / "tiny.mp4")
    assert [(moment.start, moment.end) for moment in found.best] == [(0.0, found.facts.seconds)]


@pytest.mark.parametrize(
    "worse",
    [Part(TOWN, 5.0, blur=6), Part(TOWN, 5.0, shake=25), Part(TOWN, 5.0, light=0.03), Part(TOWN, 5.0, light=30)],
    ids=["blurred", "shaken", "dark", "burnt out"],
)
def test_the_better_stretch_comes_first(analyst: MediaAnalyst, tmp_path: Path, worse: Part) -> None:
    for number, parts in enumerate(([worse, Part(TOWN, 5.0)], [Part(TOWN, 5.0), worse])):
        best = shown(analyst, tmp_path / f"{number}.mp4", *parts, fps=10).best[0]
        middle = (best.start + best.end) / 2
        assert (middle > 5) == (number == 0)


def test_where_somebody_talks_comes_first(analyst: MediaAnalyst, tmp_path: Path) -> None:
    voice, sound = talk("aieuoaieaiueoo"), waves(16.0, 1) * np.float32(0.3)
    sound[:, 9 * RATE : 9 * RATE + voice.shape[1]] += voice
    found = shown(analyst, tmp_path / "c.mp4", Part(TOWN, 16.0, pan=4), fps=5, sound=sound)
    assert found.best[0].start <= 9.1
    assert found.best[0].end >= 12.1


def test_a_moving_clip_shows_more_motion_than_a_still_one(analyst: MediaAnalyst, tmp_path: Path) -> None:
    shakes = (0.0, 0.5, 2.0, 10.0)
    parts = (Part(TOWN, 1.0, pan=0, shake=shake) for shake in shakes)
    motions = [shown(analyst, tmp_path / "c.mp4", part).motion for part in parts]
    assert motions == sorted(set(motions))
    assert motions[0] < 0.1
    assert motions[-1] < 1


def test_motion_does_not_depend_on_how_many_frames_a_second_there_are(analyst: MediaAnalyst, tmp_path: Path) -> None:
    rates = (10, 30, 60)
    motions = [shown(analyst, tmp_path / f"{fps}.mp4", Part(TOWN, 2.0, pan=30), fps=fps).motion for fps in rates]
    assert motions == pytest.approx([motions[1]] * 3, abs=0.08)


def test_what_was_decoded_is_the_length(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_odd(tmp_path)
    for name, seconds in {"slow.mp4": 2.0, "matroska.mkv": 1.0, "hevc_turned.mov": 1.0}.items():
        assert look(analyst, tmp_path / name).facts.seconds == pytest.approx(seconds, abs=0.05)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More pixels a second than can be decoded in half its length; a pan, and another after it."""
    path = tmp_path_factory.mktemp("large") / "c.mp4"
    parts = [Part(TOWN, 1.5, pan=40), Part(Scenery("sea", 22.0, 6), 1.5, pan=40)]
    return write_reel(path, parts, Coding(16, gop=8, enlarged=20))


def test_a_clip_too_large_to_decode_whole_is_measured_all_the_same(analyst: MediaAnalyst, large: Path) -> None:
    found = look(analyst, large)
    assert (found.facts.width, found.facts.height) == (3840, 2160)
    assert found.facts.seconds == pytest.approx(3.0, abs=0.01)
    assert found.motion > 0.1
    assert found.cuts == pytest.approx((1.5,), abs=0.002)
    assert len(found.best) == 2


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("chosen", [[0], [14], [3, 15, 16, 28]], ids=["first", "one", "some"])
def test_a_broken_frame_costs_little_more_than_itself(
    analyst: MediaAnalyst, tmp_path: Path, codec: str, chosen: list[int]
) -> None:
    """Until the next key frame, half a second later."""
    coding, parts, sound = Coding(10, codec, gop=5), [Part(TOWN, 3.0)], waves(3.0, 1)
    whole = look(analyst, write_reel(tmp_path / "c.mp4", parts, coding, sound))
    hurt = look(analyst, damaged(tmp_path / "c.mp4", "video", chosen))
    assert hurt.facts.seconds == pytest.approx(whole.facts.seconds, abs=0.5)
    assert hurt.facts.has_sound
    assert hurt.loudness == whole.loudness
    assert hurt.cuts == ()
    assert hurt.best


def test_a_clip_of_which_too_little_is_left_is_refused(analyst: MediaAnalyst, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "c.mp4", TOWN, Take(3.0, 160, 90, fps=10))
    with pytest.raises(UnreadableMedia, match="damaged"):
        look(analyst, damaged(path, "video", range(5, 30)))


def test_damaged_sound_costs_the_sound_only(analyst: MediaAnalyst, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "c.mp4", TOWN, Take(2.0, 160, 90, fps=10, sound=talk("aieuoaie")))
    found = look(analyst, damaged(path, "audio", slice(None)))
    assert (found.facts.has_sound, found.loudness, found.speech) == (False, None, ())
    assert found.facts.seconds == pytest.approx(2.0, abs=0.1)


def test_a_hole_in_the_sound_leaves_the_rest_where_it_was(analyst: MediaAnalyst, tmp_path: Path) -> None:
    said = talk("aieuo  aieuo")
    path = write_clip(tmp_path / "c.mp4", TOWN, Take(said.shape[1] / RATE, 160, 90, fps=10, sound=said))
    before = look(analyst, path).speech[-1]
    after = look(analyst, damaged(path, "audio", range(10, 60))).speech[-1]
    assert after.start == pytest.approx(before.start, abs=0.1)


def test_sound_that_only_some_players_know_costs_the_sound_only(analyst: MediaAnalyst, tmp_path: Path) -> None:
    found = look(analyst, write_odd_sound(tmp_path / "c.mkv"))
    assert (found.facts.has_sound, found.facts.width) == (False, 160)
