"""Which stretches of a clip deserve to be shown: sharp, well exposed, lively but not shaken, and with something to
hear."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from infra.analyst import listening
from infra.analyst.listening import Heard
from infra.analyst.watching import Look, Watched
from internal.media import Moment, Span

#: in seconds: of a stretch, and between the starts of two that are compared
LENGTH, STEP = 4.0, 0.5
#: seconds at either end of a clip in which the camera is shaken by the finger on its button
SHAKEN = 0.5
#: of a shot worth showing, in seconds
SHORTEST = 0.8
#: enough to tell three minutes of film from one long clip
MOST = 40
SHARP, EXPOSED, MOVING, TALKING, LOUD = 0.4, 0.15, 0.25, 0.15, 0.05
#: motion up to here is life, beyond it a shaken camera
LIVELY = 0.4


def best_moments(watched: Watched, heard: Heard, speech: Sequence[Span]) -> tuple[Moment, ...]:
    """Stretches that neither overlap nor span a cut, the best first; the whole clip when it is short."""
    judge = _Judge(watched, heard, speech)
    scored = sorted(judge.scored(), key=lambda moment: (-moment.score, moment.start))
    best: list[Moment] = []
    for moment in scored:
        if all(moment.end <= other.start or moment.start >= other.end for other in best):
            best.append(moment)
    return tuple(best[:MOST]) or (judge.moment(0.0, watched.seconds, watched.looks),)


class _Judge:
    def __init__(self, watched: Watched, heard: Heard, speech: Sequence[Span]) -> None:
        self._watched, self._heard, self._speech = watched, heard, speech
        self._loudest = max(heard.levels, default=0.0)

    def scored(self) -> Iterator[Moment]:
        """Where nothing was seen, as in a damaged stretch, nothing is worth showing."""
        for start, end in _stretches(self._watched):
            looks = [look for look in self._watched.looks if start <= look.at < end]
            if looks:
                yield self.moment(start, end, looks)

    def moment(self, start: float, end: float, looks: Sequence[Look]) -> Moment:
        lively = _mean([max(0.0, 1 - abs(look.motion - LIVELY) / (1 - LIVELY)) for look in looks])
        score = (
            SHARP * _mean([look.sharpness for look in looks])
            + EXPOSED * _mean([look.exposure for look in looks])
            + MOVING * lively
            + TALKING * self._talking(start, end)
            + LOUD * self._loud(start, end)
        )
        middle = min(looks, key=lambda look: abs(look.at - (start + end) / 2))
        return Moment(
            start=round(start, 3),
            end=round(end, 3),
            score=round(min(1.0, score), 4),
            fingerprint=middle.fingerprint,
            palette=middle.palette,
        )

    def _talking(self, start: float, end: float) -> float:
        """The share of it in which somebody talks."""
        spoken = sum(max(0.0, min(end, span.end) - max(start, span.start)) for span in self._speech)
        return spoken / (end - start) if end > start else 0.0

    def _loud(self, start: float, end: float) -> float:
        levels = self._heard.levels[int(start / listening.STEP) : int(end / listening.STEP)]
        return _mean(levels) / self._loudest if self._loudest else 0.0


def _stretches(watched: Watched) -> Iterator[tuple[float, float]]:
    """Of each shot, from its start on; one that is hardly longer than a stretch is one."""
    for start, end in pairwise((0.0, *watched.cuts, watched.seconds)):
        first = start + SHAKEN if start == 0 and end - start >= LENGTH + 2 * SHAKEN else start
        last = end - SHAKEN if end == watched.seconds and end - first >= LENGTH + SHAKEN else end
        if last - first < LENGTH + STEP:
            if last - first >= min(SHORTEST, watched.seconds):
                yield first, last
            continue
        for number in range(int((last - first - LENGTH) / STEP) + 1):
            yield first + number * STEP, first + number * STEP + LENGTH


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
