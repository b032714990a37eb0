"""Puts a story's cards and words together as scenes: the same way when it is told and when its owner has changed it."""

from collections.abc import Sequence

from internal.media import Span
from internal.storyboard.cards import Card, Story
from internal.storyboard.words import Words
from internal.vlog import Language, Scene, Storyboard, VlogSettings

#: how loud a clip is under music where nobody talks
_AMBIENCE = 0.35
#: scenes too short to carry the opening may come before it: it still is an opening
_BEFORE_OPENING = 2


def arranged(story: Story, settings: VlogSettings) -> Storyboard:
    """What the film shows: the cards that are not left out, in their order. It has no scene when all are."""
    shown = [card for card in story.cards if not card.left_out]
    has_music = story.music is not None and story.music.volume > 0
    captions = tuple(card.caption if settings.captions else "" for card in shown)
    scenes = _scenes(shown, settings.language, has_music)
    words = Words(story.title, story.subtitle, story.ending, captions)
    return Storyboard(scenes=_with_words(scenes, words) if scenes else (), music=story.music, warnings=story.warnings)


def _scenes(cards: Sequence[Card], language: Language, has_music: bool) -> list[Scene]:
    """Without words. The last one knows that it is."""
    return [
        _scene(card, has_music).model_copy(update={"language": language, "last": number == len(cards) - 1})
        for number, card in enumerate(cards)
    ]


def _with_words(scenes: Sequence[Scene], words: Words) -> tuple[Scene, ...]:
    """The ending is left out where it could not be read, or would meet the opening."""
    opens = next((number for number, scene in enumerate(scenes[: _BEFORE_OPENING + 1]) if scene.readable), 0)
    written = [scene.model_copy(update={"caption": text}) for scene, text in zip(scenes, words.captions, strict=True)]
    if words.title or words.subtitle:
        opening = {"title": words.title, "subtitle": words.subtitle, "waits": opens > 0}
        written[opens] = written[opens].model_copy(update=opening)
    if opens < len(scenes) - 1 and scenes[-1].readable:
        written[-1] = written[-1].model_copy(update={"ending": words.ending})
    return tuple(written)


def _scene(card: Card, has_music: bool) -> Scene:
    speech = _heard(card.talks, card.start, card.seconds)
    return Scene(
        kind=card.kind,
        sha256=card.sha256,
        start=card.start,
        seconds=card.seconds,
        variation=card.variation,
        volume=_volume(card, bool(speech), has_music),
        speech=speech,
    )


def _volume(card: Card, is_speech: bool, has_music: bool) -> float:
    if not card.has_sound:
        return 0.0
    return _AMBIENCE if has_music and not is_speech else 1.0


def _heard(talks: Sequence[Span], start: float, seconds: float) -> tuple[Span, ...]:
    """Of the clip's talk, what is in the scene, from the scene's start."""
    within = ((max(0.0, round(talk.start - start, 3)), min(seconds, round(talk.end - start, 3))) for talk in talks)
    return tuple(Span(start=first, end=last) for first, last in within if first < last)
