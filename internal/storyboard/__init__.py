"""Tells a day as scenes: what is shown, in which order, for how long, with which words.

Pure: the same media and settings give the same story, in whatever order the media come.
Lengths are whole frames, so that the film is exactly as long as was told here. A story is
told once; what its owner makes of it (`changes`) changes its cards, and `arranged` makes
scenes of them.

What comes first where not everything can be had: the film is never longer than was asked
for, then no word is cut, then scenes change on the beat.
"""

from collections.abc import Iterator, Sequence

from internal import notes
from internal.errors import PermanentFailure
from internal.film import FPS
from internal.media import Reason
from internal.notes import Note
from internal.storyboard.beats import beats_of, interval
from internal.storyboard.cards import Card, Story
from internal.storyboard.changes import Change, changed, within_limits
from internal.storyboard.choice import Room, choose
from internal.storyboard.found import Found, Tune
from internal.storyboard.lengths import lengths
from internal.storyboard.pace import CLOSING, OPENING, PACES, Stay
from internal.storyboard.scenes import arranged
from internal.storyboard.shots import Shot, shots_of, with_room
from internal.storyboard.times import in_order
from internal.storyboard.weeding import Weeded, weed
from internal.storyboard.words import words_of
from internal.vlog import VlogSettings

__all__ = ["Card", "Change", "Found", "Story", "Tune", "arranged", "changed", "retell", "tell", "within_limits"]

TOO_SHORT = Reason(code="too_short", text="It is too short to be shown.")


def tell(found: Sequence[Found], settings: VlogSettings, tune: Tune | None = None) -> Story:
    """Chronological by local time, each content once (a long clip in several scenes), never longer than
    `settings.duration`. Raises PermanentFailure("nothing_to_show") when there is nothing that can be shown."""
    frames = settings.duration * FPS
    beats = beats_of(tune, frames)
    weeded = weed(in_order(found))
    if not weeded.kept:
        raise PermanentFailure("nothing_to_show", "There is no photo, and no clip long enough to be shown.")
    room = Room(frames, interval(beats))
    shots = with_room(choose(shots_of(weeded.kept, PACES[settings.theme]), room.beside_words()))
    taken = [shot.taken for shot in shots]
    words = words_of(taken, settings)
    if words.title:
        shots = _longer(shots, 0, OPENING, room)
    if words.ending and words.captions[-1]:
        shots = _longer(shots, len(shots) - 1, CLOSING, room)
    captions = words_of(taken, settings.model_copy(update={"captions": True})).captions
    return Story(
        cards=tuple(map(_card, range(1, len(shots) + 1), shots, lengths(shots, frames, beats), captions)),
        title=words.title,
        subtitle=words.subtitle,
        ending=words.ending,
        music=tune.music if tune else None,
        warnings=tuple(_notes(weeded, len({shot.found.sha256 for shot in shots}), settings)),
    )


def retell(story: Story, found: Sequence[Found], settings: VlogSettings, tune: Tune | None = None) -> Story:
    """The same cards under other settings: the opening, the ending and the music are told anew. Cards whose media is
    not there any more are gone. Raises PermanentFailure("nothing_to_show") as `tell`."""
    taken = {one.found.sha256: one for one in in_order(found)}
    cards = tuple(card for card in story.cards if card.sha256 in taken)
    if all(card.left_out for card in cards):
        raise PermanentFailure("nothing_to_show", "Of what this vlog shows, nothing can be shown any more.")
    words = words_of([taken[card.sha256] for card in sorted(cards, key=lambda card: card.id)], settings)
    told = {"title": words.title, "subtitle": words.subtitle, "ending": words.ending, "music": tune and tune.music}
    return story.model_copy(update={**told, "cards": cards, "told": True})


def _card(number: int, shot: Shot, frames: int, caption: str) -> Card:
    return Card(
        id=number,
        kind=shot.found.kind,
        sha256=shot.found.sha256,
        media_id=shot.found.media_id,
        name=shot.found.name,
        frames=shot.found.frames if shot.is_clip else 0,
        has_sound=shot.found.analysis.facts.has_sound,
        talks=shot.found.talks,
        caption=caption,
        start=shot.start(frames),
        seconds=frames / FPS,
    )


def _longer(shots: list[Shot], number: int, stay: Stay, room: Room) -> list[Shot]:
    """That one is left on screen until what is written on it can be read, if the others can leave it the room."""
    longer = [*shots[:number], shots[number].staying(stay), *shots[number + 1 :]]
    return longer if room.holds([shot.lengths[0] for shot in longer]) else shots


def _notes(weeded: Weeded, shown: int, settings: VlogSettings) -> Iterator[Note]:
    """What was left out and why, in as few sentences as say it."""
    yield from (notes.left_out(one.found.name, TOO_SHORT) for one in weeded.glimpses)
    weeds = {
        "duplicates": weeded.duplicates,
        "blurred": weeded.blurred,
        "dark": weeded.dark,
        "screens": weeded.screens,
    }
    if any(weeds.values()):
        yield notes.weeded({kind: len(shots) for kind, shots in weeds.items() if shots})
    kept = len(weeded.kept)
    if shown < kept:
        yield notes.no_room(kept - shown, kept, settings.duration)
