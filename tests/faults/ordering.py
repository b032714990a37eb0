"""A house whose workers order generated scenes, and ask about media, from a stand-in for Vertex AI."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from internal.jobs import Job, Status
from internal.paid import PaidCall, PaidState
from tests.faults import later
from tests.faults.house import House, soon
from tests.faults.worker import Worker
from tests.vertex import Answer, Rule, Vertex
from tests.vertex.script import Route

#: longer than the outcome of an order stays unknown
A_WINDOW = timedelta(minutes=30)


class Ordering:
    def __init__(self, house: House, vertex: Vertex) -> None:
        self.house, self.vertex = house, vertex

    @contextmanager
    def worker(self, **env: str) -> Iterator[Worker]:
        """Of the house, with the generator."""
        at_vertex = {"GENERATOR": "veo", "GOOGLE_PROJECT": "local", "VERTEX_ENDPOINT": self.vertex.url}
        with self.house.worker(**at_vertex, **env) as worker:
            yield worker

    # ---------------------------------------------------------------- films

    def film(self, *answers: Answer, polls: Sequence[Answer] = (), **wishes: Any) -> str:
        """Ask for a film of a photo to be brought to life and a clip; returns its id. `answers` are those to its first
        orders, `polls` those to the first questions about them; the others succeed."""
        with self.house.paused_queue():
            film = self.house.film(style="generated", **wishes)
            self.tell(film, "submit", *answers)
            self.tell(film, "poll", *polls)
        return film

    def tell(self, film: str, route: Route, *answers: Answer) -> None:
        """What the next calls for that film are answered."""
        self.vertex.script.add(*(Rule(on=route, answer=one, prefix=f"/{film}/", times=1) for one in answers))

    def complete(self, film: str) -> Job:
        """Completed, with its photo brought to life, and all it cost settled."""
        job = self.house.complete(film)
        self.house.whole_film(job)
        assert self.kinds(job) == ["clip", "clip"]
        self._check_bill(film)
        return job

    def panned(self, film: str) -> Job:
        """Partial: whole, but its photo is panned over."""
        job = self.house.finished(film)
        assert job.status is Status.PARTIAL, (job, self.house.events(film))
        self.house.whole_film(job)
        assert self.kinds(job) == ["photo", "clip"]
        self._check_bill(film)
        return job

    def kinds(self, job: Job) -> list[str]:
        """How each scene is shown."""
        assert job.result
        return [segment["kind"] for segment in job.result["segments"]]

    def warnings(self, job: Job) -> str:
        assert job.result
        return "\n".join(job.result["warnings"])

    # ---------------------------------------------------------------- orders

    def sent(self, film: str) -> int:
        """Orders that arrived, whatever they were answered."""
        return sum(one.route == "submit" and film.encode() in one.body for one in self.vertex.asked)

    def taken(self, film: str) -> int:
        """Orders that the generator took."""
        return sum(f"/{film}/" in one.prefix for one in self.vertex.submissions)

    def ledger(self, film: str) -> Sequence[PaidCall]:
        return self.house.services.store.ledger(film)

    def states(self, film: str) -> list[PaidState]:
        return [call.state for call in self.ledger(film)]

    def until(self, film: str, *states: PaidState) -> None:
        """Its orders stand so."""
        soon(lambda: self.states(film) == list(states))

    def cost(self, film: str) -> float:
        """As its owner is told."""
        return self.house.services.store.vlog(self.house.row(film).owner_id, film)[0].cost

    def objects(self, film: str) -> list[str]:
        """Keys of what the generator has made for it."""
        return [found.key for found in self.house.services.work.list(f"veo/{film}/")]

    def object_appears(self, film: str) -> None:
        soon(lambda: self.objects(film))

    def let_time_pass(self, film: str, length: timedelta) -> None:
        """Only while nobody works on it."""
        later.let_time_pass(self.house.database, film, length)

    def let_window_pass(self, film: str) -> None:
        """What was ordered for it cannot appear any more."""
        later.let_orders_age(self.house.database, film, A_WINDOW)

    def _check_bill(self, film: str) -> None:
        """Nothing is left open, and the owner is told what the ledger adds up to."""
        ledger = self.ledger(film)
        assert all(call.settled_at for call in ledger)
        assert abs(self.cost(film) - sum(call.charged for call in ledger)) < 1e-9
