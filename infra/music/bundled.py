"""MusicLibrary of the tracks that the package immich-memories-music carries (MIT, generated, by mood)."""

from pathlib import Path

from immich_memories_music import tracks_dir

from internal.vlog import Mood


class BundledMusic:
    def tracks(self, mood: Mood) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in (tracks_dir() / mood).glob("*.opus")))

    def path(self, track: str) -> Path:
        mood = track.partition("_")[0]
        return tracks_dir() / mood / f"{track}.opus"
