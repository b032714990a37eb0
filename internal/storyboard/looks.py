"""How much two pictures look alike, by what analysis kept of their shapes and colours."""

import math
from collections.abc import Sequence
from operator import mul

#: bits in which the fingerprints of two different pictures differ, and the cosine between their palettes
_OTHER_SHAPES, _OTHER_COLOURS = 24, 0.8


def bits_between(one: str, other: str) -> int:
    """In which two fingerprints differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def shapes_alike(one: str, other: str) -> float:
    """Of two fingerprints: 0 to 1; 0 where one is unknown."""
    return max(0.0, 1 - bits_between(one, other) / _OTHER_SHAPES) if one and other else 0.0


def direction(palette: str) -> tuple[float, ...]:
    """The palette as a vector of length 1; without any part where it is unknown."""
    digits = [int(digit, 16) for digit in palette]
    length = math.hypot(*digits) or 1.0
    return tuple(digit / length for digit in digits)


def colours_alike(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the directions of two palettes: 0 to 1; 0 where one is unknown."""
    cosine: float = sum(map(mul, one, other))
    return max(0.0, (cosine - _OTHER_COLOURS) / (1 - _OTHER_COLOURS))
