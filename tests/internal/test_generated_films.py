"""A film whose photos come to life: by real rows, stores, analyst and composer, and a generator that a test directs."""

import struct
import threading
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from internal.errors import OutcomeUnknown, PermanentFailure
from internal.jobs import JobError, Status
from internal.paid import OUTCOME_UNKNOWN
from internal.pipelines.vlog.generate import NO_MORE
from internal.ports import NotMade
from internal.vlog import VlogSettings
from tests.internal.studio import Studio, kinds
from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery

FILTERED = NotMade(JobError("filtered", "The photo shows what the generator does not animate."))


@pytest.mark.parametrize(("shown", "ordered"), [(1.0, 1), (1.1, 1), (1.2, 2), (2.0, 2)])
def test_no_longer_clip_is_paid_for_than_the_scene_takes_but_for_a_moment(
    studio: Studio, shown: float, ordered: int
) -> None:
    studio.generator.lengths = (1, 2)
    studio.seconds = shown
    studio.play(studio.ask())
    assert [order.seconds for order, _ in studio.generator.sent] == [ordered, ordered]


def test_photos_come_to_life_in_the_places_they_have_in_the_story(studio: Studio) -> None:
    job_id = studio.ask()
    waiting = studio.play(job_id)
    assert (waiting.status, waiting.step) == (Status.WAITING, "generate")
    assert studio.ordered() == ["1.jpg", "2.jpg"]
    studio.generator.finish_all()
    job = studio.play(job_id)
    assert (job.status, kinds(job)) == (Status.COMPLETED, ["clip", "clip"])
    assert job.result
    assert [segment["media"] for segment in job.result["segments"]] == ["1.jpg", "2.jpg"]
    assert [segment["caption"] for segment in job.result["segments"]] == ["at 1.jpg", "at 2.jpg"]
    assert job.result["warnings"] == []


def test_all_that_was_ordered_is_asked_about_at_the_same_time(studio: Studio) -> None:
    job_id = studio.ask()
    studio.play(job_id)
    together = threading.Barrier(2, timeout=60)
    poll = studio.generator.poll

    class Together:
        """The generator, which answers two questions at once or none."""

        def __getattr__(self, name: str) -> Any:
            return getattr(studio.generator, name)

        def poll(self, operation: str) -> Any:
            together.wait()
            return poll(operation)

    studio.services = replace(studio.services, generator=Together())  # type: ignore[arg-type]  # it has all of its parts
    job = studio.play(job_id)
    assert (job.status, job.step, job.error) == (Status.WAITING, "generate", None)


def test_while_it_waits_the_vlog_says_how_many_have_come(studio: Studio) -> None:
    job_id = studio.ask()
    assert studio.play(job_id).message == "Brought 0 of 2 to life"
    studio.generator.finish(next(iter(studio.generator.taken)))
    assert studio.play(job_id).message == "Brought 1 of 2 to life"
    again = studio.play(job_id)
    assert again.message == "Brought 1 of 2 to life"
    assert "" not in [event.message for event in studio.services.store.events(job_id)[-3:]]


def test_footage_orders_nothing(studio: Studio) -> None:
    studio.settings = VlogSettings(music_mood="none")
    job = studio.play(studio.ask())
    assert (job.status, kinds(job), studio.generator.sent) == (Status.COMPLETED, ["photo", "photo"], [])


def test_a_scene_that_was_filtered_is_panned_and_the_film_is_partial(studio: Studio) -> None:
    job_id = studio.ask()
    studio.play(job_id)
    first, second = studio.generator.taken
    studio.generator.finish(first)
    studio.generator.taken[second] = FILTERED
    job = studio.play(job_id)
    assert (job.status, kinds(job)) == (Status.PARTIAL, ["clip", "photo"])
    assert job.result
    assert job.result["warnings"] == [f"2.jpg: shown as a photo. {FILTERED.reason.message}"]


def test_what_the_users_own_limit_does_not_pay_for_is_a_note(studio: Studio) -> None:
    studio.settings = studio.settings.model_copy(update={"max_cost": 0.3})
    studio.found.reverse()  # the better photo is the second in the story
    job_id = studio.ask()
    studio.play(job_id)
    assert studio.ordered() == ["1.jpg"]
    studio.generator.finish_all()
    job = studio.play(job_id)
    assert (job.status, kinds(job)) == (Status.COMPLETED, ["photo", "clip"])
    assert job.result
    assert job.result["warnings"] == ["2.jpg: shown as a photo. The limit of $0.30 for this vlog is reached."]


def test_a_limit_of_the_day_makes_the_film_partial(studio: Studio) -> None:
    studio.services = replace(studio.services, limits=replace(studio.services.limits, owner_day=0.0))
    job = studio.play(studio.ask())
    assert (job.status, kinds(job), studio.generator.sent) == (Status.PARTIAL, ["photo", "photo"], [])
    assert job.result
    assert job.result["warnings"] == ["1.jpg, 2.jpg: shown as photos. Your limit of $0.00 a day is reached."]


def test_a_refusal_leaves_its_money_to_the_next_photo(studio: Studio) -> None:
    studio.settings = studio.settings.model_copy(update={"max_cost": 0.3})
    studio.generator.refusals.append(PermanentFailure("bad_photo", "It cannot be used."))
    job_id = studio.ask()
    studio.play(job_id)
    assert studio.ordered() == ["1.jpg", "2.jpg"]
    studio.generator.finish_all()
    assert kinds(studio.play(job_id)) == ["photo", "clip"]


@pytest.mark.parametrize("clip", [b"no clip at all", b""], ids=["not decodable", "empty"])
def test_a_clip_that_cannot_be_decoded_is_not_shown(studio: Studio, clip: bytes) -> None:
    job_id = studio.ask()
    studio.play(job_id)
    studio.generator.clip = clip
    studio.generator.finish_all()
    job = studio.play(job_id)
    assert (job.status, kinds(job)) == (Status.PARTIAL, ["photo", "photo"])
    assert sum(call.charged for call in studio.services.store.ledger(job_id)) == pytest.approx(0.4)
    assert len(studio.generator.sent) == 2
    studio.retry(job_id)
    studio.play(job_id)
    assert len(studio.generator.sent) == 4


def test_a_clip_shorter_than_its_scene_is_not_shown(studio: Studio, tmp_path: Path) -> None:
    short = write_clip(tmp_path / "short" / "short.mp4", Scenery("town", 11.0, 2), Take(0.5, 64, 36))
    studio.generator.clip = short.read_bytes()
    job_id = studio.ask()
    studio.play(job_id)
    studio.generator.finish_all()
    job = studio.play(job_id)
    assert kinds(job) == ["photo", "photo"]
    assert job.result
    assert "shorter than was ordered" in job.result["warnings"][0]


def test_a_clip_that_is_gone_when_the_film_is_made_leaves_its_photo(studio: Studio) -> None:
    class Gone:
        """The work store, from which clips vanish once they were looked at."""

        looks = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(studio.generator.work, name)

        def get(self, key: str, path: Path) -> None:
            if key.startswith("veo/"):
                self.looks += 1
                if self.looks == 3:
                    studio.generator.work.delete(key)
            studio.generator.work.get(key, path)

    # an empty box of MP4's (ISO/IEC 14496-12, 8.1.2): no piece of it is kept of another film
    studio.generator.clip += struct.pack(">I4s16s", 24, b"free", uuid.uuid4().bytes)
    job_id = studio.ask()
    studio.play(job_id)
    studio.generator.finish_all()
    studio.services = replace(studio.services, work=Gone())  # type: ignore[arg-type]  # it has all that the store has
    job = studio.play(job_id)
    assert (job.status, sorted(kinds(job))) == (Status.PARTIAL, ["clip", "photo"])


def test_another_version_and_a_retry_use_what_was_paid_for(studio: Studio) -> None:
    first = studio.ask()
    studio.play(first)
    studio.generator.finish_all()
    studio.play(first)
    studio.settings = studio.settings.model_copy(update={"title": "Another title", "duration": 30})
    studio.found.reverse()
    again = studio.ask("another version " + studio.owner)
    assert kinds(studio.play(again)) == ["clip", "clip"]
    assert len(studio.generator.sent) == 2
    assert studio.services.store.ledger(again) == []


def test_a_version_shows_longer_clips_in_shorter_scenes_and_pays_for_nothing(studio: Studio) -> None:
    studio.generator.lengths, studio.seconds = (1, 2), 1.0
    first = studio.ask()
    studio.play(first)
    studio.generator.finish_all()
    assert kinds(studio.play(first)) == ["clip", "clip"]
    studio.generator.lengths, studio.seconds = (0, 1, 2), 0.08
    shorter = studio.play(studio.ask("shorter " + studio.owner, version_of=first))
    assert (shorter.status, kinds(shorter)) == (Status.COMPLETED, ["clip", "clip"])
    studio.seconds = 2.0
    longer = studio.play(studio.ask("longer " + studio.owner, version_of=first))
    assert (longer.status, kinds(longer)) == (Status.COMPLETED, ["photo", "photo"])
    assert longer.result
    assert longer.result["warnings"] == [f"1.jpg, 2.jpg: shown as photos. {NO_MORE.text}"]
    assert len(studio.generator.sent) == 2


def test_neither_language_nor_music_nor_other_words_for_a_photo_order_anew(studio: Studio) -> None:
    studio.play(studio.ask())
    studio.generator.finish_all()
    studio.settings = VlogSettings(style="generated", language="ja", theme="adventure", music_mood="happy")
    studio.found = [
        one.model_copy(update={"analysis": one.analysis.model_copy(update={"depiction": "a sea", "mood": "happy"})})
        for one in studio.found
    ]
    job = studio.play(studio.ask("another language " + studio.owner))
    assert (job.status, kinds(job), len(studio.generator.sent)) == (Status.COMPLETED, ["clip", "clip"], 2)


def test_what_is_ordered_speaks_english_and_says_no_more_than_is_known(studio: Studio) -> None:
    seen = studio.found[0].analysis.model_copy(
        update={"description": "海", "caption": "海", "depiction": "Waves roll in."}
    )
    studio.found[0] = studio.found[0].model_copy(update={"analysis": seen})
    studio.play(studio.ask())
    described, undescribed = (order.prompt for order, _ in studio.generator.sent)
    assert described.isascii()
    assert described.endswith('"Waves roll in."')
    assert undescribed.endswith('"nobody has described it"')


def test_a_retry_asks_again_for_what_failed_and_for_nothing_else(studio: Studio) -> None:
    studio.generator.lost += [OutcomeUnknown("Lost.")] * 2
    studio.services = replace(studio.services, times=replace(studio.services.times, unknown_for=timedelta(0)))
    job_id = studio.ask()
    studio.play(job_id)
    assert studio.ordered() == ["1.jpg", "1.jpg", "2.jpg"]
    studio.generator.finish()  # the newest order: of the second photo
    job = studio.play(job_id)
    assert job.status is Status.PARTIAL
    assert job.result
    assert job.result["warnings"] == [f"1.jpg: shown as a photo. {OUTCOME_UNKNOWN.message}"]
    studio.retry(job_id)
    orders = len(studio.generator.sent)
    studio.play(job_id)
    studio.generator.finish_all()
    job = studio.play(job_id)
    assert (job.status, kinds(job)) == (Status.COMPLETED, ["clip", "clip"])
    assert studio.ordered()[orders:] == ["1.jpg"]


@pytest.mark.parametrize(
    ("size", "aspect", "ordered"),
    [
        ((64, 36), "16:9", "16:9"),
        ((64, 48), "9:16", "16:9"),
        ((48, 64), "16:9", "9:16"),
        ((48, 48), "9:16", "9:16"),
        ((48, 64), "1:1", "9:16"),
        ((48, 48), "1:1", "16:9"),
    ],
)
def test_a_clip_has_the_films_shape_unless_half_of_the_photo_would_be_lost(
    studio: Studio, size: tuple[int, int], aspect: str, ordered: str
) -> None:
    studio.photos, studio.found = [(0.5, size)], []
    studio.settings = VlogSettings.model_validate({"style": "generated", "aspect": aspect, "music_mood": "none"})
    studio.shoot()
    studio.play(studio.ask())
    assert [order.aspect for order, _ in studio.generator.sent] == [ordered]
