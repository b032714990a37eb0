"""The store keeps its promises about links by which anybody may watch a film."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from infra.postgres.store import PostgresStore
from internal.errors import Gone, NotFound
from internal.jobs import Job
from internal.vlog import Share
from tests.contracts.rows import HOUR, LONG_AGO, SECOND, add_vlog, change


@pytest.fixture
def job(store: PostgresStore, owner: str) -> Job:
    return add_vlog(store, owner, title="Kyoto 京都")


def put(store: PostgresStore, job: Job, make: Callable[[Share, datetime], Share] = lambda share, now: share) -> Share:
    """A new link, as `make` changes it."""
    with store.write(job.id) as tx:
        share = make(Share(uuid.uuid4().hex, job.id, tx.now), tx.now)
        tx.save_share(share)
    return share


def revoked(share: Share, now: datetime) -> Share:
    return replace(share, revoked_at=now)


def expired(share: Share, now: datetime) -> Share:
    return replace(share, expires_at=now - SECOND)


def test_an_open_link_leads_to_its_vlog_and_is_part_of_it(store: PostgresStore, owner: str, job: Job) -> None:
    share = put(store, job, lambda share, now: replace(share, expires_at=now + HOUR))
    vlog, _ = store.shared(share.token)
    assert (vlog.id, vlog.owner_id, vlog.settings.title) == (job.id, owner, "Kyoto 京都")
    ((listed, _),) = store.vlogs(owner, 10, 0)[0]
    for one in (vlog, listed, store.vlog(owner, job.id)[0]):
        assert (one.share_token, one.share_expires_at) == (share.token, share.expires_at)


@pytest.mark.parametrize("ended", [revoked, expired])
def test_a_link_that_ended_is_gone_and_no_longer_part_of_its_vlog(
    store: PostgresStore, owner: str, job: Job, ended: Callable[[Share, datetime], Share]
) -> None:
    share = put(store, job, ended)
    with pytest.raises(Gone):
        store.shared(share.token)
    assert store.vlog(owner, job.id)[0].share_token is None
    assert store.vlogs(owner, 10, 0)[1] == 1


def test_a_deleted_vlogs_link_is_gone_until_it_is_restored_and_for_good_once_it_is_reaped(
    store: PostgresStore, job: Job
) -> None:
    share = put(store, job)
    change(store, job, lambda job, now: job.delete(now))
    with pytest.raises(Gone):
        store.shared(share.token)
    change(store, job, lambda job, now: replace(job, deleted_at=None))
    assert store.shared(share.token)[1].id == job.id
    change(store, job, lambda job, now: job.delete(now))
    store.reap_vlog(job.id)
    with pytest.raises(Gone):
        store.shared(share.token)


@pytest.mark.parametrize("token", ["", "absent", "%", "'; DROP TABLE share; --"])
def test_a_token_that_never_was_is_not_found(store: PostgresStore, token: str) -> None:
    with pytest.raises(NotFound):
        store.shared(token)


def test_a_vlog_has_one_link_at_a_time_whether_or_not_it_has_expired(store: PostgresStore, job: Job) -> None:
    first = put(store, job, expired)
    with store.write(job.id) as tx:
        assert tx.share() == first
        tx.save_share(replace(first, revoked_at=tx.now))
        assert tx.share() is None
    second = put(store, job)
    with store.write(job.id) as tx:
        assert tx.share() == second


def test_only_unrevoked_expired_links_of_vlogs_that_are_there_wait_to_be_closed(
    store: PostgresStore, owner: str
) -> None:
    over, open_still, closed, reaped = (add_vlog(store, owner) for _ in range(4))
    put(store, over, expired)
    put(store, reaped, expired)
    change(store, reaped, lambda job, now: job.delete(now))
    store.reap_vlog(reaped.id)
    put(store, open_still, lambda share, now: replace(share, expires_at=now + HOUR))
    put(store, closed, lambda share, now: replace(expired(share, now), revoked_at=now))
    mine = {over.id, open_still.id, closed.id, reaped.id}
    assert mine & set(store.expired_shares(10_000)) == {over.id}


def test_links_say_that_they_are_gone_for_a_long_time_and_are_then_forgotten(store: PostgresStore, owner: str) -> None:
    old, recent, reaped, there = (add_vlog(store, owner) for _ in range(4))
    tokens = [
        put(store, old, lambda share, now: replace(share, revoked_at=LONG_AGO)).token,
        put(store, recent, revoked).token,
        put(store, reaped, lambda share, now: replace(share, created_at=LONG_AGO)).token,
        put(store, there, lambda share, now: replace(share, created_at=LONG_AGO)).token,
    ]
    change(store, reaped, lambda job, now: job.delete(now))
    store.reap_vlog(reaped.id)
    store.expire(timedelta(days=36500), links_after=HOUR)
    assert [answer(store, token) for token in tokens] == ["NotFound", "Gone", "NotFound", "open"]


def answer(store: PostgresStore, token: str) -> str:
    try:
        store.shared(token)
    except (Gone, NotFound) as error:
        return type(error).__name__
    return "open"
