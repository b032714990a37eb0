"""Which stretches of a clip deserve to be shown: sharp, moving but not shaken, and not silent."""

from collections.abc import Sequence

from infra.analyst import listening
from infra.analyst.listening import Heard
from infra.analyst.watching import Look, Watched
from internal.media import Moment

#: in seconds: of a stretch, and between the starts of two that are compared
LENGTH, STEP = 4.0, 1.0
MOST = 5
SHARP, MOVING, LOUD = 0.5, 0.3, 0.2
#: motion up to here is life, beyond it a shaken camera
LIVELY = 0.4


def best_moments(watched: Watched, heard: Heard) -> tuple[Moment, ...]:
    """Stretches that do not overlap, the best first; one that is the whole clip when it is short."""
    scored = sorted(_scored(watched, heard), key=lambda moment: (-moment.score, moment.start))
    best: list[Moment] = []
    for moment in scored:
        if all(moment.end <= other.start or moment.start >= other.end for other in best):
            best.append(moment)
    return tuple(best[:MOST])


def _scored(watched: Watched, heard: Heard) -> list[Moment]:
    last = max(0.0, watched.seconds - LENGTH)
    starts = [number * STEP for number in range(int(last / STEP) + 1)]
    loudest = max(heard.levels, default=0.0)
    return [_moment(start, min(start + LENGTH, watched.seconds), watched.looks, heard, loudest) for start in starts]


def _moment(start: float, end: float, looks: Sequence[Look], heard: Heard, loudest: float) -> Moment:
    seen = [look for look in looks if start <= look.at < end] or [looks[0]]
    sharp = _mean([look.sharpness for look in seen])
    lively = _mean([1 - abs(look.motion - LIVELY) / (1 - LIVELY) for look in seen])
    levels = heard.levels[int(start / listening.STEP) : int(end / listening.STEP)]
    loud = _mean(levels) / loudest if loudest else 0.0
    score = SHARP * sharp + MOVING * max(0.0, lively) + LOUD * loud
    return Moment(start=round(start, 3), end=round(end, 3), score=round(min(1.0, score), 4))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
