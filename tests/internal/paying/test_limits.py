"""Nothing is paid beyond a limit, nor by a delivery that must end."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from internal.errors import TemporaryFailure, UnreadableMedia
from internal.jobs import Job
from internal.paid import Limits, PaidState
from internal.paying import NOT_SENT, Limited
from internal.pipeline import Run
from tests.internal.paying.player import PLENTY, Player


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
