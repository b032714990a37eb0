"""What tests of the hub begin with: a store that notes what is asked of it, and ways to change what it holds."""

from collections.abc import Callable, Mapping, Sequence

from app.hub import Listener, Snapshot
from infra.postgres.store import PostgresStore
from internal.jobs import Job
from internal.times import Times
from internal.vlog import Vlog
from tests.contracts.rows import change

OWNER = "hub"
#: seconds: far longer than anything takes that a test waits for
LONG = 20.0
OFTEN = 0.05


class Counting(PostgresStore):
    """Notes what is asked of it. Whoever reads one vlog may be kept waiting between having read and knowing it."""

    def __init__(self, url: str) -> None:
        super().__init__(url, Times())
        self.rounds: list[int] = []
        self.rows: list[set[str]] = []
        self.reads = 0
        self.hold: Callable[[], object] = lambda: None

    def job_versions(self, vlog_ids: Sequence[str]) -> Mapping[str, int]:
        self.rounds.append(len(vlog_ids))
        return super().job_versions(vlog_ids)

    def standing(self, vlog_ids: Sequence[str]) -> Sequence[tuple[Vlog, Job]]:
        self.rows.append(set(vlog_ids))
        return super().standing(vlog_ids)

    def vlog(self, owner_id: str, vlog_id: str) -> tuple[Vlog, Job]:
        self.reads += 1
        try:
            return super().vlog(owner_id, vlog_id)
        finally:
            hold, self.hold = self.hold, lambda: None
            hold()


def advance(store: PostgresStore, job: Job, progress: float = 0.5) -> Job:
    return change(store, job, lambda job, now: job.advance("compose", progress, ""))


def deleted(store: PostgresStore, job: Job) -> Job:
    return change(store, job, lambda job, now: job.delete(now))


def told(listener: Listener, than: int) -> Snapshot:
    newer = listener.newer(than, LONG)
    assert newer
    return newer
