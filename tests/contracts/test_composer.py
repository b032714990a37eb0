"""What every Composer must do. Films here are small and seconds long; their frames are looked at."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image, ImageFilter

from tests.contracts.small_films import (
    RATE,
    clip,
    film_of,
    frames,
    make,
    nothing,
    photo,
    render,
    rendered,
    sound,
    whole_day,
)
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw

# ---------------------------------------------------------------- chunks


def test_each_chunk_has_exactly_its_frames_in_its_size_and_tagged_colours(composer, day, tmp_path):
    film = whole_day()
    chunks = render(composer, film, day, tmp_path)
    for chunk in film.chunks:
        with av.open(str(chunks[chunk.name])) as container:
            decoded = list(container.decode(video=0))
        assert len(decoded) == chunk.frames
        assert {(f.width, f.height, f.format.name) for f in decoded} == {(160, 90, "yuv420p")}
        assert {(f.colorspace, f.color_trc, f.color_primaries, f.color_range) for f in decoded} == {(1, 1, 1, 1)}


def test_equal_chunks_are_equal_files_and_so_are_equal_films(composer, day, tmp_path):
    film = whole_day()
    one, other = (make(composer, film, day, tmp_path / name) for name in ("one", "other"))
    names = sorted(path.name for path in one.parent.iterdir())
    assert names == sorted([*(f"{piece.name}.mp4" for piece in film.pieces), "film.mp4"])
    assert all((one.parent / name).read_bytes() == (other.parent / name).read_bytes() for name in names)


# ---------------------------------------------------------------- the film


def test_the_film_has_every_frame_and_sound_exactly_as_long(composer, day, tmp_path):
    film = whole_day()
    path = make(composer, film, day, tmp_path / "film")
    with av.open(str(path)) as container:
        picture, heard = container.streams.video[0], container.streams.audio[0]
        assert (picture.frames, heard.codec_context.name, heard.rate, heard.channels) == (film.frames, "aac", RATE, 2)
        assert float(picture.duration * picture.time_base) == pytest.approx(film.seconds, abs=0.001)
        assert float(heard.duration * heard.time_base) == pytest.approx(film.seconds, abs=0.001)
        times = [frame.pts * frame.time_base for frame in container.decode(picture)]
    assert times == [Fraction(number, 30) for number in range(film.frames)]
    assert abs(len(sound(path)) - film.frames * RATE // 30) < 1024


def test_the_joined_pictures_are_the_chunks_unchanged(composer, day, tmp_path):
    film = whole_day()
    pieces = rendered(composer, film.pieces, day, tmp_path)
    composer.join(film, pieces, tmp_path / "film.mp4", nothing)
    apart = [picture for chunk in film.chunks for picture in frames(pieces[chunk.name])]
    assert all(map(np.array_equal, frames(tmp_path / "film.mp4"), apart))


def test_the_film_starts_playing_before_it_is_all_there(composer, day, tmp_path):
    content = make(composer, whole_day(), day, tmp_path / "film").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_the_film_and_its_thumbnail_tell_nothing_about_camera_or_place(composer, tmp_path):
    exif = Image.Exif()
    exif[0x010F], exif[0xA431] = "SecretMaker", "SERIAL123"
    exif[0x8825] = {1: "N", 2: (35.0, 0.0, 0.0), 3: "E", 4: (135.0, 0.0, 0.0)}
    Image.new("RGB", (160, 90), "red").save(tmp_path / "red.jpg", exif=exif)
    take = Take(1.0, 160, 90, place=(35.3001, 139.4803))
    media = {"red": tmp_path / "red.jpg", "clip": write_clip(tmp_path / "a.mp4", Scenery("sea", 9.0, 1), take)}
    film = make(composer, film_of(photo("red"), clip("clip")), media, tmp_path / "film")
    composer.thumbnail(film, tmp_path / "thumbnail.jpg", nothing)
    content = film.read_bytes() + (tmp_path / "thumbnail.jpg").read_bytes()
    assert not any(secret in content for secret in (b"SecretMaker", b"SERIAL123", b"+35.", b"Exif", b"location"))


def test_the_thumbnail_is_640_pixels_wide_and_shows_the_best_of_the_film(composer, tmp_path):
    town = draw(Scenery("town", 12.0, 5), 320, 180)
    pictures = {
        "title": draw(Scenery("sea", 18.5, 6), 320, 180),
        "blurred": town.filter(ImageFilter.GaussianBlur(6)),
        "night": town.point(lambda value: value // 8),
        "town": town,
        "burnt": town.point(lambda value: 200 + value // 5),
        "end": draw(Scenery("balloons", 6.5, 7), 320, 180),
    }
    for name, picture in pictures.items():
        picture.save(tmp_path / f"{name}.png")
    media = {name: tmp_path / f"{name}.png" for name in pictures}
    film = make(composer, film_of(*(photo(name, 2.0, last=name == "end") for name in media)), media, tmp_path / "film")
    composer.thumbnail(film, tmp_path / "thumbnail.jpg", nothing)
    with Image.open(tmp_path / "thumbnail.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (640, 360))
        seen = image.convert("RGB")
    away = {name: difference(seen, picture, 32) for name, picture in pictures.items()}
    assert sorted(away, key=lambda name: away[name])[:2] in (["town", "blurred"], ["blurred", "town"])
    assert difference(seen, pictures["town"], 96) < difference(seen, pictures["blurred"], 96)


def test_the_thumbnail_does_not_show_the_title_while_it_goes(composer, tmp_path):
    """However much there is to see beneath it."""
    pictures = {"first": draw(Scenery("town", 12.0, 5), 320, 180), "second": Image.new("RGB", (320, 180), "teal")}
    for name, picture in pictures.items():
        picture.save(tmp_path / f"{name}.png")
    scenes = photo("first", 4.8), photo("second", 6.0, last=True)
    film = make(composer, film_of(*scenes), {name: tmp_path / f"{name}.png" for name in pictures}, tmp_path / "film")
    composer.thumbnail(film, tmp_path / "thumbnail.jpg", nothing)
    with Image.open(tmp_path / "thumbnail.jpg") as image:
        assert difference(image, pictures["second"], 32) < 8


def difference(one: Image.Image, other: Image.Image, width: int) -> float:
    """Mean over pixels and colours, seen at this width."""
    small, like = (np.asarray(image.resize((width, width * 9 // 16)), float) for image in (one, other))
    return float(abs(small - like).mean())
