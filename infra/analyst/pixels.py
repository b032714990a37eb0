"""What pixels alone tell of a picture: how sharp, how well exposed and how colourful it is, and what it looks like."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: rows of grey levels, 0 to 255
Grey = NDArray[np.float32]
#: rows of red, green, blue
Colours = NDArray[np.uint8]

#: pictures are measured at this long side in pixels, smaller ones as they are, so that sizes can be compared
LONG_SIDE = 480
#: tiles along each side, and how many of the sharpest count: behind a sharp face all else may be soft
TILES, SHARPEST = 8, 6
#: neighbouring pixels that differ by no more, in grey levels, are noise; a tile whose mean is less has nothing to see
NOISE, FLAT = 5.0, 0.5
#: pixels of the low-pass filter that a blurred picture hardly notices
FILTER = 9
#: what that filter takes away, as a share: from photos that are blurred for certain, and from crisp ones
BLURRED, CRISP = 0.3, 0.9
#: the mean difference, in levels a second, that counts as half in motion
HALF_MOVED = 60.0
#: the width of "well exposed" around middle grey (Mertens)
SPREAD = 0.2
#: of Hasler and Süsstrunk's scale: "averagely colourful"
HALF_COLOURED = 45.0
#: hues that are told apart, the first around red, and how bright they are
HUES, TONES = 6, 3
#: of 255: what is less vivid, or less bright, has no hue that could be told
GREY, BLACK = 51, 38


def sharpness(grey: Grey) -> float:
    """0 (blurred) to 1 (crisp), whatever the picture's contrast, as its sharpest parts are: how much of the
    difference between neighbours a low-pass filter takes away, along the direction that is more blurred.

    Source: Crété et al., "The blur effect: perception and estimation with a new no-reference perceptual blur
    metric", SPIE 6492 (2007), §3.
    """
    if min(grey.shape) < TILES + FILTER:
        return 1.0
    kept = np.minimum(_taken_away(grey, 0), _taken_away(grey, 1))
    best = float(np.sort(kept.ravel())[-SHARPEST:].mean())
    return round(min(1.0, max(0.0, (best - BLURRED) / (CRISP - BLURRED))), 4)


def difference(one: Colours | NDArray[np.int16], other: Colours | NDArray[np.int16]) -> float:
    """The mean difference of two pictures of one size, in levels of 0 to 255."""
    return float(np.abs(one.astype(np.int16) - other).mean())


def motion(change: float) -> float:
    """0 (still) to 1, from the difference that a second makes."""
    return _squeezed(change, HALF_MOVED)


def exposure(grey: Grey) -> float:
    """0 (black, or burnt out) to 1: how near to middle grey the better half of the picture is, so that neither a
    bright sky nor a dark street at night is held against it.

    Source: Mertens et al., "Exposure fusion", Pacific Graphics 2007, §3.1 (well-exposedness).
    """
    levels = np.arange(256) / 255
    worth = np.exp(-((levels - 0.5) ** 2) / (2 * SPREAD**2))
    worth = (worth - worth[0]) / (1 - worth[0])
    each = np.sort(worth[np.clip(grey, 0, 255).astype(np.uint8)].ravel())
    return round(float(each[each.size // 2 :].mean()), 4)


def colour(rgb: Colours) -> float:
    """0 (grey) to 1 (vivid).

    Source: Hasler and Süsstrunk, "Measuring colourfulness in natural images", SPIE 5007 (2003), §6.
    """
    red, green, blue = np.moveaxis(rgb.astype(np.float32), 2, 0)
    sides = red - green, (red + green) / 2 - blue
    spread = math.hypot(*(float(side.std()) for side in sides))
    away = math.hypot(*(float(side.mean()) for side in sides))
    return _squeezed(spread + 0.3 * away, HALF_COLOURED)


def fingerprint(grey: Grey) -> str:
    """The 64-bit difference hash of an upright picture, 16 hex digits: whether each of 9 × 8 pixels is darker than
    its right neighbour.

    Source: Krawetz, "Kind of like that", The Hacker Factor Blog (2013), dHash.
    """
    small = np.asarray(Image.fromarray(grey).resize((9, 8), Image.Resampling.BOX))
    return np.packbits(small[:, :-1] < small[:, 1:]).tobytes().hex()


def palette(rgb: Colours) -> str:
    """The histogram of hues in dark, middle and bright, and of greys: a hex digit each, 15 times the root of its
    share, so that the cosine between two palettes is their Bhattacharyya coefficient.

    Source: Swain and Ballard, "Color indexing", IJCV 7 (1991); Bhattacharyya, "On a measure of divergence between
    two multinomial populations", Sankhyā 7 (1946).
    """
    hue, vivid, bright = np.moveaxis(np.asarray(Image.fromarray(rgb).convert("HSV"), np.int32), 2, 0)
    tone = bright * TONES // 256
    around = (hue * HUES + 128) // 256 % HUES
    grey = (vivid < GREY) | (bright < BLACK)
    bins = np.where(grey, HUES, around) * TONES + tone
    shares = np.bincount(bins.ravel(), minlength=(HUES + 1) * TONES) / bins.size
    return "".join(f"{round(15 * math.sqrt(share)):x}" for share in shares)


def _taken_away(grey: Grey, axis: int) -> NDArray[np.float64]:
    """By the filter along `axis`, as a share of all difference there is, for each tile."""
    whole = np.abs(np.diff(grey, axis=axis))
    whole[whole <= NOISE] = 0
    lost = np.maximum(0, whole - np.abs(np.diff(_low_pass(grey, axis), axis=axis)))
    return np.divide(_tiles(lost), _tiles(whole) + FLAT)


def _low_pass(grey: Grey, axis: int) -> Grey:
    """The mean of each pixel and its neighbours along `axis`; edges count as going on."""
    half = FILTER // 2
    rows = np.moveaxis(grey, axis, 0)
    sums = np.cumsum(np.pad(rows, ((half + 1, half), (0, 0)), "edge"), axis=0, dtype=np.float32)
    return np.moveaxis((sums[FILTER:] - sums[:-FILTER]) / np.float32(FILTER), 0, axis)


def _tiles(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean of each of `TILES` × `TILES`; what is left over at the far edges is not looked at."""
    height, width = (side // TILES for side in values.shape)
    cut = values[: height * TILES, : width * TILES]
    tiles = cut.reshape(TILES, height, TILES, width)
    return np.asarray(tiles.mean((1, 3)), np.float64)


def _squeezed(value: float, half: float) -> float:
    return round(value / (value + half), 4)
