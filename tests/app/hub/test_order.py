"""However readings and changes cross, the hub never tells what was before what it told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.hub import Hub, Listener
from internal.errors import NotFound
from tests.app.hub.given import LONG, OFTEN, OWNER, Counting, advance, deleted, told
from tests.contracts.rows import add_vlog, change
from tests.queue_server import wait_until


def test_what_was_read_before_a_change_does_not_come_back_after_it(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread:
        late = thread.submit(hub.look, OWNER, job.id)
        has_read.wait(LONG)
        newest = advance(store, job)
        hub.changed(job.id)
        may_go_on.set()
        assert late.result(LONG).version == job.version
    assert hub.look(OWNER, job.id).version == newest.version


def test_what_was_read_before_it_was_deleted_does_not_bring_it_back(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread, hub.listening(job.id) as listener:
        late = thread.submit(hub.look, OWNER, job.id)
        has_read.wait(LONG)
        told(listener, 0)
        deleted(store, job)
        with pytest.raises(NotFound):
            listener.newer(job.version, LONG)
        may_go_on.set()
        late.result(LONG)
        with pytest.raises(NotFound):
            hub.look(OWNER, job.id)


def test_what_was_read_late_does_not_replace_what_is_newer(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread, hub.listening(job.id) as listener:
        late = thread.submit(hub.look, OWNER, job.id)
        has_read.wait(LONG)
        newest = advance(store, job)
        told(listener, job.version)
        may_go_on.set()
        assert late.result(LONG).version == newest.version
    assert hub.look(OWNER, job.id).version == newest.version


def test_what_was_not_found_late_does_not_end_what_was_brought_back(hub: Hub, store: Counting) -> None:
    job = add_vlog(store, OWNER)
    has_read, may_go_on = threading.Event(), threading.Event()
    hub.look(OWNER, job.id)
    gone = deleted(store, job)
    store.hold = lambda: (has_read.set(), may_go_on.wait(LONG))
    with ThreadPoolExecutor(1) as thread, hub.listening(job.id) as listener:
        late = thread.submit(hub.look, OWNER, job.id, gone.version)
        has_read.wait(LONG)
        back = change(store, job, lambda job, now: replace(job, deleted_at=None))
        wait_until(lambda: heard(listener, gone.version) == back.version)
        may_go_on.set()
        assert isinstance(late.exception(LONG), NotFound)
        assert listener.newer(back.version, 5 * OFTEN) is None


def heard(listener: Listener, than: int) -> int | None:
    """The newest version, if there is one just now."""
    try:
        newer = listener.newer(than, OFTEN)
    except NotFound:
        return None
    return newer.version if newer else None


def test_however_many_ask_and_change_nobody_goes_back(store: Counting, ended: threading.Event) -> None:
    """Four who poll, each of whom changes it now and then, a listener, and one who changes it elsewhere."""
    hub, job = Hub(store, ended, age=1.0, every=OFTEN), add_vlog(store, OWNER)

    def person(number: int) -> list[int]:
        seen = []
        for turn in range(60):
            seen.append(hub.look(OWNER, job.id).version)
            if turn % 4 == number:
                seen.append(advance(store, job).version)
                hub.changed(job.id)
        return seen

    def listens(_number: int) -> list[int]:
        with hub.listening(job.id) as listener:
            seen = [0]
            while (newer := listener.newer(seen[-1], 1.0)) is not None:
                seen.append(newer.version)
        return seen

    def elsewhere(_number: int) -> list[int]:
        return [advance(store, job).version for _ in range(40)]

    with ThreadPoolExecutor(6) as threads:
        stories = [threads.submit(*one) for one in [*[(person, n) for n in range(4)], (listens, 0), (elsewhere, 0)]]
        for story in stories:
            seen = story.result(LONG)
            assert seen == sorted(seen)
    assert hub.look(OWNER, job.id).version == stories[4].result()[-1] == store.job(job.id).version
