"""Puts the chosen shots, their lengths and the words together as scenes."""

from collections.abc import Sequence

from internal.film import FPS
from internal.media import Span
from internal.storyboard.shots import Shot
from internal.storyboard.words import Words
from internal.vlog import Language, Scene

#: how loud a clip is under music where nobody talks
_AMBIENCE = 0.35
#: scenes too short to carry the opening may come before it: it still is an opening
_BEFORE_OPENING = 2


def scenes_of(shots: Sequence[Shot], lengths: Sequence[int], language: Language, has_music: bool) -> list[Scene]:
    """Without words. The last one knows that it is."""
    return [
        _scene(shot, frames, has_music).model_copy(
            update={"variation": number, "language": language, "last": number == len(shots) - 1}
        )
        for number, (shot, frames) in enumerate(zip(shots, lengths, strict=True))
    ]


def with_words(scenes: Sequence[Scene], words: Words) -> tuple[Scene, ...]:
    """The ending is left out where it could not be read, or would meet the opening."""
    opens = next((number for number, scene in enumerate(scenes[: _BEFORE_OPENING + 1]) if scene.readable), 0)
    written = [scene.model_copy(update={"caption": text}) for scene, text in zip(scenes, words.captions, strict=True)]
    opening = {"title": words.title, "subtitle": words.subtitle, "waits": opens > 0}
    written[opens] = written[opens].model_copy(update=opening)
    if opens < len(scenes) - 1 and scenes[-1].readable:
        written[-1] = written[-1].model_copy(update={"ending": words.ending})
    return tuple(written)


def _scene(shot: Shot, frames: int, has_music: bool) -> Scene:
    start, seconds = shot.start(frames), frames / FPS
    speech = _heard(shot.found.talks, start, seconds)
    return Scene(
        kind=shot.found.kind,
        sha256=shot.found.sha256,
        start=start,
        seconds=seconds,
        volume=_volume(shot, bool(speech), has_music),
        speech=speech,
    )


def _volume(shot: Shot, is_speech: bool, has_music: bool) -> float:
    if not shot.found.analysis.facts.has_sound:
        return 0.0
    return _AMBIENCE if has_music and not is_speech else 1.0


def _heard(talks: Sequence[Span], start: float, seconds: float) -> tuple[Span, ...]:
    """Of the clip's talk, what is in the scene, from the scene's start."""
    within = ((max(0.0, round(talk.start - start, 3)), min(seconds, round(talk.end - start, 3))) for talk in talks)
    return tuple(Span(start=first, end=last) for first, last in within if first < last)
