"""Killed on its way to review, while it is approved, or afterwards: a vlog waits for its owner, and keeps what they
made of it."""

import random
from pathlib import Path

import pytest

from internal.film import plan
from internal.storyboard import arranged
from tests.faults.kills.aftermath import check
from tests.faults.kills.lives import WISHES, Life
from tests.faults.kills.plans import Fault, Points
from tests.faults.kills.stage import Stage

REVIEWED = WISHES.model_copy(update={"review": True})


class AroundReview:
    """A point in a delivery before its owner sees the story, and one when they approve it or later."""

    def __init__(self, before: str, after: str) -> None:
        self._now, self._then = Points(before), Points(after)

    def fault(self, work: str) -> Fault | None:
        if work == "approve":
            assert not self._now.left, "nothing had struck when its owner was asked"
            self._now, self._then = self._then, Points()
        return None if work == "change" else self._now.fault(work)

    def struck(self) -> None:
        self._now.struck()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("leased", "next enqueued"),
        ("step started:2", "step started"),
        ("settling", "step done"),
        ("settled", "checkpoint kept"),
    ],
)
def test_a_kill_around_the_review_neither_skips_it_nor_loses_what_came_of_it(
    stage: Stage, chance: random.Random, tmp_path: Path, before: str, after: str
) -> None:
    life = Life(stage, AroundReview(before, after), chance, REVIEWED)
    job = life.play()
    assert [point for _, point in life.struck] == [before, after]
    assert [event.kind for event in stage.services.store.events(job.id)].count("approved") == 1
    check(stage.services, job, tmp_path)
    story = stage.services.store.story(job.id)
    assert story
    assert [card.id for card in story.cards] == [2, 1]
    assert job.result
    assert job.result["seconds"] == plan(arranged(story, REVIEWED), REVIEWED).seconds
    assert [segment["media_id"] for segment in job.result["segments"]] == [card.media_id for card in story.cards]
