"""Which part of its file the music plays, so that beginning again it stays in time."""

from collections.abc import Sequence

from internal.media import Analysis
from internal.vlog import VlogSettings

#: beats of a bar, in nearly all that is played under films
BAR = 4
#: in seconds: most music ends by fading, and where it fades nothing should go over into its beginning
ENDING = 1.5


def part(settings: VlogSettings, analysis: Analysis) -> tuple[float, float | None]:
    """Start and end in seconds, None: to the file's end. As was asked for; where that leaves the end open and the
    film may outlast the file, the end is after whole bars, as far before a beat as the start is."""
    start, seconds = settings.music_start, analysis.facts.seconds
    begins_again = settings.music_loop and seconds - start < settings.duration
    if not begins_again or settings.music_end is not None:
        return start, settings.music_end
    return start, _after_whole_bars(start, seconds - ENDING, [beat for beat in analysis.beats if beat >= start])


def _after_whole_bars(start: float, latest: float, beats: Sequence[float]) -> float | None:
    """None where that would leave out half of it."""
    ends = [round(start + beat - beats[0], 3) for beat in beats[BAR::BAR]]
    late = [end for end in ends if (start + latest) / 2 < end <= latest]
    return max(late, default=None)
