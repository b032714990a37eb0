"""Removes what nobody needs any more: deleted vlogs' objects, forgotten uploads, old chunks, old rows.

Objects go before the rows that name them, so that whatever is interrupted is found again.
"""

import logging
from datetime import datetime, timedelta

from internal.copying import incoming
from internal.errors import Conflict, NotFound
from internal.ports import ObjectStore, Services
from internal.shares import expire
from internal.uploads import remove_media

log = logging.getLogger(__name__)

MEDIA_KEPT = timedelta(hours=24)
UPLOADS_KEPT = timedelta(hours=24)
#: lent for one question each: what is older was forgotten
PROXIES_KEPT = timedelta(days=1)
#: also what was paid for: as long as what was made of it
CHUNKS_KEPT = timedelta(days=30)
EVENTS_KEPT = timedelta(days=90)
#: for as long as that a link says that it is no more
LINKS_KEPT = timedelta(days=365)
#: times as long as a deletion can be undone: so that nothing is removed while somebody undoes it
SAFELY = 1.1
BATCH = 100


def reap(services: Services) -> None:
    _reap_vlogs(services)
    _reap_media(services)
    _close_links(services)
    services.store.expire(EVENTS_KEPT, LINKS_KEPT)


def sweep(services: Services) -> None:
    """The slow part: lists the stores themselves. Once an hour is plenty."""
    now = services.clock()
    for upload in services.media.uploads(""):
        if upload.started_at < now - UPLOADS_KEPT:
            services.media.abort_upload(upload.key, upload.upload_id)
    _remove_older(services.media, "incoming/", now - UPLOADS_KEPT)
    _remove_older(services.work, "proxies/", now - PROXIES_KEPT)
    _remove_older(services.work, "chunks/", now - CHUNKS_KEPT)
    _remove_older(services.work, "films/", now - CHUNKS_KEPT)
    _remove_older(services.work, "veo/", now - CHUNKS_KEPT)


def _remove_older(store: ObjectStore, prefix: str, limit: datetime) -> None:
    for found in store.list(prefix):
        if found.updated_at < limit:
            store.delete(found.key)


def _remove_all(store: ObjectStore, prefix: str) -> None:
    for found in store.list(prefix):
        store.delete(found.key)


def _reap_vlogs(services: Services) -> None:
    for vlog, _ in services.store.reapable_vlogs(services.times.undo_for * SAFELY, BATCH):
        for upload in services.media.uploads(incoming(vlog.id)):
            services.media.abort_upload(upload.key, upload.upload_id)
        _remove_all(services.media, incoming(vlog.id))
        _remove_all(services.media, f"vlogs/{vlog.id}/")
        _remove_all(services.work, f"films/{vlog.id}/")
        _remove_all(services.work, f"veo/{vlog.id}/")
        services.store.reap_vlog(vlog.id)
        log.info("vlog %s reaped", vlog.id)


def _close_links(services: Services) -> None:
    for vlog_id in services.store.expired_shares(BATCH):
        try:
            expire(services, vlog_id)
        except NotFound:
            log.info("vlog %s is gone, and its link with it", vlog_id)


def _reap_media(services: Services) -> None:
    for media in services.store.reapable_media(MEDIA_KEPT, BATCH):
        try:
            remove_media(services, media)
        except (Conflict, NotFound):
            log.info("media %s is in use after all", media.id)
