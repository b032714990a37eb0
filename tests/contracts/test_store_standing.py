"""The store tells how many vlogs stand at once, for those who watch them."""

import uuid

from infra.postgres.store import PostgresStore
from tests.contracts.rows import add_vlog, change


def test_versions_and_rows_of_many_come_at_once_whoever_owns_them(store: PostgresStore, owner: str) -> None:
    ours, theirs, other = add_vlog(store, owner), add_vlog(store, f"{owner}-2"), add_vlog(store, owner)
    changed = change(store, theirs, lambda job, now: job.advance("analyze", 0.5, "half"))
    ids = [ours.id, theirs.id, str(uuid.uuid4()), "no id'; --"]
    assert store.job_versions(ids) == {ours.id: ours.version, theirs.id: changed.version}
    found = {vlog.id: (vlog, job) for vlog, job in store.standing(ids)}
    assert found == {ours.id: store.vlog(owner, ours.id), theirs.id: store.vlog(f"{owner}-2", theirs.id)}
    assert other.id not in found


def test_deleted_ones_are_not_there(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    change(store, job, lambda job, now: job.delete(now))
    assert store.job_versions([job.id]) == {}
    assert store.standing([job.id]) == []


def test_of_none_there_are_none(store: PostgresStore) -> None:
    assert store.job_versions([]) == {}
    assert store.standing([]) == []
