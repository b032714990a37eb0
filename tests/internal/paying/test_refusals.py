"""What was refused or filtered costs nothing, and is asked for again only where that may help."""

from datetime import timedelta

import pytest

from internal.errors import PermanentFailure, TemporaryFailure
from internal.jobs import JobError
from internal.paid import REFUSALS
from internal.paying import Failed, Pending
from internal.ports import NotMade
from tests.internal.paying.player import BUSY_NOW, FILTERED, Player


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
