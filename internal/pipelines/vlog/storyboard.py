"""storyboard: tell the day as scenes; park for review if the user asked to see them first."""

from collections.abc import Sequence

from internal.pipeline import Done, Run, Wait
from internal.pipelines.vlog.pictures import pictured
from internal.pipelines.vlog.wishes import is_version, settings_of
from internal.storyboard import Found, Story, Tune, arranged, retell, tell


def storyboard(run: Run) -> Done | Wait:
    """Output: the storyboard that the film shows."""
    settings = settings_of(run)
    story = _kept(run)
    if story is None or not story.told:
        story = _told(run, story)
    if settings.review and not story.approved:
        return Wait(None)
    return Done(arranged(story, settings).model_dump(mode="json"))


def _kept(run: Run) -> Story | None:
    """What its owner has made of it, or is about to: any other is told anew, of all that can be read by now."""
    is_theirs = settings_of(run).review or is_version(run)
    return run.services.store.story(run.job.id) if is_theirs else None


def _told(run: Run, given: Story | None) -> Story:
    """Kept for its owner to see."""
    run.progress(0.0, "Telling the story")
    found, tune = _seen(run)
    settings = settings_of(run)
    story = retell(given, found, settings, tune) if given else tell(found, settings, tune)
    run.progress(0.3, "Drawing its scenes")
    story = pictured(run, story)
    with run.write() as tx:
        tx.put_story(run.job.id, story)
    return story


def _seen(run: Run) -> tuple[Sequence[Found], Tune | None]:
    seen = run.outputs["analyze"]
    found = [Found.kept(one) for one in seen["found"]]
    return found, Tune.kept(seen["tune"]) if seen["tune"] else None
