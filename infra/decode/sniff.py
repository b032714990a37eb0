"""What a file is by its first bytes; names and declared types are never asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from internal.errors import BrokenMedia, UnknownMedia

#: as many first bytes as `sniff` looks at: MPEG-TS repeats its sync byte every 188
HEAD = 1024
USABLE = "Use a photo (JPEG, PNG, WebP, HEIC, AVIF, GIF), a clip (MP4, MOV, MKV, WebM, AVI, MPEG) or music."


class Family(StrEnum):
    PHOTO = "photo"
    #: pictures, sound or both: only its streams tell
    FILM = "film"


@dataclass(frozen=True)
class Content:
    """`reader` is the one Pillow format or the FFmpeg demuxers that may open it."""

    content_type: str
    label: str
    family: Family
    reader: str


def _photo(content_type: str, label: str, reader: str) -> Content:
    return Content(content_type, label, Family.PHOTO, reader)


def _film(content_type: str, label: str, reader: str) -> Content:
    return Content(content_type, label, Family.FILM, reader)


#: FFmpeg matches a demuxer by each of its names, so all of one demuxer's names are listed
_MOV = "mov,mp4,m4a,3gp,3g2,mj2"
_HEIC = _photo("image/heic", "HEIC", "HEIF")
_AVIF = _photo("image/avif", "AVIF", "AVIF")
_MP4 = _film("video/mp4", "MP4", _MOV)
_QUICKTIME = _film("video/quicktime", "QuickTime", _MOV)
_MATROSKA = _film("video/x-matroska", "Matroska", "matroska,webm")
_WEBM = _film("video/webm", "WebM", "matroska,webm")
_TS = _film("video/mp2t", "MPEG-TS", "mpegts")
_MP3 = _film("audio/mpeg", "MP3", "mp3")
_AAC = _film("audio/aac", "AAC", "aac")

_MAGIC: Mapping[bytes, Content] = {
    b"\xff\xd8\xff": _photo("image/jpeg", "JPEG", "JPEG"),
    b"\x89PNG\r\n\x1a\n": _photo("image/png", "PNG", "PNG"),
    b"GIF87a": _photo("image/gif", "GIF", "GIF"),
    b"GIF89a": _photo("image/gif", "GIF", "GIF"),
    b"\x00\x00\x01\xba": _film("video/mpeg", "MPEG", "mpeg"),
    b"OggS": _film("audio/ogg", "Ogg", "ogg"),
    b"fLaC": _film("audio/flac", "FLAC", "flac"),
    b"ID3": _MP3,
    b"\xff\xfb": _MP3,
    b"\xff\xf3": _MP3,
    b"\xff\xf2": _MP3,
    b"\xff\xf1": _AAC,
    b"\xff\xf9": _AAC,
}
_RIFF: Mapping[bytes, Content] = {
    b"WEBP": _photo("image/webp", "WebP", "WEBP"),
    b"AVI ": _film("video/x-msvideo", "AVI", "avi"),
    b"WAVE": _film("audio/wav", "WAV", "wav"),
}
#: brands of ISO base media files (ISO/IEC 14496-12 §4.3) that hold still images; others hold films
_STILL_BRANDS: Mapping[bytes, Content] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), _HEIC),
    **dict.fromkeys((b"avif", b"avis"), _AVIF),
}
#: Canon's raw photos, in which FFmpeg would find clips of one frame
_RAW_BRAND = b"crx "
#: QuickTime files older than `ftyp` begin with one of these
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_UNUSABLE: Mapping[bytes, str] = {
    b"<svg": "a vector drawing (SVG)",
    b"<?xml": "an XML text",
    b"#EXTM3U": "a playlist, not a clip",
    b"ffconcat": "a playlist, not a clip",
    b"v=0": "a stream description, not a clip",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive",
    b"II*\x00": "a TIFF or raw photo",
    b"MM\x00*": "a TIFF or raw photo",
    b"BM": "a BMP picture",
}


def sniff(head: bytes) -> Content:
    """The type of the file that begins with `head` (at least `HEAD` bytes, or all of it). Raises
    UnreadableMedia."""
    if not head:
        raise BrokenMedia("This file is empty. Copy it again from where it came from.")
    content = _by_magic(head) or _by_container(head)
    if content is None:
        raise UnknownMedia(_refusal(head))
    return content


def sniff_file(source: BinaryIO) -> Content:
    """As `sniff`; leaves the file at its start."""
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    return sniff(head)


def _by_magic(head: bytes) -> Content | None:
    return next((content for magic, content in _MAGIC.items() if head.startswith(magic)), None)


def _by_container(head: bytes) -> Content | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp" and head[8:12] != _RAW_BRAND:
        return _by_brand(head)
    if head[:4] == b"\x1a\x45\xdf\xa3":  # EBML, whose header names the document type
        return _WEBM if b"webm" in head[:64] else _MATROSKA
    if head[4:8] in _OLD_QUICKTIME:
        return _QUICKTIME
    # packets of 188 bytes, or of 192 with a time in front (Blu-ray, AVCHD)
    plain, timed = head[0:565:188], head[4:581:192]
    return _TS if b"\x47" * 4 in (plain, timed) else None


def _by_brand(head: bytes) -> Content:
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))]
    if brands[0] in (b"mif1", b"msf1", *_STILL_BRANDS):
        return next((_STILL_BRANDS[brand] for brand in brands if brand in _STILL_BRANDS), _HEIC)
    if brands[0] in (b"M4A ", b"M4B "):
        return _film("audio/mp4", "M4A", _MOV)
    return _QUICKTIME if brands[0] == b"qt  " else _MP4


def _refusal(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    known = next((what for magic, what in _UNUSABLE.items() if text.startswith(magic)), None)
    known = "a TIFF or raw photo" if head[4:12] == b"ftyp" + _RAW_BRAND else known
    what = f"This file is {known}." if known else "This file is no photo, clip or music we know, whatever its name."
    return f"{what} {USABLE}"
