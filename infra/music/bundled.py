"""MusicLibrary of the tracks that the package immich-memories-music carries (MIT, generated, by mood)."""

from pathlib import Path

from immich_memories_music import tracks_dir

from internal.errors import NotFound
from internal.vlog import Mood


class BundledMusic:
    def tracks(self, mood: Mood) -> tuple[str, ...]:
        return tuple(sorted(path.stem for path in tracks_dir().glob(f"{mood}/*.opus")))

    def path(self, track: str) -> Path:
        """Found among the files there are: a name is never made into a path."""
        for path in tracks_dir().glob("*/*.opus"):
            if path.stem == track:
                return path
        raise NotFound("There is no built-in music of this name.")
