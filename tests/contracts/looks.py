"""Asking an analyst about one file."""

from pathlib import Path

from internal.media import Analysis
from internal.ports import MediaAnalyst, Usage


def look(analyst: MediaAnalyst, path: Path) -> Analysis:
    """In English, undisturbed, whatever it costs."""
    return analyst.analyze(path, "en", lambda: None, spent)


def spent(_usage: Usage) -> None:
    """Nobody counts."""


def bits_apart(one: str, other: str) -> int:
    """Of two fingerprints."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
