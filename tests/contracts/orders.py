"""Orders for clips, and generators to give them to."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from infra.generator.veo import VeoGenerator
from internal.ports import Made, Order, SceneGenerator, WorkStore
from tests.vertex import Answer, Rule, Vertex
from tests.vertex.script import Route

MODEL = "veo-3.1-lite-generate-001"


def draw_photo(path: Path, size: tuple[int, int] = (640, 360)) -> Path:
    """Its colours tell where in it one is: red grows to the right, green downwards."""
    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    pixels = np.stack((across, down, np.full_like(across, 128)), axis=-1)
    Image.fromarray(pixels.astype(np.uint8)).save(path, "JPEG", quality=95)
    return path


def order_of(photo: Path, **changes: Any) -> Order:
    right: dict[str, Any] = {
        "prompt": "The waves come in.",
        "seconds": 4,
        "aspect": "16:9",
        "resolution": "720p",
        "seed": 7,
        "labels": {"job": "one", "scene": "1"},
    }
    return Order(photo, **{**right, **changes})


def a_prefix() -> str:
    """Of an attempt of its own: the work store is shared."""
    return f"veo/{uuid.uuid4()}/1/1/1/"


def veo(work: WorkStore, url: str, limit: float = 10, model: str = MODEL, project: str = "local") -> VeoGenerator:
    """`limit`: seconds for a submission."""
    return VeoGenerator(project, "us-central1", model, work, timedelta(seconds=limit), url)


def made(generator: SceneGenerator, order: Order, prefix: str) -> str:
    """The clip's key."""
    operation = generator.start(order, prefix)
    while (standing := generator.poll(operation)) is None:
        pass
    assert isinstance(standing, Made)
    return standing.key


def scripted(stand_in: Vertex, on: Route, **answer: Any) -> None:
    """What it answers there from now on."""
    stand_in.script.set([Rule(on=on, answer=Answer(**answer))])
