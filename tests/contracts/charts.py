"""A chart of colours, written in every way in which cameras write colours, and read back as a player would."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[np.float64]

SIZE = (320, 180)
#: sRGB: greys, skins, the primaries as paint has them, and a few that are vivid
COLOURS = np.array(
    [
        *([level] * 3 for level in (0, 24, 60, 96, 128, 160, 200, 255)),
        *((244, 213, 193), (225, 172, 142), (198, 134, 102), (141, 85, 54), (94, 58, 42), (60, 40, 32)),
        *((120, 150, 190), (90, 110, 60)),
        *((175, 54, 60), (70, 148, 73), (56, 61, 150), (231, 199, 31), (187, 86, 149), (8, 133, 161)),
        *((214, 126, 44), (80, 91, 166)),
        *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255), (0, 255, 255)),
        *((230, 80, 10), (30, 20, 90)),
    ],
    float,
)
ACROSS, DOWN = 8, 4
#: linear RGB of BT.709 to that of Display P3 and of BT.2020 (from their primaries, with the white of D65)
TO_P3 = np.array([[0.8225, 0.1774, 0.0], [0.0332, 0.9669, 0.0], [0.0171, 0.0724, 0.9108]])
TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
#: H.273's numbers for matrices: shares of red and blue in luma
SHARES = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}


def chart(colours: Values = COLOURS) -> Values:
    """Rows of RGB, 0 to 255."""
    height, width = SIZE[1] // DOWN, SIZE[0] // ACROSS
    return colours.reshape(DOWN, ACROSS, 3).repeat(height, axis=0).repeat(width, axis=1)


def colours_of(path: Path) -> Values:
    """As a player shows them: the film's first frame, BT.709 in limited range, by the standard's own numbers."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    assert (frame.colorspace, frame.color_range) == (1, 1), "the file says which colours these are"
    flat, (width, height) = frame.to_ndarray().reshape(-1).astype(float), (frame.width, frame.height)
    luma = flat[: width * height].reshape(height, width)
    blue, red = flat[width * height :].reshape(2, height // 2, width // 2)
    patches = np.stack([_middles(plane) for plane in (luma, blue, red)], axis=-1)
    rgb = _rgb((patches - (16, 128, 128)) / (219, 224, 224), SHARES[1])
    return 255 * np.clip(rgb, 0, 1)


def _middles(plane: Values) -> Values:
    """The mean of each patch's middle."""
    height, width = plane.shape[0] / DOWN, plane.shape[1] / ACROSS
    centres = [((row + 0.5) * height, (column + 0.5) * width) for row in range(DOWN) for column in range(ACROSS)]
    return np.array([plane[int(y) - 3 : int(y) + 3, int(x) - 3 : int(x) + 3].mean() for y, x in centres])


# ---------------------------------------------------------------- transfer functions


def linear(colours: Values) -> Values:
    """Light of sRGB (IEC 61966-2-1)."""
    signal = colours / 255
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def srgb(light: Values) -> Values:
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def hlg(light: Values) -> Values:
    """The signal for this light, in cd/m² on a display of 1000 (Rec. ITU-R BT.2100-2, table 5)."""
    share = light / 1000
    luminance = share @ np.array(_luma(SHARES[9]))
    scene = share * np.maximum(luminance, 1e-9)[..., None] ** (1 / 1.2 - 1)
    upper = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), upper)


def pq(light: Values) -> Values:
    """The signal for this light, in cd/m² (SMPTE ST 2084)."""
    root = (light / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * root) / (1 + 2392 / 128 * root)) ** (2523 / 32)


def differences(some: Values, others: Values) -> Values:
    """Between colours of sRGB, as CIE 1976 ΔE*ab: one is just seen, when they lie side by side."""
    difference: Values = np.sqrt(((_lab(some) - _lab(others)) ** 2).sum(axis=-1))
    return difference


def _lab(colours: Values) -> Values:
    """CIE 1976 L*a*b*, under D65 (CIE 15:2004, §8.2.1)."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    share = linear(colours) @ to_xyz.T / to_xyz.sum(axis=1)
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * 841 / 108 + 4 / 29).T
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


# ---------------------------------------------------------------- clips


@dataclass(frozen=True)
class Coding:
    """How a clip says its colours, by H.273's numbers; 2 says nothing. `really` is the matrix used."""

    codec: str = "libx264"
    format: str = "yuv420p"
    primaries: int = 1
    transfer: int = 1
    matrix: int = 1
    full: bool = False
    really: int = 1


def write_chart_clip(path: Path, signal: Values, coding: Coding) -> Path:
    """`signal`: rows of RGB, 0 to 1, in the coding's own terms."""
    quiet = {"x265-params": "log-level=none:pools=none:frame-threads=1"} if coding.codec == "libx265" else {}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(coding.codec, rate=30, options={"crf": "2", "preset": "veryfast", **quiet})
        stream.width, stream.height, stream.pix_fmt = *SIZE, coding.format
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = (
            coding.primaries,
            coding.transfer,
            coding.matrix,
        )
        context.color_range = 2 if coding.full else 1
        frame = av.VideoFrame.from_ndarray(_coded(signal, coding), format=coding.format)
        for number in range(4):
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _coded(signal: Values, coding: Coding) -> NDArray[Any]:
    """Planes one after the other. Patches are flat and even, so chroma needs no filter."""
    deep = coding.format.endswith("10le")
    most, unit = (1023, 4) if deep else (255, 1)
    luma, blue, red = _ycc(signal, SHARES[coding.really])
    if coding.full:
        whole = (luma * most, blue * most + (most + 1) / 2, red * most + (most + 1) / 2)
    else:
        whole = ((16 + 219 * luma) * unit, (128 + 224 * blue) * unit, (128 + 224 * red) * unit)
    planes = (whole[0], whole[1][::2, ::2], whole[2][::2, ::2])
    flat = np.concatenate([np.clip(plane, 0, most).round().reshape(-1) for plane in planes])
    return flat.astype(np.uint16 if deep else np.uint8).reshape(SIZE[1] * 3 // 2, SIZE[0])


def _luma(shares: tuple[float, float]) -> tuple[float, float, float]:
    return shares[0], 1 - shares[0] - shares[1], shares[1]


def _ycc(rgb: Values, shares: tuple[float, float]) -> tuple[Values, Values, Values]:
    luma = rgb @ np.array(_luma(shares))
    return luma, (rgb[..., 2] - luma) / (2 - 2 * shares[1]), (rgb[..., 0] - luma) / (2 - 2 * shares[0])


def _rgb(ycc: Values, shares: tuple[float, float]) -> Values:
    luma, blue, red = ycc[..., 0], ycc[..., 1], ycc[..., 2]
    r, b = luma + (2 - 2 * shares[0]) * red, luma + (2 - 2 * shares[1]) * blue
    return np.stack((r, (luma - shares[0] * r - shares[1] * b) / _luma(shares)[1], b), axis=-1)


# ---------------------------------------------------------------- photos

_BEST: Mapping[str, Mapping[str, Any]] = {
    ".jpg": {"quality": 98, "subsampling": 0},
    ".webp": {"lossless": True},
    ".heic": {"quality": 98, "chroma": 444},
    ".avif": {"quality": 98, "subsampling": "4:4:4"},
}


def write_chart_photo(path: Path, colours: Values = COLOURS, **how: Any) -> Path:
    picture = Image.fromarray(chart(colours).round().astype(np.uint8))
    picture.save(path, **_BEST.get(path.suffix, {}), **how)
    return path


def display_p3() -> bytes:
    """An ICC profile of three primaries and a curve (ICC.1:2010, §8.3), as phones write for Display P3."""
    curve = _number("para", ">HH5i", 3, 0, *(_fixed(v) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    tags = {
        b"rXYZ": _xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": _xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": _xyz(0.15710, 0.06657, 0.78407),
        b"wtpt": _xyz(0.96420, 1.0, 0.82491),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 3) + b"P3\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"CC0\0",
    }
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    header = struct.pack(">I4xI4s4s4s12x4s", at + len(body), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    header += bytes(68 - len(header)) + struct.pack(">3i", _fixed(0.9642), _fixed(1.0), _fixed(0.82491))
    return header + bytes(128 - len(header)) + table + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return _number("XYZ ", ">3i", _fixed(x), _fixed(y), _fixed(z))


def _number(name: str, layout: str, *values: int) -> bytes:
    return name.encode() + bytes(4) + struct.pack(layout, *values)


def _fixed(value: float) -> int:
    return round(value * 65536)
