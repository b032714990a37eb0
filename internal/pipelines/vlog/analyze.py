"""analyze: look at each media once, and leave out what cannot be read, with its reason."""

import hashlib
from dataclasses import replace
from pathlib import Path

from internal.errors import NotFound, PermanentFailure, UnreadableMedia
from internal.media import Analysis, Kind, Media
from internal.pipeline import Done, Run
from internal.storyboard import Found


def analyze(run: Run) -> Done:
    found: list[Found] = []
    left_out: list[str] = []
    media_ids = run.job.params["media"]
    for number, media_id in enumerate(media_ids):
        media = run.services.store.media(run.job.owner_id, media_id)
        run.progress(number / len(media_ids), f"Looking at {media.name}")
        try:
            found.append(_look_at(run, media))
        except (UnreadableMedia, NotFound) as error:
            left_out.append(f"{media.name}: {error}")
    if not found:
        raise PermanentFailure("nothing_readable", "None of the files could be read. " + " ".join(left_out[:3]))
    return Done({"found": [one.model_dump(mode="json") for one in found], "left_out": left_out})


def _look_at(run: Run, media: Media) -> Found:
    """From what was kept of the same content, else by reading the whole file."""
    known = media.sha256 and run.services.store.analysis(media.owner_id, media.sha256, run.services.analyst.name)
    if media.sha256 and known:
        return Found(name=media.name, media_id=media.id, sha256=media.sha256, analysis=known)
    return _read(run, media)


def _read(run: Run, media: Media) -> Found:
    path = run.folder / media.id
    run.services.media.get(media.key, path)
    try:
        sha256 = sha256_of(path)
        with run.write() as tx:
            tx.save_media(replace(media, sha256=sha256))
        analysis = _kept(run, media, sha256) or run.services.analyst.analyze(path, run.check)
    finally:
        path.unlink(missing_ok=True)
    if analysis.facts.kind is Kind.MUSIC:
        raise UnreadableMedia("It holds sound but no picture; give it as the music instead.")
    run.services.store.keep_analysis(media.owner_id, sha256, run.services.analyst.name, analysis)
    return Found(name=media.name, media_id=media.id, sha256=sha256, analysis=analysis)


def _kept(run: Run, media: Media, sha256: str) -> Analysis | None:
    """The same content may have come before under another name."""
    return run.services.store.analysis(media.owner_id, sha256, run.services.analyst.name)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
