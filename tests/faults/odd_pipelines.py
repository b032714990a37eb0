"""Pipelines that do what no real one should, each to show how a job of it ends.

A step notes each time it is run, as a line of the file named in its job's params: what was done twice shows.
"""

import os
import random
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from internal.errors import PermanentFailure, TemporaryFailure
from internal.pipeline import Done, Outcome, Pipeline, Run, Step, Wait
from internal.pipelines.vlog.compose import FILM_FILES
from internal.pipelines.vlog.transfer import transfer
from internal.uploads import PART

#: must never reach a user
SECRET = "canary-5f1c"


def note(run: Run, word: str) -> int:
    """How often this word has been noted of the job, this time included."""
    path = Path(run.job.params["notes"])
    with path.open("a") as file:
        file.write(word + "\n")
    return path.read_text().split().count(word)


def plain(run: Run) -> Done:
    for number in range(3):
        run.progress(number / 3, f"{number} of 3")
        with run.write() as tx:
            tx.save(tx.job, f"wrote {number}")
    return Done(note(run, "plain"))


def raises(run: Run) -> Done:
    note(run, "raises")
    raise ValueError(f"{SECRET} in {run.folder}")


def refuses(run: Run) -> Done:
    raise PermanentFailure("no_such_place", "There is no such place.")


def never_now(run: Run) -> Done:
    note(run, "never now")
    raise TemporaryFailure("The far side is out of reach.")


def later(run: Run) -> Done:
    """Succeeds in the run after the first."""
    if run.job.run_no == 1:
        raise TemporaryFailure("Not in this run.")
    return Done()


def dies(run: Run) -> Done:
    note(run, "dies")
    os.kill(os.getpid(), signal.SIGKILL)
    return Done()


def waits(run: Run) -> Done | Wait:
    return Wait(timedelta(seconds=0.3)) if note(run, "waits") < 3 else Done()


def parks(run: Run) -> Done | Wait:
    return Wait(None) if note(run, "parks") < 2 else Done()


def lasts(run: Run) -> Done:
    """Works until it is told to stop, or the file is there."""
    note(run, "lasts")
    end = Path(run.job.params["notes"] + ".end")
    while not end.exists():
        run.check()
        time.sleep(0.01)
    return Done()


def forgets_to_check(run: Run) -> Done:
    """Works on whatever happens, then writes."""
    note(run, "forgets")
    end = Path(run.job.params["notes"] + ".end")
    while not end.exists():
        time.sleep(0.01)
    with run.write() as tx:
        tx.save(tx.job, "written late")
    note(run, "wrote late")
    return Done()


def big_film(run: Run) -> Done:
    """A film of several parts that nobody had to render."""
    folder, noise = f"films/{run.job.id}/{run.job.run_no}", random.Random(run.job.id)
    for name, content_type in FILM_FILES.items():
        size = 4 * PART + 1000 if name == "film.mp4" else 1000
        run.services.work.put(f"{folder}/{name}", BytesIO(noise.randbytes(size)), content_type)
    return Done({"folder": folder})


def finish(outputs: Mapping[str, Any]) -> Outcome:
    return Outcome(dict(outputs))


def pipeline(*steps: Any) -> Pipeline:
    """Named after its last step; the steps before it are plain."""
    return Pipeline(
        steps[-1].__name__, tuple(Step(f"{n}-{step.__name__}", step) for n, step in enumerate(steps)), finish
    )


ODD = {
    made.kind: made
    for made in (
        pipeline(plain, plain, plain),
        pipeline(plain, raises),
        pipeline(refuses),
        pipeline(plain, never_now),
        pipeline(plain, later),
        pipeline(plain, dies),
        pipeline(plain, waits),
        pipeline(plain, parks),
        pipeline(plain, lasts),
        pipeline(forgets_to_check),
        Pipeline("transfers", (Step("compose", big_film), Step("transfer", transfer)), finish),
    )
}
