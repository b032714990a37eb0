"""What must be true of a job that has ended, however often its processes were killed on the way."""

import hashlib
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import av
import psutil

from internal.film import Film, plan
from internal.jobs import Job, Status
from internal.pipelines import PIPELINES
from internal.pipelines.vlog.clips import brought_to_life
from internal.pipelines.vlog.compose import FILM_FILES
from internal.ports import Services
from internal.storyboard import arranged
from internal.vlog import VlogSettings
from tests.faults.house import films_in
from tests.faults.kills.bill import scenes_not_made
from tests.faults.kills.prefork import Killable
from tests.faults.kills.stage import Stage
from tests.faults.kills.work import sweep_all

STEPS = [step.name for step in PIPELINES["vlog"].steps]


def check(services: Services, job: Job, folder: Path) -> None:
    """`folder` is where its film may be looked at."""
    _ended(services, job)
    _told(services, job)
    film = _film(services, job)
    assert _delivered(services, job, folder) == film.frames
    assert len(chunks_kept(services, job)) == len(film.pieces)


def chunks_kept(services: Services, job: Job) -> dict[str, datetime]:
    """When each finished piece of the job's film was put where it is kept, by key; none before its story is told."""
    pieces = _film(services, job).pieces if services.store.story(job.id) else ()
    keys = [f"chunks/{services.composer.name}/{piece.name}.mp4" for piece in pieces]
    return {key: info.updated_at for key in keys if (info := services.work.info(key))}


def check_nothing_left(stage: Stage) -> None:
    """Once no job is being worked on: no process, and nothing that the next sweeps do not find."""
    assert Killable(stage.place, sweep_all).ended() == "swept"
    assert list(stage.services.media.list("incoming/")) == []
    assert list(stage.services.media.uploads("")) == []
    assert list(stage.place.temporary.iterdir()) == []
    assert _outliving() == []


def _outliving(seconds: float = 30.0) -> list[psutil.Process]:
    """Children that decode or draw for a killed process, still alive after that long."""
    until = time.monotonic() + seconds
    while left := [one for one in psutil.Process().children(recursive=True) if _draws(one)]:
        if time.monotonic() > until:
            return left
        time.sleep(0.02)
    return left


def _draws(process: psutil.Process) -> bool:
    """Forked from the process that serves decoders: it looks like it, and is its child."""
    try:
        command, parent = process.cmdline(), process.parent()
        alike = "infra.decode.forkserver" in " ".join(command) and parent and parent.cmdline() == command
        return bool(alike) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ended(services: Services, job: Job) -> None:
    """Completed, or partial where a scene was not brought to life; nobody works on it, and nobody is asked to."""
    failed = services.store.ledger(job.id) and scenes_not_made(services, job)
    assert (job.status, job.error) == (Status.PARTIAL if failed else Status.COMPLETED, None)
    assert job.progress == 1.0
    assert job.result is not None
    assert (job.dispatch, job.lease_until, job.next_run_at) == (None, None, None)


def _told(services: Services, job: Job) -> None:
    """Its events count up by one, neither progress nor fence ever goes back, and no step was done again once its
    checkpoint was kept."""
    events = services.store.events(job.id)
    assert [event.seq for event in events] == list(range(1, job.version + 1))
    assert all(before.progress <= after.progress for before, after in pairwise(events))
    fences = [event.data["fence"] for event in events if event.kind == "leased"]
    assert fences == list(range(1, job.fence + 1))
    assert [event.step for event in events if event.kind == "step done"] == STEPS
    assert [event.kind for event in events].count(job.status) == 1
    assert events[-1].kind == job.status


def _delivered(services: Services, job: Job, folder: Path) -> int:
    """Each file of the film is in its final place alone, as it was made; returns the film's frames."""
    assert job.result
    place = job.result["folder"]
    assert films_in(services.media, job.id) == sorted(f"{place}/{name}" for name in FILM_FILES)
    for name in FILM_FILES:
        made, arrived = folder / f"made-{name}", folder / name
        services.work.get(f"films/{job.id}/{job.run_no}/{name}", made)
        services.media.get(f"{place}/{name}", arrived)
        assert made.read_bytes() == arrived.read_bytes()
    with av.open(str(folder / "film.mp4")) as film:
        return sum(1 for _ in film.decode(video=0))


def _film(services: Services, job: Job) -> Film:
    """With the clips that its photos were brought to life as."""
    wishes = VlogSettings.model_validate(job.params["settings"])
    story = services.store.story(job.id)
    assert story
    told = arranged(story, wishes)
    made = {call.scene: call.output for call in services.store.ledger(job.id) if call.output}
    clips = {told.scenes[scene - 1].sha256: {"sha256": _sha256(services, key)} for scene, key in made.items()}
    return plan(brought_to_life(told, clips), wishes, services.short_side)


def _sha256(services: Services, key: str) -> str:
    return hashlib.sha256(b"".join(services.work.read(key, 1 << 20))).hexdigest()
