"""MediaAnalyst that knows only what can be measured: no model, no network, no cost."""

from collections.abc import Callable
from pathlib import Path

from infra.analyst.measure import measure
from infra.decode import child
from infra.decode.budgets import MIB
from infra.decode.child import Limits
from internal.media import Analysis

#: an hour of 1080p takes about ten minutes of two cores
LIMITS = Limits(memory=2048 * MIB, cpu=3600, wall=2400.0)


class MeasuredAnalyst:
    @property
    def name(self) -> str:
        return "measured/3"

    def analyze(self, path: Path, check: Callable[[], None]) -> Analysis:
        """Raises UnreadableMedia, and what `check` raises."""
        return Analysis.model_validate(child.run(measure, {"path": str(path)}, LIMITS, check))
