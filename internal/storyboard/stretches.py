"""Which stretches of a clip may each become a scene: around its best moments first, then what lies between."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from internal.media import Analysis, Moment, Span
from internal.storyboard.pace import Stay

#: seconds left out between two scenes of one clip: a smaller step looks like a mistake
GAP = 1.0
#: seconds by which another shot of the clip may begin before the second at which that was seen
_BEFORE_CUT = 0.1
#: what lies between the best moments is worth this share of the least of them
_BETWEEN = 0.5


def parts(clip: Analysis, whole: float, stay: Stay) -> list[Span]:
    """Between its cuts, those that are long enough to be shown; the longest when none is. `whole`: seconds."""
    cuts = sorted({cut for cut in clip.cuts if 0 < cut < whole})
    ends = [*(max(0.0, cut - _BEFORE_CUT) for cut in cuts), whole]
    spans = [Span(start=start, end=end) for start, end in zip([0.0, *cuts], ends, strict=True) if end > start]
    return [span for span in spans if _length(span) >= stay.least] or [max(spans, key=_length)]


def stretches(clip: Analysis, part: Span, stay: Stay) -> list[tuple[Span, Moment]]:
    """Of one part: where a scene may lie, never two in the same place, and the moment it is shown for."""
    taken: list[tuple[Span, Moment]] = []
    for moment in sorted(clip.best, key=lambda moment: (-moment.score, moment.start)):
        window = _around(moment, part, stay)
        if part.start <= _middle(moment) <= part.end and all(_apart(window, other) for other, _ in taken):
            taken.append((window, moment))
    between = [(window, best_in(window, clip)) for window in _gaps(part, [window for window, _ in taken], stay)]
    return sorted([*taken, *between], key=lambda each: each[0].start)


def best_in(window: Span, clip: Analysis) -> Moment:
    """The best moment that has its middle there, else the whole window, shown for nothing in particular."""
    inside = [moment for moment in clip.best if window.start <= _middle(moment) <= window.end]
    least = min((moment.score for moment in clip.best), default=1.0)
    plain = Moment(start=window.start, end=window.end, score=_BETWEEN * least)
    return max(inside, key=lambda moment: (moment.score, -moment.start), default=plain)


def room(window: Span, part: Span, before: Span | None, after: Span | None, stay: Stay) -> Span:
    """The window, widened as far as helps, up to half of the way to the windows before and after it in its part."""
    first = (before.end + window.start + GAP) / 2 if before else part.start
    last = (window.end + after.start - GAP) / 2 if after else part.end
    return Span(
        start=min(window.start, max(first, window.start - stay.most)),
        end=max(window.end, min(last, window.end + stay.most)),
    )


def _around(moment: Moment, part: Span, stay: Stay) -> Span:
    """As long as a scene may be, inside the part."""
    seconds = min(stay.most, _length(part))
    start = min(max(_middle(moment) - seconds / 2, part.start), part.end - seconds)
    return Span(start=start, end=start + seconds)


def _gaps(part: Span, taken: Sequence[Span], stay: Stay) -> Iterator[Span]:
    """What is left of the part, in equal pieces none too short; as if scenes lay just before and just after it."""
    outside = [Span(start=edge, end=edge) for edge in (part.start - GAP, part.end + GAP)]
    for before, after in pairwise(sorted([*taken, *outside], key=_middle)):
        first, last = before.end + GAP, after.start - GAP
        count = max(1, int((last - first + GAP) / (stay.most + GAP)))
        seconds = (last - first - (count - 1) * GAP) / count
        if seconds >= stay.least or not taken:
            starts = (first + number * (seconds + GAP) for number in range(count))
            yield from (Span(start=start, end=start + seconds) for start in starts)


def _middle(span: Span) -> float:
    return (span.start + span.end) / 2


def _length(span: Span) -> float:
    return span.end - span.start


def _apart(one: Span, other: Span) -> bool:
    return one.end + GAP <= other.start or other.end + GAP <= one.start
