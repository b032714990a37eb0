"""What must be true of every story that its owner has changed, whatever it was and whatever they asked for."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from internal.errors import InvalidInput
from internal.film import FPS, plan
from internal.media import Kind, Span
from internal.storyboard import Card, Change, Story, arranged, changed, retell, tell
from internal.storyboard.changes import LONGEST_CAPTION
from internal.vlog import READABLE, VlogSettings
from tests.internal.given_days import at, clip, days, photo, spans, tune, tunes, wishes

few = settings(max_examples=15, deadline=None)
many = settings(max_examples=60, deadline=None)


@st.composite
def stories(draw: st.DrawFn, least: float = 1.0) -> Story:
    """Of photos and clips, each shown for `least` seconds or more."""
    cards = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        frames = draw(st.just(0) | st.integers(60, 600))
        shown = draw(st.integers(int(least * FPS), min(frames or 150, 150)))
        start = draw(st.floats(0, (frames - shown) / FPS)) if frames else 0.0
        edges = draw(st.lists(st.floats(0, frames / FPS), max_size=6, unique=True).map(sorted)) if frames else []
        cards.append(
            Card(
                id=number,
                kind=Kind.CLIP if frames else Kind.PHOTO,
                sha256=f"sha {number}",
                media_id=f"id {number}",
                name=f"{number}.x",
                frames=frames,
                has_sound=bool(frames),
                talks=spans(*edges[: len(edges) // 2 * 2]),
                caption=draw(st.sampled_from(["", "A heron"])),
                start=start,
                seconds=shown / FPS,
            )
        )
    words = {name: draw(st.sampled_from(["", name])) for name in ("title", "subtitle", "ending")}
    return Story(cards=tuple(cards), **words)


@st.composite
def changed_stories(draw: st.DrawFn) -> tuple[Story, list[Change], Story]:
    """(as told, what was asked, as changed). What is asked may be."""
    told = draw(stories())
    asked = []
    for card in draw(st.permutations(told.cards)):
        seconds = draw(st.none() | st.floats(card.least / FPS, min(card.most / FPS, 6)))
        latest = max(0.0, card.footage - (seconds or card.seconds))
        start = draw(st.none() | st.floats(0, latest)) if card.kind is Kind.CLIP else None
        if seconds is not None and start is None:
            start = min(card.start, latest)
        caption, left_out = draw(st.sampled_from([None, "", "A gull"])), draw(st.sampled_from([None, False, True]))
        asked.append(Change(id=card.id, caption=caption, start=start, seconds=seconds, left_out=left_out))
    asked[0] = asked[0].model_copy(update={"left_out": False})
    return told, asked, changed(told, asked, WISH)


#: captions in one language of several, and room for all
WISH = VlogSettings(duration=60, language="ja")


@few
@given(days(4), wishes, tunes)
def test_asked_for_nothing_or_told_again_under_the_same_settings_a_story_stays_as_it_is(day, wish, music):
    told = tell(day, wish, music)
    assert changed(told, [Change(id=card.id) for card in told.cards], wish) == told
    same = [Change(**card.model_dump(include={"id", "start", "seconds", "left_out"})) for card in told.cards]
    assert changed(told, same, wish) == told
    given = told.model_copy(update={"told": False, "title": "", "music": None})
    assert retell(given, day, wish, music) == told


@many
@given(changed_stories())
def test_the_film_shows_what_was_asked_for_in_that_order_and_the_rest_stays(given):
    told, asked, after = given
    before = {card.id: card for card in told.cards}
    for change, card in zip(asked, after.cards, strict=True):
        was = before[change.id]
        assert card.caption == (was.caption if change.caption is None else change.caption)
        assert card.left_out == (was.left_out if change.left_out is None else change.left_out)
        assert card.seconds == pytest.approx(was.seconds if change.seconds is None else change.seconds, abs=0.51 / FPS)
        assert card.start == pytest.approx(was.start if change.start is None else change.start, abs=1.01 / FPS)
        assert card.model_copy(update=was.model_dump(include={"caption", "left_out", "seconds", "start"})) == was
    shown = [card for card in after.cards if not card.left_out]
    film = arranged(after, WISH).scenes
    assert [(one.sha256, one.start, one.seconds, one.caption, one.variation) for one in film] == [
        (card.sha256, card.start, card.seconds, card.caption, card.id - 1) for card in shown
    ]


@many
@given(changed_stories())
def test_lengths_are_whole_frames_within_the_film_and_the_clip_and_transitions_fit(given):
    _, _, after = given
    film = plan(arranged(after, WISH), WISH)
    assert film.frames <= WISH.duration * FPS
    whole = {card.sha256: card.footage for card in after.cards}
    for scene, count in zip(film.scenes, film.counts, strict=True):
        assert scene.seconds == count / FPS
        assert scene.start + scene.seconds <= whole[scene.sha256] + 1e-6 or scene.kind is Kind.PHOTO
    for count, before, behind in zip(film.counts, (0, *film.overlaps), (*film.overlaps, 0), strict=True):
        assert before + behind < count


def within(talks: tuple[Span, ...], at: float) -> bool:
    return any(talk.start < at < talk.end for talk in talks)


@many
@given(stories(), st.lists(st.integers(10, 20), min_size=1))
def test_no_story_that_is_too_long_is_taken(told, lengths):
    longest = [card.model_copy(update={"start": 0.0, "seconds": card.most / FPS}) for card in told.cards]
    asked = [Change(**card.model_dump(include={"id", "start", "seconds"})) for card in longest]
    for duration in lengths:
        wish = VlogSettings(duration=duration)
        film = arranged(told.model_copy(update={"cards": tuple(longest)}), wish)
        if plan(film, wish).frames <= duration * FPS:
            assert changed(told, asked, wish).cards == tuple(longest)
        else:
            with pytest.raises(InvalidInput, match="shorten some"):
                changed(told, asked, wish)


@many
@given(changed_stories())
def test_speech_moves_with_what_is_shown(given):
    _, _, after = given
    talks = {card.sha256: card.talks for card in after.cards}
    for scene in arranged(after, WISH).scenes:
        for talk in scene.speech:
            assert 0 <= talk.start < talk.end <= scene.seconds
        for frame in range(round(scene.seconds * FPS)):
            at = (frame + 0.5) / FPS
            said = {within(talks[scene.sha256], scene.start + at + off) for off in (-0.002, 0.002)}
            if len(said) == 1:
                assert {within(scene.speech, at)} == said


@many
@given(changed_stories())
def test_the_opening_can_be_read_where_any_of_the_first_can_and_the_ending_is_last(given):
    told, _, after = given
    scenes = arranged(after, WISH).scenes
    assert [scene.last for scene in scenes] == [False] * (len(scenes) - 1) + [True]
    assert {scene.language for scene in scenes} == {"ja"}
    number = next((number for number, scene in enumerate(scenes[:3]) if scene.readable), 0)
    words = [(told.title, told.subtitle) if at == number else ("", "") for at in range(len(scenes))]
    assert [(scene.title, scene.subtitle) for scene in scenes] == words
    assert [scene.waits for scene in scenes] == [at == number > 0 and any(words[at]) for at in range(len(scenes))]
    ending = told.ending if scenes[-1].seconds >= READABLE and number < len(scenes) - 1 else ""
    assert [scene.ending for scene in scenes] == [*[""] * (len(scenes) - 1), ending]


@many
@given(stories(least=1.5), st.randoms(use_true_random=False))
def test_a_scene_that_was_moved_keeps_the_names_of_its_pieces(told, random):
    """One without the film's words that does not fade to black either, and shares as much with its neighbours."""
    told = told.model_copy(update={"title": "", "subtitle": "", "ending": ""})
    moved = told.model_copy(update={"cards": tuple(random.sample(told.cards, len(told.cards)))})
    ends = {story.cards[end].sha256 for story in (told, moved) for end in (0, -1)}
    before, after = (
        {
            (chunk.views[0].scene.sha256, chunk.name)
            for chunk in plan(arranged(story, WISH), WISH).chunks
            if len(chunk.views) == 1 and chunk.views[0].scene.sha256 not in ends
        }
        for story in (told, moved)
    )
    assert before == after


# ---------------------------------------------------------------- by example


@pytest.fixture
def story() -> Story:
    """A clip of eight seconds, in which somebody talks, between two photos."""
    day = [
        photo("a.jpg", at(9)),
        clip("b.mp4", 8.0, at(10), speech=spans(1.0, 2.0, 5.0, 6.0)),
        photo("c.jpg", at(11)),
    ]
    return tell(day, VlogSettings(title="Sea"), tune())


def trimmed(story: Story, start: float, seconds: float) -> Story:
    asked = [Change(id=1), Change(id=2, start=start, seconds=seconds), Change(id=3)]
    return changed(story, asked, VlogSettings())


def test_music_steps_back_where_there_is_speech_in_what_is_left(story):
    assert arranged(trimmed(story, 4.5, 2.0), VlogSettings()).scenes[1].speech == spans(0.5, 1.5)
    assert arranged(trimmed(story, 5.5, 2.0), VlogSettings()).scenes[1].speech == spans(0.0, 0.5)
    quiet = arranged(trimmed(story, 2.5, 2.0), VlogSettings()).scenes[1]
    assert (quiet.speech, quiet.volume) == ((), 0.35)
    again = arranged(trimmed(trimmed(story, 2.5, 2.0), 0.0, 8.0), VlogSettings()).scenes[1]
    assert again.speech == spans(1.0, 2.0, 5.0, 6.0)


@pytest.mark.parametrize(("start", "seconds", "kept"), [(6.0, 2.0, (6.0, 2.0)), (6.01, 2.01, (6.0, 2.0))])
def test_rounded_to_frames_a_scene_still_ends_with_its_clip(story, start, seconds, kept):
    card = trimmed(story, start, seconds).cards[1]
    assert (card.start, card.seconds) == pytest.approx(kept)


@pytest.mark.parametrize(("start", "seconds"), [(7.5, 1.0), (0.1, 8.0), (float("nan"), 2.0), (0.0, float("inf"))])
def test_what_is_not_in_the_clip_is_refused(story, start, seconds):
    with pytest.raises(InvalidInput) as refused:
        trimmed(story, start, seconds)
    assert refused.value.field in ("scenes.1.start", "scenes.1.seconds")


def test_a_caption_is_as_long_as_an_analyst_may_say(story):
    asked = [Change(id=card.id, caption=" " + "x" * LONGEST_CAPTION) for card in story.cards]
    assert changed(story, asked, VlogSettings()).cards[0].caption == "x" * LONGEST_CAPTION
    with pytest.raises(InvalidInput):
        changed(story, [*asked[:2], Change(id=3, caption="x" * (LONGEST_CAPTION + 1))], VlogSettings())


def test_captions_that_were_not_wanted_at_first_can_be_had_later():
    day = [photo("a.jpg", caption="A heron"), photo("b.jpg", at(13), caption="A gull")]
    silent = VlogSettings(captions=False)
    told = tell(day, silent)
    assert [scene.caption for scene in arranged(told, silent).scenes] == ["", ""]
    assert [scene.caption for scene in arranged(retell(told, day, VlogSettings()), VlogSettings()).scenes] == [
        "A heron",
        "A gull",
    ]


def test_what_is_gone_when_it_is_told_again_is_left_out(story):
    fewer = retell(story, [photo("c.jpg", at(11))], VlogSettings())
    assert [card.id for card in fewer.cards] == [3]


def test_the_places_of_cards_say_nothing_of_how_photos_are_panned(story):
    backwards = story.model_copy(update={"cards": story.cards[::-1]})
    assert [scene.variation for scene in arranged(backwards, VlogSettings()).scenes] == [2, 1, 0]
    assert all(here.start <= there.start for here, there in pairwise(backwards.cards[1].talks))
