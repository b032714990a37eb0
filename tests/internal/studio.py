"""A small studio: one owner's photos, told in an order of our own, and what becomes of them in the steps that pay."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from internal.jobs import Dispatch, Job
from internal.media import Analysis, Facts, Kind
from internal.pipeline import Done, Pipeline
from internal.pipelines.vlog import PIPELINE
from internal.ports import Services
from internal.runner import deliver
from internal.storyboard import Found
from internal.uploads import receive
from internal.vlog import Scene, Storyboard, VlogSettings
from tests.internal.scripted_generator import ScriptedGenerator
from tests.media.scenery import Scenery, draw
from tests.media.stills import write_photo


@dataclass
class Studio:
    """One owner's photos, told in an order of our own, and what became of them."""

    services: Services
    generator: ScriptedGenerator
    owner: str
    folder: Path
    #: sharpness of each photo, and its size
    photos: list[tuple[float, tuple[int, int]]] = field(default_factory=lambda: [(0.9, (64, 36)), (0.5, (64, 36))])
    found: list[Found] = field(default_factory=list)
    #: for which each is shown
    seconds: float = 1.0
    settings: VlogSettings = field(default_factory=lambda: VlogSettings(style="generated", music_mood="none"))

    def shoot(self) -> None:
        for number, (sharpness, (width, height)) in enumerate(self.photos, start=1):
            path = write_photo(self.folder / f"{number}.jpg", draw(Scenery("sea", 9.0, number), width, height))
            data = path.read_bytes() + self.owner.encode()  # nobody had this one before
            media = receive(self.services, self.owner, path.name, BytesIO(data), len(data))
            facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=width, height=height)
            analysis = Analysis(facts=facts, sharpness=sharpness)
            sha256 = f"{number}{self.owner}".encode().hex().ljust(64, "0")[:64]
            self.found.append(Found(name=path.name, media_id=media.id, sha256=sha256, analysis=analysis))

    def ask(self, job_id: str = "", **more: Any) -> str:
        job_id = job_id or f"{self.owner}-{len(list(self.folder.iterdir()))}"
        params = {"settings": self.settings.model_dump(mode="json"), "media": [], **more}
        with self.services.store.begin() as tx:
            tx.add_job(Job(job_id, "vlog", self.owner, params).created(tx.now))
        return job_id

    def play(self, job_id: str) -> Job:
        """One delivery, of all steps but the first two and the last, which are given."""
        analyzed = {"found": [one.model_dump(mode="json") for one in self.found], "left_out": [], "tune": None}
        told = Storyboard(scenes=tuple(self._scenes())).model_dump(mode="json")
        given = {"analyze": analyzed, "storyboard": told, "transfer": {"folder": "handed over"}}
        steps = (replace(step, run=_gives(given[step.name])) if step.name in given else step for step in PIPELINE.steps)
        job = self.services.store.job(job_id)
        dispatch = Dispatch(job.id, job.run_no, job.dispatch_no)
        pipelines = {"vlog": Pipeline("vlog", tuple(steps), PIPELINE.finish)}
        deliver(dispatch, self.services, threading.Event(), pipelines)
        return self.services.store.job(job_id)

    def _scenes(self) -> Iterator[Scene]:
        for number, one in enumerate(self.found):
            last = number == len(self.found) - 1
            yield Scene(kind=Kind.PHOTO, sha256=one.sha256, seconds=self.seconds, caption=f"at {one.name}", last=last)

    def retry(self, job_id: str) -> None:
        with self.services.store.write(job_id) as tx:
            tx.save(tx.job.retry(tx.now), "retried")

    def ordered(self) -> list[str]:
        """Names of the photos that were ordered, in that order."""
        scenes = [int(order.labels["scene"]) for order, _ in self.generator.sent]
        return [self.found[scene - 1].name for scene in scenes]


def _gives(output: Any) -> Any:
    return lambda run: Done(output)


def kinds(job: Job) -> list[str]:
    assert job.result
    return [segment["kind"] for segment in job.result["segments"]]
