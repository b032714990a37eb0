"""analyze: look at each media once, and leave out what cannot be read, with its reason."""

from internal.errors import PermanentFailure, UnreadableMedia
from internal.media import Kind
from internal.pipeline import Done, Run
from internal.pipelines.vlog.looking import look_at
from internal.pipelines.vlog.music import built_in_tune, own_tune
from internal.storyboard import Found, Tune


def analyze(run: Run) -> Done:
    """Output: `found`, as Found; `left_out`, sentences; `tune`, as Tune or null."""
    found: list[Found] = []
    left_out: list[str] = []
    media_ids = run.job.params["media"]
    for number, media_id in enumerate(media_ids):
        media = run.services.store.media(run.job.owner_id, media_id)
        run.progress(number / len(media_ids), f"Looking at {media.name}")
        try:
            found.append(_shown(look_at(run, media)))
        except UnreadableMedia as error:
            left_out.append(f"{media.name}: {error}")
    if not found:
        raise PermanentFailure("nothing_readable", "None of the files could be read. " + " ".join(left_out[:3]))
    tune = _tune(run, found, left_out)
    return Done(
        {
            "found": [one.model_dump(mode="json") for one in found],
            "left_out": left_out,
            "tune": tune and tune.model_dump(mode="json"),
        }
    )


def _shown(found: Found) -> Found:
    if found.analysis.facts.kind is Kind.MUSIC:
        raise UnreadableMedia("It holds sound but no picture; give it as the music instead.")
    return found


def _tune(run: Run, found: list[Found], left_out: list[str]) -> Tune | None:
    """A film without its music is still a film."""
    try:
        return own_tune(run) or built_in_tune(run, found)
    except UnreadableMedia as error:
        left_out.append(f"Music: {error}")
        return None
