"""Veo on Vertex AI: a photo and a prompt become a clip, for money."""

import logging
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from infra.generator.veo_reasons import ELSEWHERE, LOST, NOTHING, failed, filtered
from internal.errors import InvalidInput
from internal.ports import Made, NotMade, Order, WorkStore

if TYPE_CHECKING:
    from google.genai.types import GenerateVideosResponse

    from infra.generator.veo_calls import Calls

_log = logging.getLogger(__name__)
Resolution = Literal["720p", "1080p"]
#: seconds that it makes
LENGTHS = (4, 6, 8)
#: US dollars for a second of film, November 2026
PRICES: dict[str, dict[Resolution, float]] = {
    "veo-3.1-generate-001": {"720p": 0.40, "1080p": 0.40},
    "veo-3.1-fast-generate-001": {"720p": 0.10, "1080p": 0.12},
    "veo-3.1-lite-generate-001": {"720p": 0.05, "1080p": 0.08},
}


class VeoGenerator:
    """Fills `SceneGenerator`. `submit_timeout`: what `start` may take, token and all. `endpoint`: a local server that
    speaks Vertex AI's API."""

    name = "veo"

    def __init__(
        self,
        project: str,
        location: str,
        model: str,
        work: WorkStore,
        submit_timeout: timedelta,
        endpoint: str | None = None,
    ) -> None:
        self._project, self._location, self._model = project, location, model
        self._work, self._limit, self._endpoint = work, submit_timeout, endpoint
        if model not in PRICES:
            _log.warning("no price is known for this model: the dearest is taken", extra={"model": model})

    def seconds(self, least: float) -> int:
        return next((length for length in LENGTHS if length >= least), LENGTHS[-1])

    def price(self, seconds: int, resolution: Resolution) -> float:
        dearest = max(prices[resolution] for prices in PRICES.values())
        # the ledger's sums are exact: nothing less than what was meant goes in
        return round(seconds * PRICES.get(self._model, {}).get(resolution, dearest), 4)

    def start(self, order: Order, prefix: str) -> str:
        return self._calls.submit(order, self._work.uri(prefix))

    def poll(self, operation: str) -> Made | NotMade | None:
        answer = self._calls.ask(operation)
        if answer is None:
            return NotMade(LOST, charged=True)
        if answer.error:
            return NotMade(*failed(answer.error.get("code", 0), str(answer.error.get("message", ""))))
        return self._result(answer.response) if answer.done else None

    @cached_property
    def _calls(self) -> "Calls":
        from infra.generator.veo_calls import Calls  # noqa: PLC0415  # who asks for a price alone needs no SDK
        from infra.vertex.client import Vertex  # noqa: PLC0415

        return Calls(Vertex(self._project, self._location, self._endpoint, self._limit), self._model)

    def _result(self, response: "GenerateVideosResponse | None") -> Made | NotMade:
        """Of work that is done. A filter shows as success without any clip."""
        videos = (response and response.generated_videos) or []
        uris = [video.video.uri for video in videos if video.video and video.video.uri]
        if uris:
            return self._at(uris[0])
        if response and (response.rai_media_filtered_count or response.rai_media_filtered_reasons):
            return NotMade(filtered(response.rai_media_filtered_reasons or []))
        return NotMade(NOTHING)

    def _at(self, uri: str) -> Made | NotMade:
        """Only what lies in our own work store, under a key that is sound, is believed."""
        key = uri.removeprefix("gs://").partition("/")[2]
        try:
            ours = self._work.uri(key) == uri and not key.endswith("/")
        except InvalidInput:
            ours = False
        if not ours:
            _log.error("the generator named a place that is not ours", extra={"uri": uri[:200]})
        return Made(key) if ours else NotMade(ELSEWHERE, charged=True)
