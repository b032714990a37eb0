"""`python -m tests.media FOLDER`: make sample media there."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.media import make_day, make_hostile, make_odd, make_tiny

PRESETS: Mapping[str, Callable[[Path], Sequence[Path]]] = {
    "day": make_day,
    "tiny": make_tiny,
    "hostile": make_hostile,
    "odd": make_odd,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.media", description="Make sample media.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", choices=PRESETS, default="day")
    chosen = parser.parse_args()
    for path in PRESETS[chosen.preset](chosen.folder):
        print(path)


if __name__ == "__main__":
    main()
