"""Days to tell: photos, clips and music as an analyst would have found them, and what Hypothesis makes of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from internal import storyboard
from internal.media import Analysis, Facts, Kind, Moment, Place, Span
from internal.notes import Note
from internal.storyboard import Found, Tune
from internal.storyboard.pace import PACES
from internal.vlog import Music, Scene, Storyboard, VlogSettings

NOON = datetime(2025, 5, 17, 12)
TOKYO = timezone(timedelta(hours=9))


def tell(day: Sequence[Found], settings: VlogSettings, music: Tune | None = None) -> Storyboard:
    """As nobody has changed it."""
    return storyboard.arranged(storyboard.tell(day, settings, music), settings)


def sentences(notes: Iterable[Note]) -> list[str]:
    return [note.text for note in notes]


def photo(name: str, taken_at: datetime | None = NOON, place: Place | None = None, **more: Any) -> Found:
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=160, height=90)
    return found(name, Analysis(facts=facts, taken_at=taken_at, **more), place)


def clip(name: str, seconds: float, taken_at: datetime | None = NOON, place: Place | None = None, **more: Any) -> Found:
    facts = Facts(kind=Kind.CLIP, content_type="video/mp4", width=160, height=90, seconds=seconds, has_sound=True)
    return found(name, Analysis(facts=facts, taken_at=taken_at, **more), place)


def found(name: str, analysis: Analysis, place: Place | None = None) -> Found:
    return Found(name=name, media_id=f"id of {name}", sha256=f"sha of {name}", analysis=analysis, place=place)


def tune(*beats: float, seconds: float = 200.0, **music: Any) -> Tune:
    facts = Facts(kind=Kind.MUSIC, content_type="audio/ogg", seconds=seconds, has_sound=True)
    return Tune(music=Music(sha256="music", **music), analysis=Analysis(facts=facts, beats=beats))


def steady(beats_per_minute: float, first: float = 0.0, seconds: float = 200.0) -> list[float]:
    """Seconds of the beats of music that keeps its tempo."""
    between = 60 / beats_per_minute
    return [first + number * between for number in range(int((seconds - first) / between))]


def spans(*edges: float) -> tuple[Span, ...]:
    """(start, end, start, end, …)"""
    return tuple(Span(start=start, end=end) for start, end in zip(edges[::2], edges[1::2], strict=True))


def shown(scenes: tuple[Scene, ...]) -> list[str]:
    return [scene.sha256.removeprefix("sha of ") for scene in scenes]


def at(hour: int, minute: int = 0, day: int = 17) -> datetime:
    return datetime(2025, 5, day, hour, minute)


# ---------------------------------------------------------------- any day

shares = st.floats(0, 1)
#: few, so that some are alike
fingerprints = st.sampled_from(["", "0" * 16, "00000000000000ff", "00000000000001ff", "5a5aa5a55a5aa5a5"])
palettes = st.sampled_from(["", "f00", "0f0", "c30", "555"])
places = st.none() | st.builds(
    Place,
    name=st.sampled_from(["Kamakura", "Hakone"]),
    kilometres=st.floats(0, 50),
    zone=st.sampled_from(["Asia/Tokyo", "", "No/Where"]),
)
hours = st.datetimes(datetime(2025, 5, 17), datetime(2025, 5, 19))
times = (
    st.none()
    | hours
    | hours.map(lambda time: time.replace(tzinfo=TOKYO))
    | hours.map(lambda time: time.replace(tzinfo=UTC))
)


@st.composite
def stretches(draw: st.DrawFn, seconds: float, most: int) -> tuple[Span, ...]:
    """In order, none into another."""
    edges = draw(st.lists(st.floats(0, seconds), max_size=2 * most, unique=True).map(sorted))
    return spans(*edges[: len(edges) // 2 * 2])


@st.composite
def moments(draw: st.DrawFn, seconds: float) -> tuple[Moment, ...]:
    return tuple(
        Moment(
            start=span.start, end=span.end, score=draw(shares), fingerprint=draw(fingerprints), palette=draw(palettes)
        )
        for span in draw(stretches(seconds, 3))
    )


@st.composite
def clips(draw: st.DrawFn, name: str, longest: float = 400, with_cuts: bool = True) -> Found:
    seconds = draw(st.floats(1, longest))
    return clip(
        name,
        seconds,
        draw(times),
        draw(places),
        best=draw(moments(seconds)),
        speech=draw(stretches(seconds, 5)),
        cuts=tuple(draw(st.lists(st.floats(0, seconds), max_size=4))) if with_cuts else (),
        caption=draw(st.sampled_from(["", "A heron"])),
    )


@st.composite
def photos(draw: st.DrawFn, name: str) -> Found:
    return photo(
        name,
        draw(times),
        draw(places),
        sharpness=draw(shares),
        exposure=draw(shares),
        fingerprint=draw(fingerprints),
        palette=draw(palettes),
        caption=draw(st.text(max_size=10)),
    )


@st.composite
def days(draw: st.DrawFn, most: int = 14) -> list[Found]:
    """Files under any names, some of them given twice."""
    day = [draw(photos(str(each)) | clips(str(each))) for each in range(draw(st.integers(1, most)))]
    day += draw(st.lists(st.sampled_from(day), max_size=3))
    names = st.text("ab019", min_size=1, max_size=4) | st.sampled_from(["IMG_20250517_101530", "IMG-20250518-WA0003"])
    return [one.model_copy(update={"name": draw(names), "media_id": str(number)}) for number, one in enumerate(day)]


wishes = st.builds(
    VlogSettings,
    duration=st.integers(10, 180),
    theme=st.sampled_from(sorted(PACES)),
    captions=st.booleans(),
    title=st.text(max_size=12),
    language=st.sampled_from(["en", "ja", "zh-Hant", "zh-Hans", "ko"]),
)
tunes = st.none() | st.builds(
    lambda beats, loop, volume, start, end: tune(
        *steady(beats, 0.3, 31), seconds=31, loop=loop, volume=volume, start=start, end=end
    ),
    st.floats(40, 180),
    st.booleans(),
    st.sampled_from([0.0, 0.6, 1.0]),
    st.floats(0, 40),
    st.none() | st.floats(1, 60),
)
