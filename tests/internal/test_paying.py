"""A scene is paid for once, whatever is lost, refused, filtered or late."""

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.local.postgres import Postgres
from infra.work_store.gcs import GcsWorkStore
from internal.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure, UnreadableMedia
from internal.jobs import Dispatch, Job, JobError
from internal.paid import LOST, NEVER_FINISHED, OUTCOME_UNKNOWN, REFUSALS, Limits, PaidCall, PaidState
from internal.paying import NOT_SENT, Failed, Limited, Pending, Ready, Standing, Wanted, advance, spoil
from internal.paying.ordering import LONGEST_PAUSE
from internal.pipeline import Done, Outcome, Pipeline, Run, Step, Wait
from internal.ports import Made, NotMade, Order, Services
from internal.runner import deliver
from tests.internal.connected import TIMES, connected
from tests.internal.memory_queue import NotingQueue
from tests.internal.scripted_generator import ScriptedGenerator
from tests.stack import ObjectServer

FILTERED = NotMade(JobError("filtered", "The photo shows what the generator does not animate."))
BUSY_NOW = NotMade(JobError("busy", "Try again."), again=True)
PLENTY = Limits(vlog=1e6, owner_day=1e6, service_day=1e6, submissions=10**6)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Player:
    """Plays deliveries of one owner's jobs, whose one step asks for one scene, and keeps where it stood."""

    def __init__(self, services: Services, generator: ScriptedGenerator) -> None:
        self.services, self.generator = services, generator
        self.standings: list[Standing] = []
        self.owner, self.input_sha = f"owner-{uuid.uuid4()}", uuid.uuid4().hex
        self.job = self.new_job()
        self.most: float | None = None
        self.prepare: Callable[[], None] = lambda: None
        self.step: Callable[[Run], Done | Wait] = self.advance

    def new_job(self, owner: str = "") -> str:
        job_id = f"job-{uuid.uuid4()}"
        with self.services.store.begin() as tx:
            tx.add_job(Job(job_id, "test", owner or self.owner).created(tx.now))
        return job_id

    def play(self, job_id: str = "", shutdown: threading.Event | None = None) -> str:
        """Deliver the newest dispatch; what came of it, in a word."""
        job = self.services.store.job(job_id or self.job)
        pipeline = Pipeline("test", (Step("pays", self.step),), lambda outputs: Outcome(dict(outputs)))
        dispatch = Dispatch(job.id, job.run_no, job.dispatch_no)
        return deliver(dispatch, self.services, shutdown or threading.Event(), {"test": pipeline})

    def advance(self, run: Run) -> Done | Wait:
        self.standings.append(advance(run, self.wanted()))
        if isinstance(self.standing, Pending):
            return Wait(self.standing.delay)
        return Done(type(self.standing).__name__)

    def wanted(self) -> Wanted:
        order = Order(Path("photo.jpg"), "The sea.", 4, "16:9", "720p")
        return Wanted(1, self.input_sha, order, self.generator.cost, self.most, lambda: self.prepare())

    def change(self, how: Callable[[Job, datetime], Job]) -> None:
        """As somebody else changes the job."""
        with self.services.store.write(self.job) as tx:
            tx.save(how(tx.job, tx.now), "changed")

    @property
    def standing(self) -> Standing:
        return self.standings[-1]

    def calls(self, owner: str = "") -> list[PaidCall]:
        return list(self.services.store.paid_calls(owner or self.owner, self.input_sha))

    def states(self) -> list[PaidState]:
        return [call.state for call in self.calls()]

    def let_windows_pass(self) -> None:
        """What may still appear now never will; whatever pause was asked for is over."""
        for call in self.calls():
            with self.services.store.write(call.job_id) as tx:
                tx.save_paid_call(replace(call, unknown_until=LONG_AGO))

    def events(self) -> list[str]:
        return [event.kind for event in self.services.store.events(self.job) if event.kind.startswith("paid")]


@pytest.fixture(scope="module")
def shared(postgres_server: Postgres, fake_gcs: ObjectServer) -> Iterator[Services]:
    """One database for all of these tests: each has an owner of its own."""
    postgres_server.make_database("paying")
    work = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    with connected(postgres_server.url("paying"), NotingQueue()) as services:
        yield replace(services, work=work)
    work.close()


@pytest.fixture
def player(shared: Services) -> Player:
    generator = ScriptedGenerator(shared.work)
    return Player(replace(shared, generator=generator, limits=PLENTY), generator)


def test_a_scene_is_ordered_once_and_waited_for_without_holding_anything(player: Player) -> None:
    assert player.play() == "waiting"
    assert player.standing == Pending(player.services.times.first_poll)
    assert player.play() == "waiting"
    assert player.standing == Pending(player.services.times.poll_every)
    key = player.generator.finish()
    assert player.play() == "completed"
    (call,) = player.calls()
    assert player.standing == Ready(call, key)
    assert (call.state, call.output, call.usd, len(player.generator.sent)) == (PaidState.DONE, key, 0.2, 1)
    assert player.events() == ["paid call intent", "paid call submitted", "paid call done"]


def test_the_intent_is_committed_and_the_lease_made_long_enough_before_anything_is_sent(player: Player) -> None:
    seen: list[tuple[PaidState, timedelta]] = []

    def look() -> None:
        job = player.services.store.job(player.job)
        with player.services.store.begin() as tx:
            assert job.lease_until
            seen.append((player.states()[0], job.lease_until - tx.now))

    player.generator.meanwhile = look
    player.services = replace(player.services, times=replace(TIMES, submit_timeout=timedelta(seconds=40)))
    player.play()
    ((state, left),) = seen
    assert state is PaidState.INTENT
    assert left > timedelta(seconds=39)


def test_a_lost_answer_is_looked_for_and_what_it_made_is_used(player: Player) -> None:
    player.generator.lost.append(OutcomeUnknown("The connection was lost."))
    player.play()
    assert (player.states(), player.standing) == (["unknown"], Pending(player.services.times.poll_every))
    player.play()
    key = player.generator.finish()
    assert player.play() == "completed"
    assert (player.states(), player.calls()[0].output, len(player.generator.sent)) == (["done"], key, 1)


def test_an_answer_lost_twice_over_fails_the_scene_for_a_person_to_ask_again(player: Player) -> None:
    player.generator.lost += [OutcomeUnknown("Lost.")] * 2
    player.play()
    player.let_windows_pass()
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["unknown", "unknown"], 2)
    player.let_windows_pass()
    assert player.play() == "completed"
    assert player.standing == Failed(OUTCOME_UNKNOWN)
    assert sum(call.charged for call in player.calls()) == pytest.approx(0.4)
    assert player.events().count("paid call given up") == 2


def test_what_comes_after_it_was_given_up_is_used_all_the_same(player: Player) -> None:
    player.generator.lost.append(OutcomeUnknown("Lost."))
    player.play()
    player.let_windows_pass()
    player.play()
    first, _second = player.generator.taken
    key = player.generator.finish(first)
    player.play()
    assert isinstance(player.standing, Ready)
    assert player.standing.key == key
    assert player.states() == ["done", "submitted"]


def test_a_worker_that_dies_with_its_intent_open_leaves_it_to_be_looked_for(player: Player) -> None:
    def die() -> None:
        raise SystemExit  # as good as killed: nothing of ours catches it

    player.generator.meanwhile = die
    with pytest.raises(SystemExit):
        player.play()
    player.change(Job.expire)
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["unknown"], 1)


def test_where_nothing_is_lost_by_that_what_nobody_knows_of_is_ordered_again_at_once(player: Player) -> None:
    """As of a generator that costs nothing: who draws the clip himself is killed while he does."""

    def die() -> None:
        raise SystemExit

    player.services = replace(player.services, times=replace(TIMES, unknown_for=timedelta(0)))
    player.generator.cost, player.generator.meanwhile = 0.0, die
    with pytest.raises(SystemExit):
        player.play()
    player.generator.meanwhile = lambda: None
    player.change(Job.expire)
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["intent", "submitted"], 2)
    player.generator.finish()
    assert player.play() == "completed"


def test_a_refusal_ends_the_scene_and_costs_nothing(player: Player) -> None:
    player.generator.refusals.append(PermanentFailure("bad_photo", "The photo is too small."))
    assert player.play() == "completed"
    assert player.standing == Failed(JobError("bad_photo", "The photo is too small."))
    assert [call.charged for call in player.calls()] == [0.0]


def test_refused_for_now_it_is_ordered_again_after_the_pause_the_vendor_asked_for(player: Player) -> None:
    player.generator.refusals += [TemporaryFailure("Too many.", retry_after=1500)] * 2
    player.play()
    assert isinstance(player.standing, Pending)
    assert timedelta(seconds=1490) < player.standing.delay <= timedelta(seconds=1500)
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["rejected"], 1)
    (call,) = player.calls()
    assert call.settled_at
    assert call.unknown_until
    assert call.unknown_until - call.settled_at == timedelta(seconds=1500)
    player.let_windows_pass()
    player.play()
    player.let_windows_pass()
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["rejected", "rejected", "submitted"], 3)
    assert sum(call.charged for call in player.calls()) == pytest.approx(0.2)


def test_refused_too_often_the_scene_fails_with_the_vendors_reason(player: Player) -> None:
    player.generator.refusals += [TemporaryFailure("Too many.")] * REFUSALS
    while player.play() == "waiting":
        player.let_windows_pass()
    assert player.standing == Failed(JobError("temporary_failure", "Too many."))
    assert len(player.generator.sent) == REFUSALS


@pytest.mark.parametrize(("ending", "orders"), [(FILTERED, 1), (BUSY_NOW, 2)], ids=["filtered", "for now"])
def test_work_that_brought_no_clip_costs_nothing(player: Player, ending: NotMade, orders: int) -> None:
    player.play()
    player.generator.end(ending)
    player.play()
    player.let_windows_pass()
    player.play()
    assert player.calls()[0].charged == 0.0
    assert len(player.generator.sent) == orders
    assert isinstance(player.standing, Pending if ending.again else Failed)


def test_work_that_nobody_knows_of_any_more_may_be_charged_for_and_what_it_made_is_used(player: Player) -> None:
    forgotten = NotMade(JobError("operation_lost", "Nobody knows of it."), charged=True)
    player.play()
    player.generator.end(forgotten)
    assert player.play() == "completed"
    assert player.standing == Failed(forgotten.reason)
    assert player.calls()[0].charged == pytest.approx(0.2)
    key = player.generator.finish()
    player.play(player.new_job())
    assert player.standing == Ready(player.calls()[0], key)
    assert len(player.generator.sent) == 1


def test_what_never_ends_is_given_up_and_counted_as_charged(player: Player) -> None:
    player.play()
    player.let_windows_pass()
    assert player.play() == "completed"
    assert player.standing == Failed(NEVER_FINISHED)
    assert player.calls()[0].charged == pytest.approx(0.2)


def test_what_ended_while_nobody_looked_is_not_given_up(player: Player) -> None:
    player.play()
    player.generator.end(FILTERED)
    player.let_windows_pass()
    player.play()
    assert player.standing == Failed(FILTERED.reason)


def test_no_vendor_puts_an_order_off_past_its_job(player: Player) -> None:
    player.generator.refusals.append(TemporaryFailure("Come back tomorrow.", retry_after=86400))
    player.play()
    assert isinstance(player.standing, Pending)
    assert player.standing.delay <= timedelta(seconds=LONGEST_PAUSE)


def test_a_generator_out_of_reach_is_asked_again(player: Player) -> None:
    player.play()
    player.generator.away = True
    assert player.play() == "waiting"
    player.generator.away = False
    player.generator.finish()
    assert player.play() == "completed"


def test_a_clip_is_found_though_the_generator_is_out_of_reach(player: Player) -> None:
    player.play()
    player.generator.away = True
    player.generator.finish()
    assert player.play() == "completed"


def test_two_jobs_that_want_the_same_at_once_pay_once(player: Player) -> None:
    other = player.new_job()
    player.play()
    player.play(other)
    assert player.standing == Pending(player.services.times.poll_every)
    player.generator.finish()
    assert (player.play(other), player.play()) == ("completed", "completed")
    assert (len(player.generator.sent), len(player.calls())) == (1, 1)


def test_an_intent_of_another_job_is_left_to_it(player: Player) -> None:
    player.generator.meanwhile = lambda: player.play(player.new_job())
    player.play()
    assert [(call.job_id, call.state) for call in player.calls()] == [(player.job, "submitted")]
    assert len(player.generator.sent) == 1


def test_of_two_intents_for_the_same_one_is_committed(player: Player) -> None:
    other = player.new_job()
    prepared: list[str] = []

    def prepare() -> None:
        prepared.append("")
        if len(prepared) == 1:
            player.play(other)

    player.prepare = prepare
    player.play()
    assert [call.job_id for call in player.calls()] == [other]
    assert (len(prepared), len(player.generator.sent)) == (2, 1)
    assert player.standing == Pending(player.services.times.poll_every)


def test_what_another_job_has_been_given_since_it_was_decided_is_not_ordered_again(player: Player) -> None:
    other = player.new_job()

    def prepare() -> None:
        player.prepare = lambda: None
        player.play(other)
        player.generator.finish()
        player.play(other)

    player.prepare = prepare
    player.play()
    assert (len(player.generator.sent), player.states()) == (1, ["done"])
    assert player.play() == "completed"
    assert isinstance(player.standing, Ready)


def test_a_scene_that_shows_something_else_after_all_is_ordered_beside_what_it_showed_before(player: Player) -> None:
    player.play()
    player.input_sha = "of another photo"
    player.play()
    assert player.standing == Pending(player.services.times.first_poll)
    place = f"veo/{player.job}/1/1/"
    assert [prefix for _, prefix in player.generator.sent] == [f"{place}1/", f"{place}2/"]


def test_another_owner_pays_for_another_clip(player: Player) -> None:
    player.play()
    player.generator.finish()
    player.play(player.new_job("somebody else"))
    assert len(player.generator.sent) == 2
    assert len(player.calls("somebody else")) == 1


def test_a_job_that_was_cancelled_leaves_its_clip_to_the_next(player: Player) -> None:
    player.play()
    player.change(Job.cancel)
    player.generator.finish()
    assert player.play(player.new_job()) == "completed"
    assert len(player.generator.sent) == 1


def test_a_new_run_uses_what_the_run_before_paid_for(player: Player) -> None:
    player.play()
    player.generator.finish()
    player.change(lambda job, now: job.cancel(now).retry(now))
    assert player.play() == "completed"
    assert len(player.generator.sent) == 1


def test_a_new_run_orders_again_what_was_refused_in_the_run_before(player: Player) -> None:
    player.generator.refusals.append(TemporaryFailure("Too many."))
    player.play()
    player.change(lambda job, now: job.cancel(now).retry(now))
    player.play()
    assert [(call.run_no, call.ordinal, call.state) for call in player.calls()] == [
        (1, 1, "rejected"),
        (2, 1, "submitted"),
    ]


def test_a_clip_that_cannot_be_shown_is_not_used_and_not_ordered_again_in_this_run(player: Player) -> None:
    reason = JobError("unreadable_media", "It cannot be decoded.")

    def finds_out(run: Run) -> Done | Wait:
        done = player.advance(run)
        spoil(run, player.calls()[0], reason)
        player.advance(run)
        return done

    player.play()
    player.generator.finish()
    player.step = finds_out
    player.play()
    assert player.standing == Failed(reason)
    assert player.calls()[0].charged == pytest.approx(0.2)
    player.step = player.advance
    player.play(player.new_job())
    assert len(player.generator.sent) == 2


def test_a_clip_that_was_lost_is_paid_for_again_only_when_a_person_asks(player: Player) -> None:
    def loses_it(run: Run) -> Done | Wait:
        player.generator.finish_all()
        player.advance(run)
        assert isinstance(player.standing, Ready)
        run.services.work.delete(player.standing.key)
        return player.advance(run)

    player.play()
    player.step = loses_it
    player.play()
    assert player.standing == Failed(LOST)
    assert len(player.generator.sent) == 1
    player.step = player.advance
    player.play(player.new_job())
    assert len(player.generator.sent) == 2


def test_a_clip_under_another_prefix_is_not_believed(player: Player) -> None:
    player.play()
    (prefix,) = player.generator.taken
    player.generator.taken[prefix] = Made("veo/another/1/1/1/clip.mp4")
    player.play()
    (call,) = player.calls()
    assert player.standing == Failed(LOST)
    assert (call.output, call.charged) == (None, pytest.approx(0.2))


@pytest.mark.parametrize(
    ("limits", "most", "code"),
    [
        ({"vlog": 0.1}, None, "cost_limit"),
        ({"vlog": 9.0}, 0.1, "cost_limit"),
        ({"vlog": 0.1}, 9.0, None),
        ({"owner_day": 0.1}, None, "daily_limit"),
        ({"service_day": 0.1}, None, "service_daily_limit"),
    ],
)
def test_nothing_is_ordered_beyond_a_limit(
    player: Player, limits: dict[str, float], most: float | None, code: str | None
) -> None:
    player.services, player.most = replace(player.services, limits=replace(PLENTY, **limits)), most
    prepared: list[str] = []
    player.prepare = lambda: prepared.append("")
    player.play()
    assert len(prepared) == (code is None)
    assert (player.standing.reason.code if isinstance(player.standing, Limited) else None) == code
    assert len(player.generator.sent) == (code is None)


def test_of_two_jobs_that_take_what_is_left_of_a_limit_at_once_one_gets_it(player: Player) -> None:
    player.services = replace(player.services, limits=replace(PLENTY, owner_day=0.3))
    first, other = player.input_sha, player.new_job()

    def prepare() -> None:
        player.prepare = lambda: None
        player.input_sha = "of another photo"
        player.play(other)
        player.input_sha = first

    player.prepare = prepare
    player.play()
    assert len(player.generator.sent) == 1
    assert isinstance(player.standing, Limited)


def test_what_is_free_has_no_limit(player: Player) -> None:
    player.services, player.generator.cost = replace(player.services, limits=Limits(0, 0, 0, 0)), 0.0
    player.play()
    assert len(player.generator.sent) == 1


def test_orders_beyond_those_of_a_minute_wait(player: Player) -> None:
    player.play()
    player.input_sha = "of another photo"
    player.services = replace(player.services, limits=replace(PLENTY, submissions=1))
    assert player.play(player.new_job()) == "waiting"
    assert len(player.generator.sent) == 1


def test_a_photo_that_cannot_be_prepared_is_not_paid_for(player: Player) -> None:
    def fail() -> None:
        raise UnreadableMedia("It is no longer there.")

    player.prepare = fail
    assert player.play() == "failed"
    assert (player.calls(), player.generator.sent) == ([], [])


def test_a_delivery_told_to_stop_closes_the_intent_that_it_has_not_sent(player: Player) -> None:
    class Told(threading.Event):
        """Set once the intent is kept."""

        def is_set(self) -> bool:
            return bool(player.calls())

    assert player.play(shutdown=Told()) == "released"
    (call,) = player.calls()
    assert (call.state, call.again, call.reason) == (PaidState.REJECTED, True, NOT_SENT)
    assert player.generator.sent == []
    player.play()
    assert len(player.generator.sent) == 1


def test_a_delivery_that_lost_its_lease_before_sending_sends_nothing(player: Player) -> None:
    class Robbed:
        """A run whose lease is lost just when it asks for more of it."""

        def __init__(self, run: Run) -> None:
            self._run = run

        def __getattr__(self, name: str) -> object:
            return getattr(self._run, name)

        def hold(self, length: timedelta) -> None:
            player.change(Job.expire)
            self._run.hold(length)

    player.step = lambda run: player.advance(Robbed(run))  # type: ignore[arg-type]  # it has all that a Run has
    assert player.play() == "lease lost"
    assert (player.generator.sent, player.states()) == ([], ["intent"])


def test_an_answer_that_comes_after_the_lease_was_lost_is_not_written(player: Player) -> None:
    player.generator.meanwhile = lambda: player.change(Job.expire)
    assert player.play() == "lease lost"
    assert player.states() == ["intent"]
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["unknown"], 1)


def test_an_operations_name_outlasts_a_database_that_hiccups(player: Player) -> None:
    store = player.services.store

    class Hiccups:
        """The store, out of reach for the first two writes after the order was taken."""

        left = 2

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def write(self, job_id: str, fence: int | None = None) -> object:
            if player.generator.taken and self.left:
                self.left -= 1
                raise TemporaryFailure("The database is out of reach.")
            return store.write(job_id, fence)

    player.services = replace(player.services, store=Hiccups())  # type: ignore[arg-type]  # it has all that a Store has
    player.play()
    assert (player.states(), len(player.generator.sent)) == (["submitted"], 1)
