"""Leaves out what nobody wants to see twice, or at all: near-duplicates, blurred and black shots, screens, glimpses."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from internal.film import FPS
from internal.media import Kind
from internal.storyboard.looks import bits_between
from internal.storyboard.names import is_of_screen, stem_of
from internal.storyboard.times import Known, Taken

#: frames of the shortest clip worth showing
SHORTEST_CLIP = round(0.8 * FPS)
#: of a fingerprint's 64 bits, those in which two photos of a burst may differ; different pictures differ in about 32
_BURST_BITS, _BURST = 10, timedelta(seconds=90)
#: a copy that lost its time, as messengers send it, differs by its encoding alone
_COPY_BITS = 5
#: the fingerprint of an even surface says nothing
_EVEN = frozenset({"", "0" * 16, "f" * 16})
#: the clip that phones record with a photo
_LIVE, _LIVE_SECONDS = timedelta(seconds=15), 4.0
#: a photo below the first is blurred; below the second too, if most of the day's are far sharper
_BLURRED, _SOFT, _FAR_SHARPER = 0.08, 0.3, 2.5
#: a shot below the first is black or burnt out; below the second it may be fireworks, if there is anything crisp in it
_BLACK, _DIM = 0.015, 0.1


@dataclass(frozen=True)
class Weeded:
    """What is worth showing, in order, and what is not."""

    kept: tuple[Taken, ...]
    glimpses: tuple[Taken, ...] = ()
    blurred: tuple[Taken, ...] = ()
    dark: tuple[Taken, ...] = ()
    screens: tuple[Taken, ...] = ()
    duplicates: tuple[Taken, ...] = ()


def weed(day: Sequence[Taken]) -> Weeded:
    """Never leaves out everything: of nothing but poor shots, all are kept; of duplicates the best always is."""
    visible = [one for one in day if one.found.kind is Kind.PHOTO or one.found.frames]
    long_enough, _ = _parted(visible, _is_glimpse)
    filmed, screens = _parted(long_enough, lambda one: is_of_screen(one.found.name))
    lit, dark = _parted(filmed, _is_dark)
    sharp, blurred = _parted(lit, _blur_of(lit))
    kept = _without_duplicates(sharp)
    return Weeded(kept, _rest(day, long_enough), blurred, dark, screens, _rest(sharp, kept))


def _parted(day: Sequence[Taken], weed: Callable[[Taken], bool]) -> tuple[tuple[Taken, ...], tuple[Taken, ...]]:
    """(what stays, what goes): all stay if none would."""
    stay = tuple(one for one in day if not weed(one))
    return (stay, _rest(day, stay)) if stay else (tuple(day), ())


def _rest(day: Iterable[Taken], stay: Iterable[Taken]) -> tuple[Taken, ...]:
    staying = {one.found.sha256 for one in stay}
    return tuple(one for one in day if one.found.sha256 not in staying)


def _is_glimpse(one: Taken) -> bool:
    return one.found.kind is Kind.CLIP and one.found.frames < SHORTEST_CLIP


def _is_dark(one: Taken) -> bool:
    """Where somebody talks, the picture may be poor."""
    analysis = one.found.analysis
    bound = _DIM if analysis.sharpness < _SOFT else _BLACK
    return not analysis.speech and analysis.exposure < bound


def _blur_of(day: Sequence[Taken]) -> Callable[[Taken], bool]:
    """Which of a day are blurred. A foggy day is not, nor is a clip for being softer than photos are."""
    photos = [one.found.analysis.sharpness for one in day if one.found.kind is Kind.PHOTO]
    soft = max(_BLURRED, min(_SOFT, median(photos) / _FAR_SHARPER)) if photos else _BLURRED
    bounds = {Kind.PHOTO: soft, Kind.CLIP: _BLURRED}
    return lambda one: not one.found.analysis.speech and one.found.analysis.sharpness < bounds[one.found.kind]


# ---------------------------------------------------------------- duplicates


def _without_duplicates(day: Sequence[Taken]) -> tuple[Taken, ...]:
    """Of all that look alike, the best; of equals one that has a clock."""
    kept: dict[str, Taken] = {}
    for one in sorted(day, key=lambda one: (-one.found.worth, one.known is not Known.CLOCK, one.found.sha256)):
        if not any(_alike(one, other) for other in kept.values()):
            kept[one.found.sha256] = one
    live = set(_live_clips(kept.values()))
    return tuple(one for one in day if one.found.sha256 in kept and one.found.sha256 not in live)


def _alike(one: Taken, other: Taken) -> bool:
    here, there = _looks(one), _looks(other)
    if one.found.kind is not other.found.kind or not here or len(here) != len(there):
        return False
    bits = max(bits_between(*prints) for prints in zip(here, there, strict=True))
    if bits <= _BURST_BITS and one.found.kind is Kind.PHOTO and _within(one, other, _BURST):
        return True
    return bits <= _COPY_BITS and not (one.known is other.known is Known.CLOCK)


def _looks(one: Taken) -> tuple[str, ...]:
    """Its fingerprints: a clip's from moment to moment. None where one says nothing."""
    analysis = one.found.analysis
    moments = sorted(analysis.best, key=lambda moment: moment.start)
    prints = (analysis.fingerprint,) if one.found.kind is Kind.PHOTO else tuple(each.fingerprint for each in moments)
    return () if _EVEN & set(prints) else prints


def _live_clips(day: Collection[Taken]) -> Iterator[str]:
    """Content hashes of the short clips that were recorded with a photo of the same name."""
    photos = {stem_of(one.found.name): one for one in day if one.found.kind is Kind.PHOTO}
    for one in day:
        photo = photos.get(stem_of(one.found.name))
        short = one.found.kind is Kind.CLIP and one.found.analysis.facts.seconds <= _LIVE_SECONDS
        if short and photo and _within(one, photo, _LIVE):
            yield one.found.sha256


def _within(one: Taken, other: Taken, time: timedelta) -> bool:
    """Whether both clocks say so."""
    known = one.known is Known.CLOCK and other.known is Known.CLOCK
    return known and abs(one.seconds - other.seconds) <= time.total_seconds()
