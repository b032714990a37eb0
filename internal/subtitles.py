"""The film's words as subtitle files, SRT and WebVTT."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from internal.film import Film
from internal.words import Showing, showings

#: invisible; after a character that would begin markup, it keeps players from seeing any
_JOINER = "\u2060"


@dataclass(frozen=True)
class Cue:
    """`start` and `end` in seconds of the film; cues never overlap."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(film: Film) -> Iterator[Cue]:
    """What is read at a time, from when it is on the picture until it is not."""
    for scene, start, count in zip(film.scenes, film.starts, film.counts, strict=True):
        for (first, end), lines in _together(showings(scene, count)):
            yield Cue((start + first) / film.canvas.fps, (start + end) / film.canvas.fps, lines)


def _together(shown: Iterable[Showing]) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """In order of time; what is on at the same time is read from the top of the picture down."""
    ordered = sorted(shown, key=lambda one: (one.first, one.end, one.role == "caption"))
    for frames, ones in groupby(ordered, key=lambda one: (one.first, one.end)):
        yield frames, tuple(line for one in ones for line in one.lines)


def srt(film: Film) -> str:
    """SubRip. It has no escapes, so what players would take for markup is broken up by an invisible joiner."""
    return "\n".join(
        f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_join(cue, _plain)}"
        for number, cue in enumerate(cues(film), start=1)
    )


def vtt(film: Film) -> str:
    """WebVTT, escaped as https://www.w3.org/TR/webvtt1/#webvtt-cue-text asks."""
    blocks = (f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_join(cue, _escaped)}" for cue in cues(film))
    return "\n".join(("WEBVTT\n", *blocks))


def _join(cue: Cue, escape: Callable[[str], str]) -> str:
    return "".join(f"{escape(line)}\n" for line in cue.lines)


def _plain(line: str) -> str:
    broken = line.replace("-->", f"--{_JOINER}>")
    return broken.replace("<", f"<{_JOINER}").replace("{", f"{{{_JOINER}")


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float, point: str) -> str:
    """As hours:minutes:seconds and milliseconds."""
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
