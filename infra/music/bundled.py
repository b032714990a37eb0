"""MusicLibrary of the tracks that the package immich-memories-music carries (MIT, generated, by mood)."""

from pathlib import Path

from immich_memories_music import tracks_dir

from internal.errors import NotFound
from internal.vlog import Mood

#: they swell or fade by more than 6 dB for many seconds, which under a film sounds like a mistake, and more so where
#: they begin again
_UNEVEN = frozenset(
    {
        "calm_acoustic_s411",
        "calm_electronic_s411",
        "nostalgic_acoustic_1",
        "tender_electronic_1",
        "tender_electronic_2",
    }
)


class BundledMusic:
    def tracks(self, mood: Mood) -> tuple[str, ...]:
        return tuple(sorted({path.stem for path in tracks_dir().glob(f"{mood}/*.opus")} - _UNEVEN))

    def path(self, track: str) -> Path:
        """Found among the files there are: a name is never made into a path. Films that were told with a track that
        is no longer offered still play it."""
        for path in tracks_dir().glob("*/*.opus"):
            if path.stem == track:
                return path
        raise NotFound("There is no built-in music of this name.")
