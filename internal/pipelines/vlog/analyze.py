"""analyze: look at each media once, several at a time, and leave out what cannot be read, with its reason."""

from collections.abc import Sequence
from functools import partial

from internal import notes
from internal.errors import OnlySound, PermanentFailure, UnreadableMedia
from internal.media import Kind, Media, Reason
from internal.notes import Note
from internal.pipeline import Done, Run
from internal.pipelines.vlog.looking import Looking
from internal.pipelines.vlog.music import built_in_tune, own_tune
from internal.pipelines.vlog.side_by_side import side_by_side
from internal.storyboard import Found, Tune

#: bytes of the media that are here at a time, unless one alone has more: in the cloud, files lie in memory
ROOM = 1024**3


def analyze(run: Run) -> Done:
    """Output: `found`, as Found; `left_out`, as Notes; `tune`, as Tune or null."""
    looking = Looking(run)
    media = [run.services.store.media(run.job.owner_id, media_id) for media_id in run.job.params["media"]]
    looks = side_by_side(
        partial(_look, looking), media, run.services.analyst.at_once, _fit, partial(_show, run, len(media))
    )
    found = [look for look in looks if isinstance(look, Found)]
    left_out = [look for look in looks if isinstance(look, Note)]
    if not found:
        why = " ".join(note.text for note in left_out[:3])
        raise PermanentFailure("nothing_readable", f"None of the files could be read. {why}")
    tune = _tune(run, looking, found, left_out)
    return Done(
        {
            "found": [one.model_dump(mode="json") for one in found],
            "left_out": [note.model_dump(mode="json") for note in left_out],
            "tune": tune and tune.model_dump(mode="json"),
        }
    )


def _look(looking: Looking, media: Media) -> Found | Note:
    """What was found in it, or why it is left out."""
    try:
        return _shown(looking.at(media))
    except UnreadableMedia as error:
        return notes.left_out(media.name, Reason.of(error))


def _fit(media: Sequence[Media]) -> bool:
    return sum(one.size for one in media) <= ROOM


def _show(run: Run, of: int, finished: int) -> None:
    run.progress(finished / of, f"Looked at {finished} of {of} files")


def _shown(found: Found) -> Found:
    if found.analysis.facts.kind is Kind.MUSIC:
        raise OnlySound("It holds sound but no picture; give it as the music instead.")
    return found


def _tune(run: Run, looking: Looking, found: list[Found], left_out: list[Note]) -> Tune | None:
    """A film without its music is still a film."""
    try:
        return own_tune(run, looking) or built_in_tune(run, looking, found)
    except UnreadableMedia as error:
        left_out.append(notes.without_music(Reason.of(error)))
        return None
