"""What must be true of what was ordered for a job that has ended, and of what it cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import pytest

from internal.jobs import Job
from internal.paid import CHARGES, PaidCall
from internal.ports import Services
from tests.vertex import Vertex


@dataclass(frozen=True)
class Bill:
    """Of some jobs: scenes that were ordered, orders that the generator took, scenes it took two orders for, and
    scenes that nothing came for in the end."""

    scenes: int = 0
    taken: int = 0
    doubles: int = 0
    panned: int = 0

    def __add__(self, other: "Bill") -> "Bill":
        sums = (getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        return Bill(*sums)

    def __str__(self) -> str:
        return (
            f"{self.scenes} scenes ordered: {self.taken} orders taken by the generator, {self.doubles} scenes ordered "
            f"twice (no one could know what had become of the first), {self.panned} panned in the end"
        )


def check_bill(services: Services, vertex: Vertex, job: Job, unknowable: int) -> Bill:
    """Each order that the generator took is in the ledger; none was sent twice, and no scene ordered twice, except
    `unknowable` scenes at most, of whose first order nobody could know what had become of it."""
    ledger = services.store.ledger(job.id)
    taken = Counter(one.prefix for one in vertex.submissions if f"/{job.id}/" in one.prefix)
    uris = {call: services.work.uri(call.prefix) for call in ledger}
    assert taken.keys() <= set(uris.values()), "an order that is in no ledger"
    assert set(taken.values()) <= {1}, "one intent was sent twice"
    assert all(call.settled_at for call in ledger), "an order is forgotten"
    by_scene = _by_scene(ledger)
    sent = {scene: sum(uris[call] in taken for call in calls) for scene, calls in by_scene.items()}
    assert max(sent.values(), default=0) <= CHARGES
    doubles = sum(count > 1 for count in sent.values())
    assert doubles <= unknowable, (ledger, taken)
    _check_cost(services, vertex, job, ledger)
    return Bill(len(by_scene), taken.total(), doubles, len(scenes_not_made(services, job)))


def scenes_not_made(services: Services, job: Job) -> Sequence[int]:
    """Scenes that something was ordered for, and nothing came."""
    by_scene = _by_scene(services.store.ledger(job.id))
    return [scene for scene, calls in by_scene.items() if not any(call.output for call in calls)]


def _check_cost(services: Services, vertex: Vertex, job: Job, ledger: Sequence[PaidCall]) -> None:
    """What its owner is told is what the ledger adds up to, and covers what the generator charges for."""
    cost = services.store.vlog(job.owner_id, job.id)[0].cost
    assert cost == pytest.approx(sum(call.charged for call in ledger))
    charges = vertex.charges()
    assert sum(call.usd * charges[services.work.uri(call.prefix)] for call in ledger) <= cost + 1e-9


def _by_scene(ledger: Sequence[PaidCall]) -> Mapping[int, Sequence[PaidCall]]:
    found: dict[int, list[PaidCall]] = defaultdict(list)
    for call in ledger:
        found[call.scene].append(call)
    return found
