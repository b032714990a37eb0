"""Veo's half: orders taken, the clips they become, and what their operations answer."""

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from internal.errors import Error
from tests.vertex.clips import Size, clip, picture
from tests.vertex.refusal import Refusal
from tests.vertex.script import Answer
from tests.vertex.shapes import Picture, PredictLongRunning
from tests.vertex.store import Bucket

ANSWER = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"


@dataclass(frozen=True)
class Submission:
    """One order that was accepted. `charged`: it brings a clip, or might have."""

    operation: str
    model: str
    prefix: str
    labels: Mapping[str, str]
    seed: int | None
    seconds: int
    resolution: str
    prompt: str
    charged: bool


@dataclass
class Work:
    """What goes on behind one operation."""

    submission: Submission
    answer: Answer
    uris: list[str]
    began: float = field(default_factory=time.monotonic)
    polls: int = 0
    #: its objects lie in the bucket, or cannot, for this reason
    settled: threading.Event = field(default_factory=threading.Event)
    failure: str = ""

    @property
    def over(self) -> bool:
        return self.answer.outcome != "never" and self.polls > self.answer.running and self._since(self.answer.seconds)

    @property
    def due(self) -> bool:
        """Whether its objects should lie in the bucket by now."""
        return self.answer.object_after is None or self._since(self.answer.object_after)

    def _since(self, seconds: float) -> bool:
        return time.monotonic() - self.began >= seconds


class Veo:
    """`short_side` of its clips in pixels; None for the resolution that was asked for."""

    def __init__(self, bucket: Bucket, short_side: int | None) -> None:
        self._bucket = bucket
        self._short_side = short_side
        self._works: dict[str, Work] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._makers: list[threading.Thread] = []

    @property
    def submissions(self) -> list[Submission]:
        """In the order in which they were accepted."""
        with self._lock:
            return [work.submission for work in self._works.values()]

    def close(self) -> None:
        """What is not made yet never will be."""
        self._closed.set()
        for maker in self._makers:
            maker.join()

    def check(self, order: PredictLongRunning) -> None:
        """What only the bucket and the picture can tell. Raises Refusal."""
        instance, asked = order.instances[0], order.parameters
        if asked.storage_uri:
            self._bucket.at(asked.storage_uri)
        for one in (instance.image, instance.last_frame):
            if one:
                picture(self._bytes(one))

    def submit(self, place: str, model: str, order: PredictLongRunning, answer: Answer) -> str:
        """The operation's name, under `place`. From here on it is charged."""
        name = f"{place}/operations/{uuid.uuid4()}"
        work = Work(_submission(name, model, order, answer), answer, _uris(order))
        maker = threading.Thread(target=self._make, args=(work, order), daemon=True)
        with self._lock:
            self._works[name] = work
            self._makers.append(maker)
        maker.start()
        if answer.drop == "written":
            maker.join()
        return name

    def find(self, name: str) -> Work:
        """Raises Refusal (404) for a name that was never given."""
        with self._lock:
            work = self._works.get(name)
        if work is None or work.answer.outcome == "lost":
            raise Refusal(404, f"The operation {name} was not found.")
        return work

    def poll(self, name: str) -> dict[str, Any]:
        work = self.find(name)
        with self._lock:
            work.polls += 1
            over = work.over
        if not over:
            return {"name": name}
        return {"name": name, "done": True, **self._end(work)}

    def _end(self, work: Work) -> dict[str, Any]:
        answer = work.answer
        if answer.outcome == "error":
            return {"error": {"code": answer.code, "message": answer.message or "Internal error. Please try again."}}
        if answer.outcome == "filtered":
            count = max(1, len(answer.reasons))
            filtered = {"raiMediaFilteredCount": count, "raiMediaFilteredReasons": list(answer.reasons)}
            return {"response": {"@type": ANSWER, **filtered}}
        if answer.outcome == "empty":
            return {"response": {"@type": ANSWER}}
        if work.due:
            work.settled.wait()
        if work.failure:
            return {"error": {"code": 13, "message": work.failure}}
        videos = [{"gcsUri": uri, "mimeType": "video/mp4"} for uri in work.uris]
        return {"response": {"@type": ANSWER, "raiMediaFilteredCount": 0, "videos": videos}}

    def _make(self, work: Work, order: PredictLongRunning) -> None:
        after = work.answer.object_after
        if work.answer.outcome not in ("made", "lost") and after is None:
            return
        if self._closed.wait(work.answer.seconds if after is None else after):
            return
        try:
            data = self._drawn(order)
            for uri in work.uris:
                self._bucket.write(uri, data)
        except (Refusal, Error, OSError) as error:
            work.failure = str(error)
        finally:
            work.settled.set()

    def _drawn(self, order: PredictLongRunning) -> bytes:
        asked, image = order.parameters, order.instances[0].image
        size = Size.of(asked.aspect_ratio, self._short_side or int(asked.resolution.removesuffix("p")))
        return clip(self._bytes(image) if image else None, asked.duration_seconds, size, asked.generate_audio)

    def _bytes(self, image: Picture) -> bytes:
        return image.bytes_base64_encoded or self._bucket.read(image.gcs_uri or "")


def _uris(order: PredictLongRunning) -> list[str]:
    """A folder of its own below the prefix, as Veo makes one."""
    folder = f"{order.parameters.storage_uri}{uuid.uuid4().int % 10**19}"
    return [f"{folder}/sample_{number}.mp4" for number in range(order.parameters.sample_count)]


def _submission(name: str, model: str, order: PredictLongRunning, answer: Answer) -> Submission:
    asked = order.parameters
    return Submission(
        operation=name,
        model=model,
        prefix=asked.storage_uri or "",
        labels=order.labels,
        seed=asked.seed,
        seconds=asked.duration_seconds,
        resolution=asked.resolution,
        prompt=order.instances[0].prompt,
        charged=answer.outcome in ("made", "lost", "never"),
    )
