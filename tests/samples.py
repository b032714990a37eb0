"""Media that real cameras wrote, for tests that keep nothing of them: they are not ours."""

import os
from pathlib import Path

import pytest

_NAMED = os.environ.get("DAYLOG_SAMPLES")
#: their folder, if there are any
SAMPLES = Path(_NAMED) if _NAMED else None
needs_samples = pytest.mark.skipif(not SAMPLES, reason="DAYLOG_SAMPLES names no folder of real media")


def sample(*names: str) -> Path:
    """Where one of them lies; for tests that `needs_samples`."""
    assert SAMPLES
    return SAMPLES.joinpath(*names)
