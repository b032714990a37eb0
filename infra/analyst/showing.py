"""How a media is shown to a model: a photo within the question, a clip by where it lies, for as long as that lasts."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from infra.analyst import proxies
from infra.decode import child, stills
from infra.decode.messages import Limits
from internal.errors import TemporaryFailure
from internal.media import Analysis, Kind, Moment, Span
from internal.ports import WorkStore
from internal.scratch import scratch_folder

_log = logging.getLogger(__name__)

#: pixels of a photo's longer side: the model makes it smaller still. As JPEG it has 4 MB at most, and 7 may be sent
LONGEST = 1536
Check = Callable[[], None]
Core = Callable[[Check], AbstractContextManager[None]]


@dataclass(frozen=True)
class Shown:
    """`media`: a photo as JPEG, or where a clip lies as mp4, gs://…; `moments`: those that can be seen there, by id;
    `times`: when, in seconds."""

    media: bytes | str
    moments: Mapping[str, Moment]
    times: Mapping[str, Span]


class Showing:
    """`work`: where the model can read clips; `core`: waits for one to decode on."""

    def __init__(self, work: WorkStore, core: Core) -> None:
        self._work, self._core = work, core

    @contextmanager
    def shown(self, path: Path, measured: Analysis, check: Check) -> Iterator[Shown]:
        """Raises UnreadableMedia, TemporaryFailure, and what `check` raises."""
        with scratch_folder() as folder:
            out = folder / "shown"
            if measured.facts.kind is Kind.PHOTO:
                self._make(stills.still, path, out, {"longest": LONGEST}, stills.LIMITS, check)
                yield Shown(out.read_bytes(), {}, {})
                return
            spans = proxies.chosen(measured)
            self._make(proxies.write_proxy, path, out, _wishes(measured, spans), proxies.LIMITS, check)
            seen = {f"m{number}": one for number, one in enumerate(_seen(measured.best, spans), 1)}
            moments = {name: moment for name, (moment, _) in seen.items()}
            times = {name: span for name, (_, span) in seen.items()}
            with self._lent(out) as uri:
                yield Shown(uri, moments, times)

    def _make(
        self,
        function: Callable[..., None],
        path: Path,
        out: Path,
        wishes: Mapping[str, Any],
        limits: Limits,
        check: Check,
    ) -> None:
        with self._core(check):
            child.run(function, {"path": str(path), "out": str(out), **wishes}, limits, check)

    @contextmanager
    def _lent(self, proxy: Path) -> Iterator[str]:
        """In the work store while the block lasts, under a name of its own: the same clip may be asked about twice at
        the same time. The reaper removes what a crash, or a store out of reach, has left there."""
        key = f"proxies/{uuid4().hex}.mp4"
        with proxy.open("rb") as data:
            self._work.put(key, data, "video/mp4")
        try:
            yield self._work.uri(key)
        finally:
            try:
                self._work.delete(key)
            except TemporaryFailure as error:
                _log.warning("a proxy stays behind for now: %s", error)


def _wishes(measured: Analysis, spans: Sequence[Span]) -> dict[str, Any]:
    """Sound only where somebody talks: what is heard else tells little that cannot be seen."""
    return {"spans": [(span.start, span.end) for span in spans], "sound": bool(measured.speech)}


def _seen(moments: Sequence[Moment], spans: Sequence[Span]) -> Iterator[tuple[Moment, Span]]:
    """Those that are shown whole, in order, and when: the spans follow one another without a gap."""
    for moment in sorted(moments, key=lambda moment: moment.start):
        before = 0.0
        for span in spans:
            if span.start <= moment.start and moment.end <= span.end:
                start = before + moment.start - span.start
                yield moment, Span(start=round(start, 3), end=round(start + moment.end - moment.start, 3))
            before += span.end - span.start
