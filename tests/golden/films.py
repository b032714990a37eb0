"""The film whose frames are kept, in each shape and with each transition: made from media that `tests/media` draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

from infra.composer.pyav import PyavComposer
from internal.film import Film, plan
from internal.media import Kind
from internal.vlog import Scene, Storyboard, VlogSettings
from tests.golden import REFERENCES
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw
from tests.media.stills import Shot, write_photo

#: pixels
SHORT_SIDE = 180


@dataclass(frozen=True)
class Golden:
    """Frame `number` of the day, `shaped` so, its scenes joined by `transition`."""

    number: int
    shows: str
    shaped: str = "16:9"
    transition: str = "fade"

    @property
    def name(self) -> str:
        return f"{self.shaped.replace(':', 'x')}-{self.shows}"


GOLDEN = (
    Golden(50, "title"),
    Golden(112, "fade"),
    Golden(112, "slide", transition="slide"),
    Golden(112, "zoom", transition="zoom"),
    Golden(160, "clip-with-caption"),
    Golden(262, "portrait-on-its-blur"),
    Golden(340, "panorama-early"),
    Golden(410, "panorama-late"),
    Golden(500, "ending"),
    Golden(526, "ending-over-black"),
    Golden(50, "title", shaped="9:16"),
    Golden(160, "clip-on-its-blur", shaped="9:16"),
    Golden(380, "panorama", shaped="9:16"),
    Golden(160, "clip-with-caption", shaped="1:1"),
    Golden(500, "ending", shaped="1:1"),
)


def make_media(folder: Path) -> dict[str, Path]:
    """By what stands for their content hash."""
    photos = {
        "balloons": draw(Scenery("balloons", 7.0, 5), 640, 480),
        "portrait": draw(Scenery("sea", 15.3, 6), 480, 640),
        "panorama": draw(Scenery("meadow", 12.3, 4), 1280, 360),
        "night": draw(Scenery("town", 21.2, 9), 640, 480),
    }
    shots = {"portrait": Shot(orientation=8)}
    written = {name: write_photo(folder / f"{name}.jpg", picture, shots.get(name)) for name, picture in photos.items()}
    return {**written, "surf": write_clip(folder / "surf.mp4", Scenery("sea", 9.5, 21), Take(4.0, 320, 180))}


def _scene(kind: Kind, name: str, **more: object) -> Scene:
    return Scene.model_validate({"kind": kind, "sha256": name, "seconds": 4.0, **more})


DAY = (
    _scene(Kind.PHOTO, "balloons", title="A day by the sea", subtitle="22 November 2026 · 鎌倉市"),
    _scene(Kind.CLIP, "surf", caption="由比ヶ浜の朝、波の音", language="ja"),
    _scene(Kind.PHOTO, "portrait", caption="Near Enoshima · 15:20", variation=2),
    _scene(Kind.PHOTO, "panorama", variation=3),
    _scene(Kind.PHOTO, "night", caption="21:10", ending="また明日", language="ja", last=True, variation=4),
)


def film_of(golden: Golden, scenes: tuple[Scene, ...]) -> Film:
    settings = VlogSettings.model_validate({"aspect": golden.shaped, "transition": golden.transition})
    return plan(Storyboard(scenes=scenes), settings, SHORT_SIDE)


def take(golden: Golden, media: Mapping[str, Path], folder: Path, scenes: tuple[Scene, ...] = DAY) -> Image.Image:
    """That frame, of the one chunk that has it."""
    at = golden.number
    for chunk in film_of(golden, scenes).chunks:
        if at < chunk.frames:
            break
        at -= chunk.frames
    ((_, path),) = PyavComposer().render([chunk], media, folder, lambda: None)
    with av.open(str(path)) as container:
        frame = next(frame for number, frame in enumerate(container.decode(video=0)) if number == at)
        return Image.fromarray(frame.to_ndarray(format="rgb24"))


def kept(golden: Golden) -> Image.Image:
    """The reference."""
    with Image.open(path_of(golden)) as picture:
        return picture.convert("RGB")


def path_of(golden: Golden) -> Path:
    return REFERENCES / f"{golden.name}.jpg"
