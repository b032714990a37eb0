"""`python -m tests.golden`: draw the references anew, and say how like the old ones they are."""

import tempfile
from pathlib import Path

from tests.golden import REFERENCES
from tests.golden.films import GOLDEN, kept, make_media, path_of, take
from tests.golden.similarity import likeness


def main() -> None:
    REFERENCES.mkdir(exist_ok=True)
    for old in set(REFERENCES.iterdir()) - {path_of(golden) for golden in GOLDEN}:
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="golden-") as folder:
        media = make_media(Path(folder))
        for golden in GOLDEN:
            picture = take(golden, media, Path(folder))
            if path_of(golden).exists():
                was = likeness(kept(golden), picture)
                print(f"{golden.name}: like the old one by {was.mean:.3f}, at its worst {was.worst:.3f}")
            else:
                print(f"{golden.name}: new")
            picture.save(path_of(golden), quality=94, subsampling=0, optimize=True)


if __name__ == "__main__":
    main()
