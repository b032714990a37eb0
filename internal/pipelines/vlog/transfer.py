"""transfer: hand the finished film over from the work store to the media store."""

from internal.copying import Copier
from internal.errors import Damaged, NotFound, TemporaryFailure
from internal.pipeline import Done, Run
from internal.pipelines.vlog.compose import FILM_FILES


def transfer(run: Run) -> Done:
    job, source = run.job, run.outputs["compose"]["folder"]
    target = f"vlogs/{job.id}/{job.run_no}"
    run.check()
    copier = Copier.of(run.services.work, run.services.media, f"{target}/", job.id, job.fence)
    for number, (name, content_type) in enumerate(FILM_FILES.items()):
        _hand_over(run, copier, f"{source}/{name}", content_type, number)
    return Done({"folder": target})


def _hand_over(run: Run, copier: Copier, source: str, content_type: str, number: int) -> None:
    def passed(fraction: float) -> None:
        run.progress((number + fraction) / len(FILM_FILES), "Handing the film over")

    try:
        copier.copy(source, source.rpartition("/")[2], content_type, passed)
    except (NotFound, Damaged) as error:
        # without it compose's checkpoint does not hold: the next attempt makes the film again
        run.services.work.delete(source)
        raise TemporaryFailure("The finished film was lost on the way; it is put together again.") from error
