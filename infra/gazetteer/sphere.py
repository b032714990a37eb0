"""Distances on the globe, and the boxes of latitude and longitude that hold all points near one."""

import math
from collections.abc import Iterator
from typing import Final

#: mean radius of the Earth in km (IUGG)
EARTH: Final = 6371.0088
#: bands of latitude in a degree
BANDS: Final = 2


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the great circle, by the haversine formula (Sinnott, "Virtues of the Haversine", 1984)."""
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    east = math.radians(other_longitude - longitude)
    chord = math.sin((other_north - north) / 2) ** 2
    chord += math.cos(north) * math.cos(other_north) * math.sin(east / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(chord)))


def band(latitude: float) -> int:
    return math.floor(latitude * BANDS)


def boxes(latitude: float, longitude: float, reach: float) -> Iterator[tuple[int, float, float]]:
    """(band, west, east): together they hold every point within `reach` km, and some farther ones."""
    spread = math.degrees(reach / EARTH)
    for row in range(band(latitude - spread), band(latitude + spread) + 1):
        for west, east in _stretches(latitude, longitude, reach):
            yield row, west, east


def _stretches(latitude: float, longitude: float, reach: float) -> list[tuple[float, float]]:
    """Of longitude: one, or two where the date line parts them. A circle around a pole has all longitudes."""
    angle = reach / EARTH
    if math.radians(abs(latitude)) + angle >= math.pi / 2:
        return [(-180.0, 180.0)]
    # where meridians touch the circle: Matuschek, "Finding Points Within a Distance Using Bounding Coordinates"
    spread = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    west, east = longitude - spread, longitude + spread
    if west < -180:
        return [(west + 360, 180.0), (-180.0, east)]
    if east > 180:
        return [(west, 180.0), (-180.0, east - 360)]
    return [(west, east)]
