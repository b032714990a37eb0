"""compose: render the pieces that are not kept yet, join them, and leave the film in the work store.

Pieces are named by what they show or let hear and kept in the work store, so a crash or an
edit renders again only what is missing or changed.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from internal import notes
from internal.errors import Damaged, NotFound, PermanentFailure, UnreadableMedia, UnusableClip
from internal.faults import crash_point
from internal.film import Film, Piece, plan
from internal.media import Reason
from internal.notes import Note
from internal.pipeline import Done, Run
from internal.pipelines.vlog.clips import Clips, brought_to_life, fetch_clip
from internal.pipelines.vlog.looking import fetch
from internal.pipelines.vlog.music import music_file
from internal.pipelines.vlog.wishes import settings_of
from internal.ports import ObjectStore
from internal.storyboard import Found
from internal.subtitles import srt, vtt
from internal.vlog import Storyboard

#: what a film consists of: file name to content type
FILM_FILES = {
    "film.mp4": "video/mp4",
    "thumbnail.jpg": "image/jpeg",
    "subtitles.srt": "application/x-subrip",
    "subtitles.vtt": "text/vtt",
}


def compose(run: Run) -> Done:
    """Output: `folder` of the film in the work store, its `seconds`, the `storyboard` as it was told in the end, the
    photos (content hashes) that are `moving` in it, and `left_out`, as Notes: what analysis could read may still fail
    to play, and so may a clip that was generated."""
    storyboard = Storyboard.kept(run.outputs["storyboard"])
    clips: Clips = run.outputs["generate"]["clips"]
    left_out: list[Note] = []
    while True:
        try:
            made = _made(run, storyboard, clips)
            return Done({**made, "left_out": [note.model_dump(mode="json") for note in left_out]})
        except UnreadableMedia as error:
            photo = next((sha for sha, clip in clips.items() if clip["sha256"] == error.field), None)
            if photo:  # whose clip it is: nothing is wrong with the photo
                unusable = Reason(code=UnusableClip.code, text=str(error))
                left_out.append(notes.panned([_name_of(run, photo)], unusable))
                clips = {sha: clip for sha, clip in clips.items() if sha != photo}
                continue
            left_out.append(_left_out(run, error))
            fewer = storyboard.without(error.field or "")
            if fewer == storyboard or not fewer.scenes:
                raise PermanentFailure("unplayable", left_out[-1].text) from error
            storyboard = fewer


def _made(run: Run, storyboard: Storyboard, clips: Clips) -> dict[str, Any]:
    """Raises UnreadableMedia whose `field` is the content hash of the media or clip at fault."""
    film = plan(brought_to_life(storyboard, clips), settings_of(run), run.services.short_side)
    files = _finish(run, film, _pieces(run, film, clips))
    folder = f"films/{run.job.id}/{run.job.run_no}"
    for name, content_type in FILM_FILES.items():
        _put(run.services.work, f"{folder}/{name}", files / name, content_type)
    crash_point("film kept")
    return {
        "folder": folder,
        "seconds": film.seconds,
        "storyboard": storyboard.model_dump(mode="json"),
        "moving": sorted(clips.keys() & {scene.sha256 for scene in storyboard.scenes}),
    }


def is_kept(run: Run, output: Mapping[str, Any]) -> bool:
    """Whether the film of a checkpoint still lies in the work store."""
    return all(run.services.work.info(f"{output['folder']}/{name}") for name in FILM_FILES)


def _fetch(run: Run, film: Film, clips: Clips, pieces: Sequence[Piece]) -> dict[str, Path]:
    """The media that these pieces of the film show and play, by content hash."""
    needed = frozenset[str]().union(*(piece.media for piece in pieces))
    paths: dict[str, Path] = {}
    for sha256 in {scene.sha256: None for scene in film.scenes if scene.sha256 in needed}:
        paths[sha256] = run.folder / sha256
        if not paths[sha256].exists():  # it is there when the film is put together again without another
            _fetch_one(run, sha256, clips, paths[sha256])
        run.check()
    if film.music and film.music.sha256 in needed:
        paths[film.music.sha256] = music_file(run, film.music)
    return paths


def _fetch_one(run: Run, sha256: str, clips: Clips, path: Path) -> None:
    generated = next((clip for clip in clips.values() if clip["sha256"] == sha256), None)
    if generated:
        fetch_clip(run, generated["key"], path, sha256)
        return
    found = map(Found.kept, run.outputs["analyze"]["found"])
    media_id = next(one.media_id for one in found if one.sha256 == sha256)
    fetch(run, run.services.store.media(run.job.owner_id, media_id), path)


def _left_out(run: Run, error: UnreadableMedia) -> Note:
    """Its `field` is the content hash of the media at fault, if anybody knows it."""
    name, tune = _name_of(run, error.field), run.outputs["analyze"]["tune"]
    if not name and tune and tune["music"]["sha256"] == error.field:
        return notes.without_music(Reason.of(error))
    return notes.left_out(name or "One of the files", Reason.of(error))


def _name_of(run: Run, sha256: str | None) -> str:
    """What the user calls the photo or clip with this content; "" when it is neither."""
    found = map(Found.kept, run.outputs["analyze"]["found"])
    return next((one.name for one in found if one.sha256 == sha256), "")


def _pieces(run: Run, film: Film, clips: Clips) -> dict[str, Path]:
    """Every piece's file, by name: fetched if kept, rendered and kept if not."""
    wanted = {piece.name: piece for piece in film.pieces}
    files = {name: path for name in wanted if (path := _kept(run, name))}
    missing = [piece for name, piece in wanted.items() if name not in files]
    media = _fetch(run, film, clips, missing)
    with closing(run.services.composer.render(missing, media, run.folder, run.check)) as rendered:
        for piece, path in rendered:
            crash_point("chunk rendered")
            _put(run.services.work, chunk_key(run, piece.name), path, "video/mp4")
            crash_point("chunk kept")
            files[piece.name] = path
            run.progress(0.9 * len(files) / len(wanted), f"Rendered {len(files)} of {len(wanted)} pieces")
    return files


def _kept(run: Run, name: str) -> Path | None:
    """One that was spoilt counts as not kept, like one that was never there."""
    path = run.folder / f"{name}.mp4"
    try:
        run.services.work.get(chunk_key(run, name), path)
    except (NotFound, Damaged):
        return None
    return path


def _finish(run: Run, film: Film, pieces: Mapping[str, Path]) -> Path:
    """Write every file of `FILM_FILES` to a folder."""
    folder = run.folder / "film"
    folder.mkdir(exist_ok=True)
    run.progress(0.9, "Joining the film")
    run.services.composer.join(film, pieces, folder / "film.mp4", run.check)
    crash_point("film joined")
    run.services.composer.thumbnail(folder / "film.mp4", folder / "thumbnail.jpg", run.check)
    (folder / "subtitles.srt").write_text(srt(film), encoding="utf-8")
    (folder / "subtitles.vtt").write_text(vtt(film), encoding="utf-8")
    return folder


def chunk_key(run: Run, name: str) -> str:
    """Chunks of different encoders cannot be joined by stream copy, so each keeps its own."""
    return f"chunks/{run.services.composer.name}/{name}.mp4"


def _put(store: ObjectStore, key: str, path: Path, content_type: str) -> None:
    with path.open("rb") as data:
        store.put(key, data, content_type)
