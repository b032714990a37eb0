"""Pixels of one photo in sRGB, whatever colours its profile says they are."""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

#: no profile that a camera writes is nearly as long
_LONGEST_PROFILE = 4 * 1024 * 1024


def in_srgb(pixels: NDArray[np.uint8], profile: object) -> NDArray[np.uint8]:
    """Rows of RGB. `profile` is the ICC profile beside them, if any; one that cannot be used is as good as none, as
    browsers have it."""
    transform = _to_srgb(profile, "RGB") if isinstance(profile, bytes) else None
    if transform is None:
        return pixels
    return np.asarray(transform.apply(Image.fromarray(pixels)))


def ink_in_srgb(photo: Image.Image) -> Image.Image:
    """A photo in CMYK, as printers have it, which only its profile can tell the look of."""
    profile = photo.info.get("icc_profile")
    transform = _to_srgb(profile, "CMYK") if isinstance(profile, bytes) else None
    return transform.apply(photo) if transform else photo.convert("RGB")


@lru_cache(maxsize=4)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    if len(profile) > _LONGEST_PROFILE:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
