"""The film's words as subtitle files, SRT and WebVTT."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from internal.film import Film
from internal.vlog import Scene

#: invisible; after a character that would begin markup, it keeps players from seeing any
_JOINER = "\u2060"


@dataclass(frozen=True)
class Cue:
    """`start` and `end` in seconds of the film; cues never overlap."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(film: Film) -> Iterator[Cue]:
    """One for each scene that has words, while nothing else is on screen."""
    shared = (0, *film.overlaps, 0)
    for number, (scene, start) in enumerate(zip(film.scenes, film.starts, strict=True)):
        lines = _lines(scene)
        end = start + film.counts[number] - shared[number + 1]
        if lines:
            yield Cue((start + shared[number]) / film.canvas.fps, end / film.canvas.fps, lines)


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


def _lines(scene: Scene) -> tuple[str, ...]:
    """Each on one line: an empty one would end the cue."""
    texts = (" ".join(text.split()) for text in scene.words)
    return tuple(text for text in texts if text)


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
