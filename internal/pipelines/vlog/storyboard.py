"""storyboard: tell the day as scenes; park for review if the user asked to see them first."""

from internal.pipeline import Done, Run, Wait
from internal.pipelines.vlog.wishes import settings_of
from internal.storyboard import Found, Tune, tell


def storyboard(run: Run) -> Done | Wait:
    settings = settings_of(run)
    run.progress(0.0, "Telling the story")
    seen = run.outputs["analyze"]
    tune = Tune.model_validate(seen["tune"]) if seen["tune"] else None
    told = tell([Found.model_validate(one) for one in seen["found"]], settings, tune)
    reviewed = run.services.store.scenes(run.job.id) if settings.review else ()
    if reviewed:
        return Done(told.model_copy(update={"scenes": tuple(reviewed)}).model_dump(mode="json"))
    with run.write() as tx:
        tx.put_scenes(told.scenes)
    return Wait(None) if settings.review else Done(told.model_dump(mode="json"))
