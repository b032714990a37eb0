"""Fetching and looking at media: from what was kept of the same content, else by reading the whole file."""

import hashlib
import logging
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from threading import Lock

from internal.errors import Damaged, LostMedia, NotFound, PermanentFailure, TemporaryFailure
from internal.media import Analysis, Facts, Media, Place, Reason
from internal.pipeline import Run
from internal.pipelines.vlog.wishes import settings_of
from internal.ports import Usage
from internal.storyboard import Found

_log = logging.getLogger(__name__)


class Looking:
    """One delivery's looks at media. May be used by several threads."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._settings = settings_of(run)
        self._language = self._settings.language
        #: of contents that are being looked at, by hash: the same file given twice is asked about once
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def at(self, media: Media) -> Found:
        """Raises UnreadableMedia, also when the store no longer has it."""
        known = media.sha256 and self._kept(media.sha256)
        if media.sha256 and known:
            return self._found(media, media.sha256, known)
        path = self._run.folder / media.id
        try:
            fetch(self._run, media, path)
            sha256 = sha256_of(path)
            with self._run.write() as tx:
                tx.save_media(replace(media, sha256=sha256))
            return self._found(media, sha256, self.known_or_read(path, sha256, media.facts))
        finally:
            path.unlink(missing_ok=True)

    def known_or_read(self, path: Path, sha256: str, facts: Facts | None) -> Analysis:
        """Of a file that is here; the same content may have come before under another name. `facts`: what is known
        of it already. Raises UnreadableMedia."""
        with self._locks[sha256]:
            return self._kept(sha256) or self._read(path, sha256, facts)

    def _read(self, path: Path, sha256: str, facts: Facts | None) -> Analysis:
        """Who could describe it is worth a few attempts, but no film; and what nobody described for now is not kept,
        so that the next film may know more."""
        run, analyst = self._run, self._run.services.analyst
        limit = self._limit(facts)
        if limit:
            return self._only_measured(path, limit)
        try:
            analysis = analyst.analyze(path, self._language, run.check, self._spend)
        except (PermanentFailure, TemporaryFailure) as error:
            if isinstance(error, TemporaryFailure) and not run.job.last_attempt:
                raise
            return self._only_measured(path, Reason.of(error))
        run.services.store.keep_analysis(run.job.owner_id, sha256, analyst.name(self._language), analysis)
        return self._kept(sha256) or analysis  # as its owner may have corrected it

    def _limit(self, facts: Facts | None) -> Reason | None:
        """That to ask about it would exceed, of what may be spent. Questions that are under way are not counted yet:
        together they may exceed a limit by cents."""
        services, job = self._run.services, self._run.job
        price = services.analyst.price(facts) if facts else 0.0
        if not price:
            return None
        return services.limits.exceeded(services.store.spent(job.owner_id, job.id), price, self._settings.max_cost)

    def _only_measured(self, path: Path, reason: Reason) -> Analysis:
        _log.warning("only measured: %s", reason.text)
        analysis = self._run.services.analyst.measure(path, self._run.check)
        return analysis.model_copy(update={"undescribed": reason})

    def _spend(self, usage: Usage) -> None:
        """The job tells of it: what it has cost is part of what is shown of it."""
        with self._run.write() as tx:
            tx.add_usage(usage)
            tx.save(tx.job, "model asked", vars(usage))

    def _kept(self, sha256: str) -> Analysis | None:
        run = self._run
        return run.services.store.analysis(run.job.owner_id, sha256, run.services.analyst.name(self._language))

    def _found(self, media: Media, sha256: str, analysis: Analysis) -> Found:
        return Found(name=media.name, media_id=media.id, sha256=sha256, analysis=analysis, place=self._place(analysis))

    def _place(self, analysis: Analysis) -> Place | None:
        """Its name is not worth a film: without the names of places it is made at the last attempt."""
        if analysis.latitude is None or analysis.longitude is None:
            return None
        try:
            return self._run.services.gazetteer.near(analysis.latitude, analysis.longitude, self._language)
        except TemporaryFailure:
            if not self._run.job.last_attempt:
                raise
            return None


def fetch(run: Run, media: Media, path: Path) -> None:
    """Write its content to `path`. Raises UnreadableMedia when it is gone, or damaged still at the last attempt: a
    fault of the network, which looks the same, has passed by then."""
    try:
        run.services.media.get(media.key, path)
    except NotFound as error:
        raise LostMedia("It is no longer in the media store. Upload it again.", media.sha256) from error
    except Damaged as error:
        if not run.job.last_attempt:
            raise
        raise LostMedia("It was damaged in the media store. Upload it again.", media.sha256) from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
