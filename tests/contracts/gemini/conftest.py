"""Gemini, as its adapter reaches the stand-in, and what it is shown."""

from pathlib import Path

import pytest

from infra.analyst.gemini import GeminiAnalyst
from infra.work_store.gcs import GcsWorkStore
from tests.contracts.gemini.given import TOWN
from tests.contracts.questions import gemini
from tests.media.reels import Coding, Part, write_reel
from tests.media.scenery import Scenery, draw
from tests.vertex import Vertex


@pytest.fixture
def analyst(work: GcsWorkStore, stand_in: Vertex) -> GeminiAnalyst:
    return gemini(work, stand_in.url)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    draw(TOWN, 320, 240).save(path, quality=90)
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shots: three moments."""
    path = tmp_path_factory.mktemp("clip") / "c.mp4"
    return write_reel(path, [Part(TOWN, 9.5, pan=10), Part(Scenery("sea", 15.0, 6), 4.0)], Coding(5))
