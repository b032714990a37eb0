"""The store keeps its promises about rows: reads, media, keys and what is overdue."""

import uuid
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.errors import Conflict, InvalidInput, NotFound, TooLarge
from internal.jobs import Job, Status
from internal.media import Facts, Kind, MediaState
from internal.ports import Answer, KeyUse
from internal.storyboard import Card, Story
from internal.times import Times
from internal.vlog import Music
from tests.contracts.rows import GIB, HOUR, LONG_AGO, SECOND, TIMES, add_media, add_vlog, at_once, change, lease

NOTHING = timedelta(0)


def test_what_was_committed_is_read(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner, title="Kyoto 京都 🎏")
    for number in range(20):
        moved = change(store, job, lambda job, now, number=number: job.advance("analyze", number / 20, f"{number}"))
        assert store.job(job.id) == moved
    vlog, read = store.vlog(owner, job.id)
    assert vlog.settings.title == "Kyoto 京都 🎏"
    assert read.params == job.params


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_text_that_cannot_be_stored_is_refused_and_harms_nothing(store: PostgresStore, owner: str, name: str) -> None:
    media = add_media(store, owner)
    with pytest.raises(InvalidInput), store.begin() as tx:
        tx.save_media(replace(media, name=name))
    with pytest.raises(InvalidInput):
        store.media(owner, name)
    assert store.media(owner, media.id) == media


# ---- vlogs


def test_vlogs_come_in_pages_newest_first_and_only_the_owners(store: PostgresStore, owner: str) -> None:
    jobs = [add_vlog(store, owner) for _ in range(5)]
    add_vlog(store, f"not-{owner}")
    newest = [job.id for job in reversed(jobs)]
    pages = [store.vlogs(owner, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [job.id for page, _ in pages for _, job in page] == newest
    assert [(len(page), total) for page, total in pages] == [(2, 5), (2, 5), (1, 5), (0, 5)]


def test_an_absent_a_deleted_and_anothers_vlog_are_the_same_to_who_asks(store: PostgresStore, owner: str) -> None:
    anothers, deleted = add_vlog(store, f"not-{owner}"), add_vlog(store, owner)
    change(store, deleted, lambda job, now: job.delete(now))
    answers = set()
    for vlog_id in (anothers.id, deleted.id, str(uuid.uuid4()), "'; DROP TABLE job; --"):
        with pytest.raises(NotFound) as refused:
            store.vlog(owner, vlog_id)
        answers.add(str(refused.value))
    assert len(answers) == 1
    assert store.vlogs(owner, 10, 0) == ([], 0)


def test_an_absent_and_anothers_media_are_the_same_to_who_asks(store: PostgresStore, owner: str) -> None:
    anothers = add_media(store, f"not-{owner}")
    for media_id in (anothers.id, "absent"):
        with pytest.raises(NotFound, match="There is no such media"):
            store.media(owner, media_id)
        with store.begin() as tx, pytest.raises(NotFound, match="There is no such media"):
            tx.claim_media(owner, [media_id])


def test_a_story_is_replaced_whole_and_its_cards_come_in_order(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    assert store.story(job.id) is None
    cards = tuple(
        Card(id=n, kind=Kind.PHOTO, sha256=f"{n:064x}", media_id="", name="海", seconds=3 + n / 7, left_out=n % 3 == 0)
        for n in range(12)
    )
    for some in (cards, cards[4:6], cards[::-1], ()):
        story = Story(cards=some, title="Kyoto 京都", music=Music(sha256="ab"), approved=len(some) == 2)
        with store.write(job.id) as tx:
            tx.put_story(job.id, story)
            assert tx.story(job.id) == story
        assert store.story(job.id) == story


def test_versions_are_numbered_in_their_family_and_only_their_owner_sees_them(store: PostgresStore, owner: str) -> None:
    first = add_vlog(store, owner)
    source, _ = store.vlog(owner, first.id)
    for number in (2, 3):
        version = replace(source, id=str(uuid.uuid4()), family=first.id, number=number)
        with store.begin() as tx:
            assert tx.next_number(first.id) == number
            tx.add_job(Job(version.id, "vlog", owner, first.params).created(tx.now))
            tx.add_vlog(version)
    change(store, first, lambda job, now: job.delete(now))
    for offset, numbers in ((0, [2, 3]), (1, [3]), (2, [])):
        found, total = store.versions(owner, first.id, 2, offset)
        assert [(vlog.number, vlog.family) for vlog, _ in found] == [(number, first.id) for number in numbers]
        assert total == 2
    assert store.versions(f"not-{owner}", first.id, 2, 0) == ([], 0)


# ---- media


def test_media_read_as_they_were_saved(store: PostgresStore, owner: str) -> None:
    media = add_media(store, owner)
    facts = Facts(kind=Kind.CLIP, content_type="video/mp4", width=3, height=2, seconds=1 / 3, has_sound=True)
    ready = replace(media, state=MediaState.READY, facts=facts, sha256="ab")
    with store.begin() as tx:
        tx.save_media(ready)
    assert store.media(owner, media.id) == ready
    assert store.media_list(owner, 10, 0) == ([ready], 1)


def test_uploads_that_come_at_once_stay_within_the_quota(store: PostgresStore, owner: str) -> None:
    answers = at_once(8, lambda _: add_media(store, owner, size=GIB, quota=3 * GIB))
    assert sum(isinstance(answer, TooLarge) for answer in answers) == 5
    assert store.media_list(owner, 10, 0)[1] == 3
    add_media(store, f"not-{owner}", size=3 * GIB, quota=3 * GIB)


def test_media_of_an_unfinished_vlog_cannot_be_removed(store: PostgresStore, owner: str) -> None:
    media = add_media(store, owner)
    job = add_vlog(store, owner, [media])
    with pytest.raises(Conflict), store.begin() as tx:
        tx.remove_media(media.id)
    change(store, job, lambda job, now: job.cancel(now))
    with store.begin() as tx:
        tx.remove_media(media.id)
    with pytest.raises(NotFound), store.begin() as tx:
        tx.save_media(media)
    assert store.vlog(owner, job.id)[0].media_ids == (media.id,)


def test_media_are_removed_or_used_but_never_both(store: PostgresStore, owner: str) -> None:
    for _ in range(6):
        media = add_media(store, owner)

        def use(number: int, media_id: str = media.id) -> None:
            with store.begin() as tx:
                if number:
                    tx.remove_media(media_id)
                    return
                (found,) = tx.claim_media(owner, [media_id])
                vlog, _ = store.vlog(owner, add_vlog(store, owner).id)
                job = Job(str(uuid.uuid4()), "vlog", owner, {"settings": {}, "media": [found.id]})
                tx.add_job(job.created(tx.now))
                tx.add_vlog(replace(vlog, id=job.id, media_ids=(found.id,)))

        used, removed = at_once(2, use)
        assert (used is None) != (removed is None)
        assert isinstance(used or removed, NotFound if used else Conflict)


# ---- idempotency keys


def key_use(owner: str, body: str = "body", key: str = "key") -> KeyUse:
    return KeyUse(owner, "create-vlog", key, body)


def test_an_equal_request_gets_the_answer_that_was_kept(store: PostgresStore, owner: str) -> None:
    use, answer = key_use(owner), Answer(202, {"vlogId": "a", "status": "processing"})
    assert store.claim_key(use, HOUR, HOUR) is None
    with store.begin() as tx:
        tx.keep_answer(use, answer)
    assert store.claim_key(use, HOUR, HOUR) == answer
    assert store.claim_key(key_use(f"not-{owner}"), HOUR, HOUR) is None


def test_a_key_used_for_another_request_is_refused(store: PostgresStore, owner: str) -> None:
    store.claim_key(key_use(owner), HOUR, HOUR)
    with pytest.raises(InvalidInput, match="different request"):
        store.claim_key(key_use(owner, "other"), HOUR, HOUR)


def test_of_equal_requests_at_once_one_goes_ahead(store: PostgresStore, owner: str) -> None:
    answers = at_once(8, lambda _: store.claim_key(key_use(owner), HOUR, HOUR))
    assert answers.count(None) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7


def test_a_key_may_be_used_again_once_released_no_longer_busy_or_expired(store: PostgresStore, owner: str) -> None:
    released, stale, expired = (key_use(owner, key=key) for key in ("released", "stale", "expired"))
    store.claim_key(released, HOUR, HOUR)
    store.release_key(released)
    store.claim_key(stale, NOTHING, HOUR)
    store.claim_key(expired, NOTHING, NOTHING)
    for use in (replace(released, body_sha="other"), stale, replace(expired, body_sha="other")):
        assert store.claim_key(use, HOUR, HOUR) is None


def test_a_kept_answer_cannot_be_released(store: PostgresStore, owner: str) -> None:
    use = key_use(owner)
    store.claim_key(use, HOUR, HOUR)
    with store.begin() as tx:
        tx.keep_answer(use, Answer(202, {}))
    store.release_key(use)
    assert store.claim_key(use, HOUR, HOUR) == Answer(202, {})


# ---- overdue jobs

OVERDUE = {
    "undispatched": lambda job, now: replace(job, next_run_at=now + HOUR),
    "lease run out": lambda job, now: replace(job.lease(now, TIMES), lease_until=now - SECOND),
    "taken and not leased": lambda job, now: replace(job, dispatched_at=LONG_AGO, next_run_at=LONG_AGO),
    "past its deadline": lambda job, now: replace(
        job.lease(now, TIMES).wait(now, HOUR), dispatched_at=now, deadline_at=LONG_AGO
    ),
}
IN_ORDER = {
    "leased": lambda job, now: job.lease(now, TIMES),
    "parked": lambda job, now: replace(job.lease(now, TIMES).park(now), deadline_at=LONG_AGO),
    "taken just now": lambda job, now: replace(job, dispatched_at=now),
    "due later": lambda job, now: replace(job.lease(now, TIMES).wait(now, HOUR), dispatched_at=LONG_AGO),
    "finished": lambda job, now: job.cancel(now),
}


def test_each_kind_of_overdue_job_is_found_and_no_other(store: PostgresStore, owner: str) -> None:
    times = Times(undispatched=NOTHING)
    late = {change(store, add_vlog(store, owner), how).id: kind for kind, how in OVERDUE.items()}
    fine = {change(store, add_vlog(store, owner), how).id: kind for kind, how in IN_ORDER.items()}
    found = store.unsettled(times, 10_000)
    assert {late[job_id] for job_id in found if job_id in late} == set(OVERDUE)
    assert {fine[job_id] for job_id in found if job_id in fine} == set()


def test_jobs_that_a_slow_queue_holds_hide_no_other(empty_database_url: str, owner: str) -> None:
    migrate(empty_database_url)
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        held = {change(store, add_vlog(store, owner), OVERDUE["taken and not leased"]).id for _ in range(6)}
        dead = change(store, add_vlog(store, owner), OVERDUE["lease run out"])
        found = [store.unsettled(TIMES, 2) for _ in range(200)]
    assert {first for first, _ in found} == {dead.id}
    assert {second for _, second in found} == held


def test_a_dispatch_is_given_a_moment_to_be_taken(store: PostgresStore, owner: str) -> None:
    job = add_vlog(store, owner)
    assert job.id not in store.unsettled(TIMES, 10_000)
    assert job.id in store.unsettled(Times(undispatched=NOTHING), 10_000)


def test_deleted_vlogs_are_reaped_with_all_their_rows(store: PostgresStore, owner: str) -> None:
    kept, gone, at_work = (add_vlog(store, owner) for _ in range(3))
    change(store, gone, lambda job, now: job.delete(now))
    change(store, lease(store, at_work), lambda job, now: job.delete(now))

    def reapable(kept_for: timedelta) -> list[str]:
        return [job.id for _, job in store.reapable_vlogs(kept_for, 10_000) if job.owner_id == owner]

    assert reapable(NOTHING) == [gone.id]
    assert reapable(HOUR) == []
    store.reap_vlog(gone.id)
    store.reap_vlog(kept.id)
    with pytest.raises(NotFound):
        store.job(gone.id)
    assert store.events(gone.id) == []
    assert store.job(kept.id) == kept


def test_media_are_reapable_once_no_vlog_uses_them(store: PostgresStore, owner: str) -> None:
    used, unused = add_media(store, owner), add_media(store, owner)
    add_vlog(store, owner, [used])
    mine = [media.id for media in store.reapable_media(NOTHING, 10_000) if media.owner_id == owner]
    assert mine == [unused.id]
    assert [one for one in store.reapable_media(HOUR, 10_000) if one.owner_id == owner] == []


def test_old_events_go_only_with_finished_jobs(store: PostgresStore, owner: str) -> None:
    done, going = add_vlog(store, owner), add_vlog(store, owner)
    change(store, done, lambda job, now: job.cancel(now))
    store.expire(events_after=HOUR, links_after=HOUR)
    assert len(store.events(done.id)) == 2
    store.expire(events_after=NOTHING, links_after=HOUR)
    assert store.events(done.id) == []
    assert len(store.events(going.id)) == 1
    assert store.job(done.id).status is Status.CANCELLED
