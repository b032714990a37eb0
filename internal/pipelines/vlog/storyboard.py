"""storyboard: tell the day as scenes; park for review if the user asked to see them first."""

from internal.pipeline import Done, Run, Wait
from internal.pipelines.vlog.wishes import settings_of
from internal.storyboard import Found, tell
from internal.vlog import Storyboard


def storyboard(run: Run) -> Done | Wait:
    settings = settings_of(run)
    run.progress(0.0, "Telling the story")
    told = tell([Found.model_validate(one) for one in run.outputs["analyze"]["found"]], settings)
    reviewed = run.services.store.scenes(run.job.id) if settings.review else ()
    if reviewed:
        return Done(Storyboard(scenes=tuple(reviewed), warnings=told.warnings).model_dump(mode="json"))
    with run.write() as tx:
        tx.put_scenes(told.scenes)
    return Wait(None) if settings.review else Done(told.model_dump(mode="json"))
