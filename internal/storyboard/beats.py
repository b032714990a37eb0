"""The beats of the music as it plays under the film."""

from itertools import pairwise
from statistics import median

from internal.film import FPS
from internal.storyboard.found import Tune
from internal.vlog import SEAM


def beats_of(tune: Tune | None, frames: int) -> tuple[float, ...]:
    """Where they fall in a film of so many frames, in frames; none when no music is to be heard."""
    if tune is None or not tune.music.volume:
        return ()
    music = tune.music
    lasting = tune.analysis.facts.seconds - music.start - (SEAM if music.loop else 0.0)
    round_ = min(lasting, music.end - music.start) if music.end else lasting
    if round_ <= 0:
        return ()
    heard = sorted(beat - music.start for beat in tune.analysis.beats if 0 <= beat - music.start < round_)
    rounds = range(int(frames / FPS / round_) + 1 if music.loop else 1)
    played = ((number * round_ + beat) * FPS for number in rounds for beat in heard)
    return tuple(beat for beat in played if beat < frames)


def interval(beats: tuple[float, ...]) -> float:
    """Between two beats as a rule, in frames; 0 without beats."""
    return median(after - before for before, after in pairwise(beats)) if len(beats) > 1 else 0.0
