"""MediaAnalyst that measures, and asks Gemini on Vertex AI what is in what it measured.

What leaves the house is pixels, and speech: photos as small JPEGs within the question, clips as small mp4s in the work
store for as long as the question lasts. No name, no place, no time, no word of the user's goes with them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from infra.analyst import prices
from infra.analyst.measured import MeasuredAnalyst
from infra.analyst.patience import POLL
from internal.errors import UnreadableMedia
from internal.media import Analysis, Facts, Kind, Reason
from internal.ports import Usage, WorkStore
from internal.prompts import prompt
from internal.vlog import Language

if TYPE_CHECKING:
    from infra.analyst.asking import Asking
    from infra.analyst.showing import Showing

#: questions at a time: their answers take seconds, and their media little room
AT_ONCE = 8
LIMIT = timedelta(minutes=2)
Check = Callable[[], None]


class GeminiAnalyst:
    """`work`: where Gemini can read clips; `endpoint`: a local server that speaks Vertex AI's API; `limit` of a
    question with all its tries; `pause`: seconds before the second of them."""

    def __init__(
        self,
        project: str,
        location: str,
        model: str,
        work: WorkStore,
        endpoint: str | None = None,
        limit: timedelta = LIMIT,
        pause: float = 1.0,
    ) -> None:
        self._project, self._location, self._model, self._work = project, location, model, work
        self._endpoint, self._limit, self._pause = endpoint, limit, pause
        self._measured = MeasuredAnalyst()
        self._cores = BoundedSemaphore(self._measured.at_once)
        prices.warn_of(model)

    @property
    def at_once(self) -> int:
        return max(AT_ONCE, self._measured.at_once)

    def name(self, language: Language) -> str:
        version = prompt("describe").version
        return f"gemini/{self._model}/{version}/{self._measured.name(language)}/{language}"

    def price(self, facts: Facts) -> float:
        return prices.of_question(self._model, facts)

    def measure(self, path: Path, check: Check) -> Analysis:
        with self._core(check):
            return self._measured.measure(path, check)

    def analyze(self, path: Path, language: Language, check: Check, spend: Callable[[Usage], None]) -> Analysis:
        """Measures first: what cannot be read is shown to nobody."""
        measured = self.measure(path, check)
        if measured.facts.kind is Kind.MUSIC:
            return measured
        return self._described(path, measured, language, check, spend)

    def _described(
        self, path: Path, measured: Analysis, language: Language, check: Check, spend: Callable[[Usage], None]
    ) -> Analysis:
        from infra.analyst.answers import Undescribed, described  # noqa: PLC0415  # as below
        from infra.analyst.asking import Question  # noqa: PLC0415

        try:
            with self._showing.shown(path, measured, check) as shown:
                said = self._asking.ask(Question(shown.media, language, shown.times), check, spend)
        except Undescribed as error:
            return measured.model_copy(update={"undescribed": error.reason})
        except UnreadableMedia as error:
            return measured.model_copy(update={"undescribed": Reason.of(error)})
        return described(measured, said, shown.moments)

    # Who only asks for a name or a price needs neither SDK nor decoders: both are loaded at the first question.

    @cached_property
    def _asking(self) -> "Asking":
        from infra.analyst.asking import Asking  # noqa: PLC0415
        from infra.vertex.client import Vertex  # noqa: PLC0415

        vertex = Vertex(self._project, self._location, self._endpoint, self._limit)
        return Asking(vertex, self._model, self._limit, self._pause)

    @cached_property
    def _showing(self) -> "Showing":
        from infra.analyst.showing import Showing  # noqa: PLC0415

        return Showing(self._work, self._core)

    @contextmanager
    def _core(self, check: Check) -> Iterator[None]:
        """Decoding takes a core of its own, however many questions are asked."""
        while not self._cores.acquire(timeout=POLL):
            check()
        try:
            yield
        finally:
            self._cores.release()
