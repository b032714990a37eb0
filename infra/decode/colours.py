"""One photo in sRGB, whatever colours its profile says it has."""

import io
from functools import lru_cache
from itertools import product

import numpy as np
from PIL import Image, ImageCms, ImageFilter

from infra.decode.light import differs, shown

#: no profile that a camera writes is nearly as long
_LONGEST_PROFILE = 4 * 1024 * 1024
#: of each colour in a table between whose points Pillow interpolates
_STEPS = 33


def in_srgb(photo: Image.Image) -> Image.Image:
    """Of RGB or CMYK. A profile that cannot be used is as good as none, as browsers have it."""
    profile = photo.info.get("icc_profile")
    if isinstance(profile, bytes):
        transform = _to_srgb(profile, photo.mode)
        return transform.apply(photo) if transform else _rgb(photo)
    said = photo.info.get("nclx_profile") or {}
    transfer, primaries = said.get("transfer_characteristics", 2), said.get("color_primaries", 2)  # 2: not said
    if differs(transfer, primaries):
        return photo.filter(_table(transfer, primaries))
    return _rgb(photo)


def _rgb(photo: Image.Image) -> Image.Image:
    """The same one where it can be: `convert` copies."""
    return photo if photo.mode == "RGB" else photo.convert("RGB")


@lru_cache(maxsize=4)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None when nothing can or need be done."""
    if len(profile) > _LONGEST_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return transform if mode == "CMYK" or _changes(transform) else None


def _changes(transform: ImageCms.ImageCmsTransform) -> bool:
    """Many photos bring sRGB's own profile: undoing nothing would cost as much as decoding them."""
    colours = np.array(list(product(range(0, 256, 51), repeat=3)), np.uint8)[None]
    after = np.asarray(transform.apply(Image.fromarray(colours)), int)
    return bool(abs(after - colours).max() > 1)


@lru_cache(maxsize=4)
def _table(transfer: int, primaries: int) -> ImageFilter.Color3DLUT:
    """For HEIC photos that have no profile but, as clips do, H.273's numbers: cameras write those for HDR."""
    steps = np.linspace(0, 1, _STEPS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = shown(np.stack((red, green, blue), axis=-1), transfer, primaries)
    return ImageFilter.Color3DLUT(_STEPS, colours.reshape(-1).tolist())
