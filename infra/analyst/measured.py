"""MediaAnalyst that knows only what can be measured: no model, no network, no cost."""

import os
from collections.abc import Callable
from pathlib import Path

from infra.decode import child
from infra.decode.budgets import MIB
from infra.decode.child import Limits
from internal.media import Analysis, Facts
from internal.ports import Usage
from internal.vlog import Language

#: an hour of 1080p takes about ten minutes of two cores
LIMITS = Limits(memory=2048 * MIB, cpu=3600, wall=2400.0)


class MeasuredAnalyst:
    @property
    def at_once(self) -> int:
        """Each takes a core."""
        return os.cpu_count() or 1

    def name(self, language: Language) -> str:
        """It says nothing in any language."""
        return "measured/3"

    def price(self, facts: Facts) -> float:
        """Nobody is asked."""
        return 0.0

    def analyze(
        self, path: Path, language: Language, check: Callable[[], None], spend: Callable[[Usage], None]
    ) -> Analysis:
        return self.measure(path, check)

    def measure(self, path: Path, check: Callable[[], None]) -> Analysis:
        """Raises UnreadableMedia, and what `check` raises."""
        from infra.analyst.measure import measure  # noqa: PLC0415  # decoders: a name and a price need none

        return Analysis.model_validate(child.run(measure, {"path": str(path)}, LIMITS, check))
