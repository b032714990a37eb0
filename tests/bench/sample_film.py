"""The film that rendering is measured with: a minute from 12 photos of 12 megapixels and 4 clips, as of phones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from internal.film import Film, plan
from internal.media import Kind
from internal.vlog import Music, Resolution, Scene, Storyboard, Transition, VlogSettings
from tests.media import write_music
from tests.media.clips import Take, write_clip
from tests.media.lens import MARGIN, Lens
from tests.media.scenery import Scenery, draw
from tests.media.sounds import bells, waves
from tests.media.stills import write_photo

#: raised when what is drawn changes, so that what was kept is drawn anew
_EDITION = 2
#: a phone's 12 megapixels
_PHOTO = (4032, 3024)
_CLIP_SECONDS = 7.0
_SUBJECTS = ("town", "meadow", "balloons", "sea")
#: p: a photo, upright where it is P; c: a clip
_ORDER = "pppcpPpcppPcppcp"
_CLIPS = (
    Take(_CLIP_SECONDS, 1920, 1080, sound=waves(_CLIP_SECONDS, 1), handheld=True),
    Take(_CLIP_SECONDS, 1920, 1080, fps=60, sound=bells(_CLIP_SECONDS, 2), handheld=True),
    Take(_CLIP_SECONDS, 1920, 1080, codec="libx265", sound=waves(_CLIP_SECONDS, 3), handheld=True),
    Take(_CLIP_SECONDS, 1080, 1920, rotation=-90, sound=bells(_CLIP_SECONDS, 4), handheld=True),
)
_CAPTIONS = ("京都の秋", "Žižkov hill · 09:41", "上海之旅", "On the coast", "서울의 밤", "Harbour · Helsinki")


@dataclass(frozen=True)
class SampleFilm:
    film: Film
    #: by content hash, which here is its name
    media: Mapping[str, Path]


def sample_film(folder: Path, resolution: Resolution) -> SampleFilm:
    """A minute of it; its media are drawn once and kept in `folder`."""
    media = _media(folder / f"film-{_EDITION}")
    scenes = tuple(_scene(number, kind, name) for number, (kind, name) in enumerate(zip(_ORDER, media, strict=False)))
    board = Storyboard(scenes=scenes, music=Music(sha256="music"))
    wishes = VlogSettings(resolution=resolution, transition=Transition.FADE)
    film = plan(board, wishes)
    assert film.frames == 60 * film.canvas.fps, film.frames
    return SampleFilm(film, media)


def _scene(number: int, kind: str, name: str) -> Scene:
    """Long enough, together, for 1800 frames and 15 transitions."""
    frames = 180 if kind == "c" else 109 if number % 6 else 108
    return Scene(
        kind=Kind.CLIP if kind == "c" else Kind.PHOTO,
        sha256=name,
        start=0.5 if kind == "c" else 0.0,
        seconds=frames / 30,
        title="京都の秋 2026" if number == 0 else "",
        subtitle="22 November" if number == 0 else "",
        caption=_CAPTIONS[number % len(_CAPTIONS)],
        ending="さようなら" if number == len(_ORDER) - 1 else "",
        language="ja",
        last=number == len(_ORDER) - 1,
        variation=number,
    )


def _media(folder: Path) -> Mapping[str, Path]:
    """In the order of the film, then the music."""
    names = [f"{number:02d}.{'mp4' if kind == 'c' else 'jpg'}" for number, kind in enumerate(_ORDER)]
    takes = iter(_CLIPS)
    for number, (name, kind) in enumerate(zip(names, _ORDER, strict=True)):
        take = next(takes) if kind == "c" else None
        if not (folder / name).exists():
            _draw(folder / name, number, kind, take)
    if not (folder / "music.m4a").exists():
        write_music(folder / "music.m4a", 70.0)
    return {name: folder / name for name in names} | {"music": folder / "music.m4a"}


def _draw(path: Path, number: int, kind: str, take: Take | None) -> None:
    """Under another name until it is whole."""
    scenery = Scenery(_SUBJECTS[number % len(_SUBJECTS)], 7.0 + number * 0.8, number)
    new = path.with_name(f"new-{path.name}")
    if take:
        write_clip(new, scenery, take)
    else:
        width, height = _PHOTO[::-1] if kind == "P" else _PHOTO
        picture = draw(scenery, width + 2 * MARGIN, height + 2 * MARGIN)
        write_photo(new, Lens(width, height, number).seen(picture))
    new.replace(path)
