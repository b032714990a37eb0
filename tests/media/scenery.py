"""Drawing a place at an hour: sky, hills, and what the place is about. Everything may move with time."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from tests.media.light import Colour, Light, light_at, mix

WHITE: Colour = (250, 250, 246)


@dataclass(frozen=True)
class Scenery:
    """`seed` fixes every shape; `hour` the light."""

    subject: str
    hour: float
    seed: int


@dataclass(frozen=True)
class Canvas:
    """What the parts draw on. Lengths are shares of the short side, so that any size shows the same."""

    draw: ImageDraw.ImageDraw
    width: int
    height: int
    light: Light
    seed: int
    time: float

    @property
    def unit(self) -> int:
        return min(self.width, self.height)

    def random(self, salt: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, salt))


def draw(scenery: Scenery, width: int, height: int, time: float = 0.0) -> Image.Image:
    """The place as RGB, `time` seconds after it was first seen."""
    light = light_at(scenery.hour)
    image = Image.fromarray(_sky(scenery, light, width, height))
    image.paste(tuple(map(int, mix(WHITE, light.horizon, 0.3 + 0.6 * light.dark))), mask=_clouds(scenery, image, time))
    canvas = Canvas(ImageDraw.Draw(image), width, height, light, scenery.seed, time)
    _hills(canvas)
    SUBJECTS[scenery.subject](canvas)
    return image


@lru_cache(maxsize=2)  # it is the same in every frame of a clip
def _sky(scenery: Scenery, light: Light, width: int, height: int) -> NDArray[np.uint8]:
    down = np.linspace(0, 1.5, height)[:, None, None].clip(0, 1) ** 0.8
    sky = np.array(light.zenith) * (1 - down) + np.array(light.horizon) * down
    sky = np.broadcast_to(sky, (height, width, 3)).copy()
    across = _across(scenery.hour)
    x, y = width * (0.15 + 0.7 * across), height * (0.5 - 0.38 * math.sin(math.pi * across))
    rows, columns = np.ogrid[:height, :width]
    distance = np.hypot(columns - x, rows - y)[..., None] / min(width, height)
    glow = np.exp(-distance * 6) * 0.7 + (0.055 - distance).clip(0, 0.003) / 0.003
    sky += (np.array(light.sun) - sky) * glow.clip(0, 1)
    if light.dark > 0.6:
        _stars(sky, scenery.seed)
    return sky.clip(0, 255).astype(np.uint8)


def _across(hour: float) -> float:
    """How far over the sky the sun is (5:00 to 20:00), else the moon: 0 rising, 1 setting."""
    return (hour - 5) / 15 if 5 <= hour <= 20 else ((hour - 20) % 24) / 9


def _stars(sky: NDArray[np.float64], seed: int) -> None:
    random = np.random.default_rng((seed, 1))
    rows, columns = (random.random((2, 160)) * [[sky.shape[0] * 0.55], [sky.shape[1]]]).astype(int)
    sky[rows, columns] += random.uniform(60, 190, (160, 1))


def _clouds(scenery: Scenery, image: Image.Image, time: float) -> Image.Image:
    width, height = image.size
    small = Image.new("L", (320, max(2, round(320 * height / width))))
    pen, random = ImageDraw.Draw(small), np.random.default_rng((scenery.seed, 2))
    for _ in range(5):
        x, y = random.uniform(-20, 340) + time * 3, random.uniform(0.05, 0.3) * small.height
        for puff in range(6):
            size = random.uniform(8, 20)
            left, top = x + puff * 11, y - size * random.uniform(0.2, 0.6)
            pen.ellipse((left, top, left + size * 1.8, top + size * 0.8), fill=150)
    return small.filter(ImageFilter.GaussianBlur(3)).resize(image.size, Image.Resampling.BICUBIC)


def _hills(canvas: Canvas) -> None:
    for layer in range(3):
        random = canvas.random(10 + layer)
        xs = np.linspace(0, canvas.width, 160)
        wave = sum(
            np.sin(xs / canvas.unit * random.uniform(1, 3) * (n + 1) + random.uniform(0, 6.3)) / (n + 1) ** 1.6
            for n in range(6)
        )
        ys = canvas.height * (0.5 + 0.07 * layer) - canvas.unit * 0.06 * wave
        shore = [(canvas.width, canvas.height), (0, canvas.height)]
        colour = mix(canvas.light.horizon, canvas.light.land, 0.35 + 0.25 * layer)
        canvas.draw.polygon([*zip(xs, ys, strict=True), *shore], fill=_ink(colour))


def _sea(canvas: Canvas) -> None:
    top = int(canvas.height * 0.62)
    for y in range(top, canvas.height):
        share = (y - top) / (canvas.height - top)
        canvas.draw.line(
            (0, y, canvas.width, y), fill=_ink(mix(canvas.light.horizon, canvas.light.zenith, 0.25 + 0.6 * share))
        )
    random = canvas.random(20)
    for _ in range(260):
        share = random.random() ** 1.5
        y = top + share * (canvas.height - top)
        length = canvas.unit * (0.02 + 0.1 * share) * (0.6 + 0.4 * math.sin(canvas.time * 2 + random.uniform(0, 6.3)))
        x = random.uniform(-0.1, 1.1) * canvas.width + canvas.unit * 0.03 * canvas.time * share
        bright = mix(canvas.light.horizon, WHITE, 0.35 * (1 - canvas.light.dark))
        canvas.draw.line((x, y, x + length, y), fill=_ink(bright), width=max(1, int(canvas.unit * 0.003 * (1 + share))))
    _boat(canvas, top)


def _boat(canvas: Canvas, top: int) -> None:
    size = canvas.unit * 0.16
    x = canvas.width * 0.35 + canvas.unit * 0.05 * canvas.time
    y = top + canvas.unit * 0.1 + size * 0.05 * math.sin(canvas.time * 2.2)
    hull = [(x, y), (x + size, y), (x + size * 0.82, y + size * 0.2), (x + size * 0.16, y + size * 0.2)]
    canvas.draw.polygon(hull, fill=_ink(mix((150, 52, 44), canvas.light.land, canvas.light.dark * 0.7)))
    sail = [(x + size * 0.48, y - size), (x + size * 0.48, y - size * 0.06), (x + size * 0.95, y - size * 0.06)]
    canvas.draw.polygon(sail, fill=_ink(mix(WHITE, canvas.light.horizon, 0.2 + canvas.light.dark * 0.5)))


def _town(canvas: Canvas) -> None:
    random, x = canvas.random(30), -canvas.unit * 0.02
    while x < canvas.width:
        width, height = random.uniform(0.09, 0.2) * canvas.unit, random.uniform(0.22, 0.5) * canvas.unit
        wall = mix(
            (random.uniform(150, 235), random.uniform(130, 190), random.uniform(110, 170)), canvas.light.land, 0.2
        )
        _house(canvas, x, width, height, mix(wall, canvas.light.land, 0.8 * canvas.light.dark))
        x += width + canvas.unit * 0.004
    street = canvas.height - canvas.unit * 0.09
    canvas.draw.rectangle(
        (0, street, canvas.width, canvas.height), fill=_ink(mix((96, 94, 98), canvas.light.land, canvas.light.dark))
    )
    _tram(canvas, street)


def _house(canvas: Canvas, x: float, width: float, height: float, wall: Colour) -> None:
    ground = canvas.height - canvas.unit * 0.08
    canvas.draw.rectangle((x, ground - height, x + width, ground), fill=_ink(wall))
    random, step = canvas.random(int(x) + 1000), canvas.unit * 0.036
    for column in range(1, int(width / step)):
        for row in range(1, int(height / (step * 1.3))):
            lit = canvas.light.dark > 0.3 and random.random() < 0.6
            pane = (255, 214, 130) if lit else mix(canvas.light.zenith, wall, 0.35)
            left, top = x + (column - 0.3) * step, ground - height + (row - 0.3) * step * 1.3
            canvas.draw.rectangle((left, top, left + step * 0.55, top + step * 0.8), fill=_ink(pane))


def _tram(canvas: Canvas, street: float) -> None:
    length, height = canvas.unit * 0.36, canvas.unit * 0.12
    x = (canvas.width * 0.2 + canvas.unit * 0.22 * canvas.time) % (canvas.width + length) - length * 0.3
    top = street - height * 0.75
    canvas.draw.rounded_rectangle((x, top, x + length, top + height), height * 0.2, fill=_ink((46, 120, 96)))
    for window in range(5):
        left = x + length * (0.06 + 0.185 * window)
        glass = (255, 232, 170) if canvas.light.dark > 0.3 else (206, 230, 240)
        canvas.draw.rectangle((left, top + height * 0.16, left + length * 0.14, top + height * 0.55), fill=_ink(glass))


def _meadow(canvas: Canvas) -> None:
    random = canvas.random(40)
    for tree in range(26):
        depth = (tree + 1) / 26
        x, y = random.uniform(0, 1) * canvas.width, canvas.height * (0.66 + 0.3 * depth)
        size = canvas.unit * (0.08 + 0.16 * depth) * random.uniform(0.7, 1.2)
        sway = size * 0.03 * math.sin(canvas.time * 1.7 + tree)
        leaf = mix(
            canvas.light.horizon, mix((44, 96, 58), canvas.light.land, 0.3 + 0.6 * canvas.light.dark), depth**0.5
        )
        for storey in range(3):
            width, base = size * (0.36 - 0.08 * storey), y - size * 0.28 * storey
            tip = (x + sway * (storey + 1), base - size * 0.5)
            canvas.draw.polygon([(x - width, base), (x + width, base), tip], fill=_ink(leaf))


def _balloons(canvas: Canvas) -> None:
    _meadow(canvas)
    random = canvas.random(50)
    for number in range(5):
        size = canvas.unit * random.uniform(0.07, 0.16)
        x = random.uniform(0.08, 0.92) * canvas.width + canvas.unit * 0.012 * canvas.time * (number - 2)
        y = random.uniform(0.12, 0.48) * canvas.height - canvas.unit * 0.02 * canvas.time
        colour = [(214, 84, 60), (240, 178, 60), (70, 130, 180), (150, 90, 160), (90, 160, 110)][number]
        _balloon(canvas, x, y, size, mix(colour, canvas.light.land, 0.7 * canvas.light.dark))


def _balloon(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    for stripe, width in enumerate((1.0, 0.72, 0.36)):
        tone = mix(colour, WHITE, 0.5) if stripe == 1 else colour
        canvas.draw.ellipse((x - size * width / 2, y - size / 2, x + size * width / 2, y + size / 2), fill=_ink(tone))
    canvas.draw.polygon(
        [(x - size * 0.3, y + size * 0.38), (x + size * 0.3, y + size * 0.38), (x, y + size * 0.75)], fill=_ink(colour)
    )
    canvas.draw.rectangle((x - size * 0.1, y + size * 0.72, x + size * 0.1, y + size * 0.86), fill=(92, 62, 40))


def _ink(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (min(255, max(0, round(part))) for part in colour)
    return red, green, blue


SUBJECTS: Mapping[str, Callable[[Canvas], None]] = {
    "sea": _sea,
    "town": _town,
    "meadow": _meadow,
    "balloons": _balloons,
}
