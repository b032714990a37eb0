"""Golden frames: pictures that somebody looked at and found right, which films must go on showing.

`python -m tests.golden` draws them anew into `tests/golden/references`, after a change that was meant to change
them. Look at each before committing it; then raise `Chunk.renderer`, so that no chunk drawn before is reused.
"""

from pathlib import Path

REFERENCES = Path(__file__).parent / "references"
"""One JPEG for each frame, at most 320 pixels wide."""
