"""What one job or run has paid for, others use."""

import pytest

from internal.errors import TemporaryFailure
from internal.jobs import Job, JobError
from internal.paid import LOST
from internal.paying import Failed, Pending, Ready, spoil
from internal.pipeline import Done, Run, Wait
from internal.ports import Made
from tests.internal.paying.player import Player


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
