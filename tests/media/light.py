"""The colours of a day: sky, sun and land by the hour."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """Colours 0 to 255. `dark` is 0 by day and 1 at night."""

    zenith: Colour
    horizon: Colour
    sun: Colour
    land: Colour
    dark: float


_DAY = {
    0.0: Light((8, 12, 34), (22, 30, 66), (225, 230, 245), (12, 18, 30), 1.0),
    5.0: Light((24, 32, 78), (120, 92, 120), (240, 220, 200), (26, 32, 48), 0.7),
    6.5: Light((92, 128, 190), (250, 190, 150), (255, 236, 190), (60, 82, 70), 0.1),
    9.0: Light((72, 140, 214), (198, 224, 240), (255, 250, 225), (70, 122, 74), 0.0),
    13.0: Light((44, 118, 208), (176, 214, 238), (255, 255, 240), (84, 140, 76), 0.0),
    16.5: Light((66, 128, 200), (238, 218, 186), (255, 240, 190), (110, 130, 70), 0.0),
    18.5: Light((78, 74, 140), (252, 150, 84), (255, 206, 120), (74, 58, 64), 0.25),
    20.0: Light((26, 30, 78), (150, 84, 110), (250, 200, 170), (30, 30, 50), 0.75),
    22.0: Light((8, 12, 36), (26, 34, 76), (230, 232, 245), (12, 18, 32), 1.0),
    24.0: Light((8, 12, 34), (22, 30, 66), (225, 230, 245), (12, 18, 30), 1.0),
}


def light_at(hour: float) -> Light:
    """`hour` from 0 to 24."""

    def between(values: Iterable[float]) -> float:
        return float(np.interp(hour, list(_DAY), list(values)))

    def colour(name: str) -> Colour:
        colours: list[Colour] = [getattr(light, name) for light in _DAY.values()]
        red, green, blue = (between(part) for part in zip(*colours, strict=True))
        return red, green, blue

    dark = between(light.dark for light in _DAY.values())
    return Light(colour("zenith"), colour("horizon"), colour("sun"), colour("land"), dark)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the other."""
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue
