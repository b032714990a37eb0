"""Asking an analyst about one file."""

from pathlib import Path

from internal.media import Analysis
from internal.ports import MediaAnalyst


def look(analyst: MediaAnalyst, path: Path) -> Analysis:
    return analyst.analyze(path, lambda: None)


def bits_apart(one: str, other: str) -> int:
    """Of two fingerprints."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
