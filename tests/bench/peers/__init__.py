"""Other makers of films, measured in environments of their own: `make bench` installs them into .venv-peers."""

import json
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

import fontpkg_noto_sans

from tests.bench.rows import Row
from tests.bench.sample_film import SampleFilm

PYTHON = Path(".venv-peers/bin/python")
#: of the film's beginning
SECONDS = 10


def moviepy(sample: SampleFilm, ours: float) -> Row:
    """`ours`: seconds we take for a second of the film."""
    what = f"{SECONDS} s of the same film by moviepy 2.2.1"
    if not PYTHON.exists():
        return Row(what, "not measured: run `make bench`, which installs it", "–")
    with tempfile.TemporaryDirectory() as folder:
        asked = json.dumps(_asked(sample, Path(folder) / "film.mp4"))
        command = [str(PYTHON), str(Path(__file__).parent / "by_moviepy.py")]
        said = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout
    took = float(said.splitlines()[-1]) / SECONDS
    return Row(
        what,
        f"{took:.1f} s for each second of film, {took / ours:.1f} × ours ({ours:.2f} s)",
        "–",
    )


def _asked(sample: SampleFilm, out: Path) -> dict[str, object]:
    """What its script reads: the same scenes, times, words and music."""
    film = sample.film
    scenes = [
        {
            "path": str(sample.media[scene.sha256]),
            "kind": scene.kind,
            "begin": first / film.canvas.fps,
            "start": scene.start,
            "seconds": count / film.canvas.fps,
            "caption": scene.caption,
        }
        for scene, first, count in zip(film.scenes, film.starts, film.counts, strict=True)
        if first < SECONDS * film.canvas.fps
    ]
    return {
        "width": film.canvas.width,
        "height": film.canvas.height,
        "fps": film.canvas.fps,
        "seconds": SECONDS,
        "overlap": film.overlap / film.canvas.fps,
        "scenes": scenes,
        "music": str(sample.media["music"]),
        "font": str(files(fontpkg_noto_sans) / "files" / "NotoSans[wdth,wght].ttf"),
        "out": str(out),
    }
