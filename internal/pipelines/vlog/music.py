"""The film's music: the user's own file or a built-in track, its beats, and where the file lies."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from internal.errors import MusicOver, NoSound
from internal.media import Analysis
from internal.pipeline import Run
from internal.pipelines.vlog.looking import Looking, fetch, sha256_of
from internal.pipelines.vlog.rounds import part
from internal.pipelines.vlog.wishes import settings_of
from internal.storyboard import Found, Tune
from internal.vlog import Music, VlogSettings


def own_tune(run: Run, looking: Looking) -> Tune | None:
    """Of the user's own file, if there is one. Raises UnreadableMedia."""
    settings = settings_of(run)
    if not settings.music_id:
        return None
    media = run.services.store.media(run.job.owner_id, settings.music_id)
    found = looking.at(media)
    if not found.analysis.facts.has_sound:
        raise NoSound("There is no sound in it. Choose another file as the music.")
    return _tune(found.sha256, settings, found.analysis)


def built_in_tune(run: Run, looking: Looking, found: Sequence[Found]) -> Tune | None:
    """A track of the mood that was asked for; equal media get the same, other days another.
    Raises UnreadableMedia."""
    settings = settings_of(run)
    tracks = run.services.music.tracks(settings.mood) if settings.mood else ()
    if not tracks:
        return None
    day = hashlib.sha256("".join(sorted(one.sha256 for one in found)).encode()).digest()
    track = tracks[int.from_bytes(day) % len(tracks)]
    path = run.services.music.path(track)
    sha256 = sha256_of(path)
    return _tune(sha256, settings, looking.known_or_read(path, sha256, None), track)


def music_file(run: Run, music: Music) -> Path:
    """The file to play, fetched if it is the user's own. Raises UnreadableMedia."""
    if music.track:
        return run.services.music.path(music.track)
    music_id = settings_of(run).music_id
    assert music_id, "music is built in, or the user's own"
    path = run.folder / "music"
    fetch(run, run.services.store.media(run.job.owner_id, music_id), path)
    return path


def _tune(sha256: str, settings: VlogSettings, analysis: Analysis, track: str = "") -> Tune:
    if settings.music_start >= analysis.facts.seconds:
        raise MusicOver("It is over before the second at which it should begin. Let it begin earlier.")
    start, end = part(settings, analysis)
    music = Music(
        sha256=sha256,
        track=track,
        start=start,
        end=end,
        loop=settings.music_loop,
        volume=settings.music_volume,
        fade=settings.music_fade,
    )
    return Tune(music=music, analysis=analysis)
