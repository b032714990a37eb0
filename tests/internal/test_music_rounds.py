"""Music that must begin again does so in time."""

import pytest

from internal.media import Analysis, Facts, Kind
from internal.pipelines.vlog.rounds import ENDING, part
from internal.vlog import VlogSettings


def of(seconds: float, *beats: float) -> Analysis:
    facts = Facts(kind=Kind.MUSIC, content_type="audio/ogg", seconds=seconds, has_sound=True)
    return Analysis(facts=facts, beats=beats)


def beats(between: float, first: float, seconds: float) -> list[float]:
    return [first + number * between for number in range(int((seconds - first) / between))]


@pytest.mark.parametrize(("between", "first", "start"), [(0.5, 0.2, 0.0), (0.4545, 0.0, 0.0), (0.88, 0.6, 7.3)])
def test_a_round_is_of_whole_bars(between, first, start):
    song = of(32.0, *beats(between, first, 32.0))
    begin, end = part(VlogSettings(duration=60, music_start=start), song)
    assert begin == start
    assert end is not None
    assert (end - begin) / (4 * between) == pytest.approx(round((end - begin) / (4 * between)), abs=0.001)
    assert 32.0 - ENDING - 4 * between < end <= 32.0 - ENDING, "as many as there are before it fades"


@pytest.mark.parametrize(
    "wish",
    [{"music_end": 20.0}, {"music_end": 50.0}, {"music_loop": False}, {"duration": 30}],
    ids=["an end", "an end past the file's", "no loop", "a film that is over sooner"],
)
def test_what_was_asked_for_or_need_not_begin_again_stays_as_it_is(wish):
    settings = VlogSettings.model_validate({"duration": 60, **wish})
    assert part(settings, of(32.0, *beats(0.5, 0.2, 32.0))) == (0.0, settings.music_end)


@pytest.mark.parametrize("found", [(), (0.5,), tuple(beats(0.5, 0.0, 12.0))], ids=["none", "one", "only at first"])
def test_music_without_beats_to_count_by_plays_to_its_end(found):
    assert part(VlogSettings(duration=60), of(32.0, *found)) == (0.0, None)
