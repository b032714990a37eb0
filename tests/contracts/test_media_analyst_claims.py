"""What every MediaAnalyst believes of a camera's time and place, in whichever of many ways they are written."""

import struct
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from internal.ports import MediaAnalyst
from tests.contracts.looks import look
from tests.media.clips import Take, write_clip
from tests.media.hostile import make_disguised
from tests.media.scenery import Scenery, draw
from tests.media.stills import Shot, write_photo

LOCAL = datetime(2024, 2, 29, 23, 59, 58)
ZONED = datetime.fromisoformat("2024-02-29T23:59:58-03:30")
PICTURE = draw(Scenery("town", 15.0, 6), 160, 120)
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description {}/></rdf:RDF></x:xmpmeta>'


def with_exif(path: Path, times: Mapping[Any, object], fix: Mapping[Any, object] | None = None) -> Path:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(times)
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(fix or {})
    PICTURE.save(path, exif=exif)
    return path


def taken(analyst: MediaAnalyst, path: Path) -> str | None:
    time = look(analyst, path).taken_at
    return time and time.isoformat()


@pytest.mark.parametrize("taken_at", [LOCAL, ZONED, None])
@pytest.mark.parametrize("suffix", ["jpg", "heic", "avif", "png", "webp"])
def test_a_photos_time_is_as_the_camera_wrote_it(
    analyst: MediaAnalyst, tmp_path: Path, taken_at: datetime | None, suffix: str
) -> None:
    found = look(analyst, write_photo(tmp_path / f"p.{suffix}", PICTURE, Shot(taken_at)))
    assert found.taken_at == taken_at
    assert (found.taken_at and found.taken_at.utcoffset()) == (taken_at and taken_at.utcoffset())


def test_shots_of_one_second_keep_their_order(analyst: MediaAnalyst, tmp_path: Path) -> None:
    time = {ExifTags.Base.DateTimeOriginal: "2024:02:29 23:59:58"}
    for fraction, written in (("07", ".070000"), ("120", ".120000"), ("9", ".900000"), ("x", "")):
        path = with_exif(tmp_path / "p.jpg", {**time, ExifTags.Base.SubsecTimeOriginal: fraction})
        assert taken(analyst, path) == f"2024-02-29T23:59:58{written}"


@pytest.mark.parametrize(
    ("local", "fix", "zone"),
    [
        ("2024:05:03 19:10:00", ("2024:05:03", (10, 9, 47)), "+09:00"),
        ("2024:05:04 00:40:10", ("2024:05:03", (18, 55, 10)), "+05:45"),
        ("2024:05:03 20:10:00", ("2024:05:04", (0, 10, 2.5)), "-04:00"),
        ("2024:05:03 19:10:00", ("2024:05:03", (10, 3, 0)), ""),
        ("2024:05:03 19:10:00", ("2024:05:02", (19, 10, 0)), ""),
        ("2024:05:03 19:10:00", ("2024:05:03", (99, 10, 0)), ""),
        ("2024:05:03 19:10:00", ("nonsense", (10, 10, 0)), ""),
    ],
    ids=["Osaka", "Kathmandu", "the day before", "an old fix", "another day", "no hour", "no day"],
)
def test_the_zone_is_what_lies_between_the_clock_and_the_satellites(
    analyst: MediaAnalyst, tmp_path: Path, local: str, fix: tuple[str, tuple[float, float, float]], zone: str
) -> None:
    day, time = fix
    stamps = {ExifTags.GPS.GPSDateStamp: day, ExifTags.GPS.GPSTimeStamp: time}
    path = with_exif(tmp_path / "p.jpg", {ExifTags.Base.DateTimeOriginal: local}, stamps)
    assert taken(analyst, path) == local.replace(":", "-", 2).replace(" ", "T") + zone


def test_without_a_clock_the_satellites_time_is_taken(analyst: MediaAnalyst, tmp_path: Path) -> None:
    fix = {ExifTags.GPS.GPSDateStamp: "2024:05:03", ExifTags.GPS.GPSTimeStamp: (10.0, 9.0, 47.0)}
    assert taken(analyst, with_exif(tmp_path / "p.jpg", {}, fix)) == "2024-05-03T10:09:47+00:00"


@pytest.mark.parametrize(
    ("written", "zone"), [("+09:00", "+09:00"), ("-0330", "-03:30"), ("Z", "+00:00"), ("+99:00", ""), ("   ", "")]
)
def test_a_written_zone_is_taken_when_it_exists(analyst: MediaAnalyst, tmp_path: Path, written: str, zone: str) -> None:
    times = {ExifTags.Base.DateTimeOriginal: "2024:02:29 23:59:58", ExifTags.Base.OffsetTimeOriginal: written}
    assert taken(analyst, with_exif(tmp_path / "p.jpg", times)) == f"2024-02-29T23:59:58{zone}"


@pytest.mark.parametrize(
    "written", ["0000:00:00 00:00:00", "1970:01:01 00:00:00", "2024:02:30 10:00:00", "2024:02:29", "", "\0", "x" * 9999]
)
def test_a_day_that_never_was_is_left_out(analyst: MediaAnalyst, tmp_path: Path, written: str) -> None:
    assert taken(analyst, with_exif(tmp_path / "p.jpg", {ExifTags.Base.DateTimeOriginal: written})) is None


@pytest.mark.parametrize("suffix", ["jpg", "webp", "png"])
@pytest.mark.parametrize(
    ("xmp", "time"),
    [
        ('exif:DateTimeOriginal="2024-02-29T23:59:58-03:30"', ZONED),
        ('xmp:CreateDate="2024-02-29T23:59:58"', LOCAL),
        ('x:y=""/><photoshop:DateCreated>2024-02-29T23:59:58</photoshop:DateCreated><a', LOCAL),
        ('xmp:CreateDate="2024-02-29"', None),
        ('xmp:CreateDate="yesterday"', None),
    ],
)
def test_where_exif_is_gone_xmp_still_tells(
    analyst: MediaAnalyst, tmp_path: Path, xmp: str, time: datetime | None, suffix: str
) -> None:
    path, text = tmp_path / f"p.{suffix}", XMP.format(xmp)
    if suffix == "png":
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", text)
        PICTURE.save(path, pnginfo=info)
    else:
        PICTURE.save(path, xmp=text.encode())
    assert taken(analyst, path) == (time and time.isoformat())


def test_a_png_has_a_time_of_its_own(analyst: MediaAnalyst, tmp_path: Path) -> None:
    path = write_photo(tmp_path / "p.png", PICTURE)
    content, body = path.read_bytes(), b"tIME" + struct.pack(">H5B", 2024, 2, 29, 23, 59, 58)
    chunk = struct.pack(">I", 7) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(content[:33] + chunk + content[33:])
    assert taken(analyst, path) == "2024-02-29T23:59:58+00:00"


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_clips_time_and_place_are_its_cameras(analyst: MediaAnalyst, tmp_path: Path, suffix: str) -> None:
    take = Take(0.5, 160, 90, taken_at=ZONED, place=(-33.8568, 151.2153))
    found = look(analyst, write_clip(tmp_path / f"c.{suffix}", Scenery("sea", 9, 1), take))
    assert found.taken_at == ZONED
    assert found.taken_at.utcoffset() == timedelta(hours=-3, minutes=-30)
    assert (found.latitude, found.longitude) == (-33.8568, 151.2153)


@pytest.mark.parametrize(
    ("header", "track", "time"),
    [
        ({}, "VideoHandler", "2024-05-03T10:10:00+00:00"),
        ({}, "\x0bGoPro AVC  ", "2024-05-03T10:10:00"),
        ({"com.samsung.android.utc_offset": "+0900"}, "VideoHandle", "2024-05-03T19:10:00+09:00"),
        ({"date": "2024-05-03T19:10:00+0900"}, "", "2024-05-03T19:10:00+09:00"),
        ({"date": "2024"}, "", "2024-05-03T10:10:00+00:00"),
        ({"creation_time": "1904-01-01T00:00:00Z"}, "", None),
    ],
    ids=["UTC", "GoPro", "Samsung", "old iPhone", "a year", "never set"],
)
def test_a_clips_header_is_read_as_its_camera_meant_it(
    analyst: MediaAnalyst, tmp_path: Path, header: dict[str, str], track: str, time: str | None
) -> None:
    path = tmp_path / "c.mp4"
    with av.open(str(path), "w", options={"movflags": "+use_metadata_tags"}) as container:
        container.metadata.update({"creation_time": "2024-05-03T10:10:00Z", **header})
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.metadata["handler_name"] = track
        for number in range(5):
            frame = av.VideoFrame.from_image(PICTURE)
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert taken(analyst, path) == time


@pytest.mark.parametrize("place", [(35.3001, 139.4803), (-33.8568, 151.2153), (40.6892, -74.0445), (-0.0001, 0.0)])
def test_a_place_is_found_on_either_side_of_both_lines(
    analyst: MediaAnalyst, tmp_path: Path, place: tuple[float, float]
) -> None:
    photo = look(analyst, write_photo(tmp_path / "p.jpg", PICTURE, Shot(place=place)))
    assert (photo.latitude, photo.longitude) == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize("place", [(95.0, 200.0), (0.0, 0.0)])
def test_a_place_off_the_globe_or_never_fixed_is_left_out(
    analyst: MediaAnalyst, tmp_path: Path, place: tuple[float, float]
) -> None:
    photo = look(analyst, write_photo(tmp_path / "p.jpg", PICTURE, Shot(place=place)))
    assert (photo.latitude, photo.longitude) == (None, None)


def test_lying_metadata_costs_nothing_but_itself(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_disguised(tmp_path)
    found = look(analyst, tmp_path / "lies.jpg")
    assert (found.taken_at, found.latitude, found.facts.width) == (None, None, 160)
    assert len(found.model_dump_json()) < 1000
