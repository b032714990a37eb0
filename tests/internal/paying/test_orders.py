"""A scene is paid for once, whatever is lost or late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from internal.errors import OutcomeUnknown, TemporaryFailure
from internal.jobs import Job, JobError
from internal.paid import NEVER_FINISHED, OUTCOME_UNKNOWN, PaidState
from internal.paying import Failed, Pending, Ready
from internal.paying.ordering import LONGEST_PAUSE
from internal.ports import NotMade
from tests.internal.connected import TIMES
from tests.internal.paying.player import FILTERED, Player


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
