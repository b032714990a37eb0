"""Links by which anybody may watch one film: its owner makes them, changes how long they last, takes them back."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from internal.errors import Conflict, NotFound
from internal.jobs import Job
from internal.ports import JobTx, Services
from internal.vlog import Share

#: of randomness in a token: nobody finds a link by trying
TOKEN_BYTES = 24


def share(
    services: Services, owner_id: str, vlog_id: str, lasting: timedelta | None, keep_end: bool = False
) -> tuple[Share, bool]:
    """The vlog's link, and whether it is new. An open one stays; from now on it is good for as long as `lasting`
    (None: until it is revoked), or as long as it was before with `keep_end`. Raises NotFound, Conflict while there is
    no film."""
    services.store.vlog(owner_id, vlog_id)
    with services.store.write(vlog_id) as tx:
        _watchable(tx.job)
        old = tx.share()
        if old and old.open(tx.now):
            end = old.expires_at if keep_end else _end(tx.now, lasting)
            return _change(tx, old, replace(old, expires_at=end), "shared"), False
        if old:
            tx.save_share(replace(old, revoked_at=tx.now))
        new = Share(secrets.token_urlsafe(TOKEN_BYTES), vlog_id, tx.now, _end(tx.now, lasting))
        return _change(tx, old, new, "shared"), True


def revoke(services: Services, owner_id: str, vlog_id: str) -> None:
    """Take its link back; without one there is nothing to do. Raises NotFound."""
    services.store.vlog(owner_id, vlog_id)
    with services.store.write(vlog_id) as tx:
        if old := tx.share():
            _change(tx, old, replace(old, revoked_at=tx.now), "share revoked")


def expire(services: Services, vlog_id: str) -> None:
    """Its link has ended by itself: from the next version on, nothing that is shown of the vlog names it."""
    with services.store.write(vlog_id) as tx:
        old = tx.share()
        if old and not old.open(tx.now):
            _change(tx, old, replace(old, revoked_at=tx.now), "share expired")


def _change(tx: JobTx, old: Share | None, new: Share, event: str) -> Share:
    """Part of what is shown of the vlog, so that its version moves with it."""
    if new != old:
        tx.save_share(new)
        tx.save(tx.job, event)
    return new


def _end(now: datetime, lasting: timedelta | None) -> datetime | None:
    return None if lasting is None else now + lasting


def _watchable(job: Job) -> None:
    if job.deleted_at:
        raise NotFound("There is no such vlog.")
    if job.result is None:
        raise Conflict("There is no film to share yet.")
