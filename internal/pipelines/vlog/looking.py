"""Fetching and looking at one media: from what was kept of the same content, else by reading the whole file."""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

from internal.errors import Damaged, NotFound, TemporaryFailure, UnreadableMedia
from internal.media import Analysis, Media, Place
from internal.pipeline import Run
from internal.pipelines.vlog.wishes import settings_of
from internal.ports import Usage
from internal.storyboard import Found


def look_at(run: Run, media: Media) -> Found:
    """Raises UnreadableMedia, also when the store no longer has it."""
    known = media.sha256 and _kept(run, media.sha256)
    if media.sha256 and known:
        return _found(run, media, media.sha256, known)
    path = run.folder / media.id
    try:
        fetch(run, media, path)
        sha256 = sha256_of(path)
        with run.write() as tx:
            tx.save_media(replace(media, sha256=sha256))
        return _found(run, media, sha256, known_or_read(run, path, sha256))
    finally:
        path.unlink(missing_ok=True)


def fetch(run: Run, media: Media, path: Path) -> None:
    """Write its content to `path`. Raises UnreadableMedia when it is gone, or damaged still at the last attempt: a
    fault of the network, which looks the same, has passed by then."""
    try:
        run.services.media.get(media.key, path)
    except NotFound as error:
        raise UnreadableMedia("It is no longer in the media store. Upload it again.", media.sha256) from error
    except Damaged as error:
        if not run.job.last_attempt:
            raise
        raise UnreadableMedia("It was damaged in the media store. Upload it again.", media.sha256) from error


def known_or_read(run: Run, path: Path, sha256: str) -> Analysis:
    """Of a file that is here; the same content may have come before under another name. Raises UnreadableMedia."""
    known = _kept(run, sha256)
    if known:
        return known
    analysis = run.services.analyst.analyze(path, settings_of(run).language, run.check, partial(_spend, run))
    run.services.store.keep_analysis(run.job.owner_id, sha256, _analyst(run), analysis)
    return analysis


def _spend(run: Run, usage: Usage) -> None:
    with run.write() as tx:
        tx.add_usage(usage)


def _analyst(run: Run) -> str:
    return run.services.analyst.name(settings_of(run).language)


def _found(run: Run, media: Media, sha256: str, analysis: Analysis) -> Found:
    place = _place(run, analysis)
    return Found(name=media.name, media_id=media.id, sha256=sha256, analysis=analysis, place=place)


def _place(run: Run, analysis: Analysis) -> Place | None:
    """Its name is not worth a film: without the names of places it is made at the last attempt."""
    if analysis.latitude is None or analysis.longitude is None:
        return None
    try:
        return run.services.gazetteer.near(analysis.latitude, analysis.longitude, settings_of(run).language)
    except TemporaryFailure:
        if not run.job.last_attempt:
            raise
        return None


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(run: Run, sha256: str) -> Analysis | None:
    return run.services.store.analysis(run.job.owner_id, sha256, _analyst(run))
