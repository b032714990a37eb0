"""Where the pieces of a film are written."""

from pathlib import Path

from internal.film import Piece


def file_of(piece: Piece, folder: Path) -> Path:
    return folder / f"{piece.name}.mp4"


def unfinished(out: Path) -> Path:
    """What it is called until it is whole."""
    return out.with_name(f"{out.name}.part")
