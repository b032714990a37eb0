"""Tells a day as scenes: what is shown, in which order, for how long, with which words.

Pure: the same media and settings give the same storyboard, in whatever order the media
come. Lengths are whole frames, so that the film is exactly as long as was told here.

What comes first where not everything can be had: the film is never longer than was asked
for, then no word is cut, then scenes change on the beat.
"""

from collections.abc import Iterator, Sequence

from internal.errors import PermanentFailure
from internal.film import FPS
from internal.storyboard.beats import beats_of, interval
from internal.storyboard.choice import Room, choose
from internal.storyboard.found import Found, Tune
from internal.storyboard.lengths import lengths
from internal.storyboard.pace import CLOSING, OPENING, PACES, Stay
from internal.storyboard.scenes import scenes_of, with_words
from internal.storyboard.shots import Shot, shots_of, with_room
from internal.storyboard.times import in_order
from internal.storyboard.weeding import Weeded, weed
from internal.storyboard.words import words_of
from internal.vlog import Storyboard, VlogSettings

__all__ = ["Found", "Tune", "tell"]


def tell(found: Sequence[Found], settings: VlogSettings, tune: Tune | None = None) -> Storyboard:
    """Chronological by local time, each content once (a long clip in several scenes), never longer than
    `settings.duration`. Raises PermanentFailure("nothing_to_show") when there is nothing that can be shown."""
    frames = settings.duration * FPS
    beats = beats_of(tune, frames)
    weeded = weed(in_order(found))
    if not weeded.kept:
        raise PermanentFailure("nothing_to_show", "There is no photo, and no clip long enough to be shown.")
    room = Room(frames, interval(beats))
    shots = with_room(choose(shots_of(weeded.kept, PACES[settings.theme]), room.beside_words()))
    words = words_of([shot.taken for shot in shots], settings)
    if words.title:
        shots = _longer(shots, 0, OPENING, room)
    if words.ending and words.captions[-1]:
        shots = _longer(shots, len(shots) - 1, CLOSING, room)
    has_music = tune is not None and tune.music.volume > 0
    scenes = scenes_of(shots, lengths(shots, frames, beats), settings.language, has_music)
    return Storyboard(
        scenes=with_words(scenes, words),
        music=tune.music if tune else None,
        warnings=tuple(_notes(weeded, len({scene.sha256 for scene in scenes}), settings)),
    )


def _longer(shots: list[Shot], number: int, stay: Stay, room: Room) -> list[Shot]:
    """That one is left on screen until what is written on it can be read, if the others can leave it the room."""
    longer = [*shots[:number], shots[number].staying(stay), *shots[number + 1 :]]
    return longer if room.holds([shot.lengths[0] for shot in longer]) else shots


def _notes(weeded: Weeded, shown: int, settings: VlogSettings) -> Iterator[str]:
    """What was left out and why, in as few sentences as say it."""
    yield from (f"{one.found.name}: It is too short to be shown." for one in weeded.glimpses)
    weeds = {
        "near-duplicate": weeded.duplicates,
        "blurred shot": weeded.blurred,
        "black or burnt-out shot": weeded.dark,
        "screenshot": weeded.screens,
    }
    told = [f"{len(shots)} {what}{'s' * (len(shots) > 1)}" for what, shots in weeds.items() if shots]
    if told:
        were = "was" if sum(map(len, weeds.values())) == 1 else "were"
        yield f"{' and '.join(filter(None, (', '.join(told[:-1]), told[-1])))} {were} left out."
    kept = len(weeded.kept)
    if shown < kept:
        verb = "is" if kept - shown == 1 else "are"
        yield f"{kept - shown} of {kept} files {verb} not shown, to stay within {settings.duration} seconds."
