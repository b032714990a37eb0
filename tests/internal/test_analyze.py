"""The step analyze: several media at a time, each content once, and no film lost to a model that does not answer."""

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from infra.local.postgres import Postgres
from internal.errors import PermanentFailure, TemporaryFailure
from internal.jobs import ATTEMPTS, Dispatch, Job
from internal.media import Facts, Kind, Media, MediaState
from internal.paid import Limits
from internal.pipeline import Outcome, Pipeline, Step
from internal.pipelines.vlog.analyze import ROOM, analyze
from internal.pipelines.vlog.told import undescribed
from internal.ports import MediaStore, Services
from internal.runner import deliver
from internal.storyboard import Found
from internal.vlog import VlogSettings
from tests.internal.connected import connected
from tests.internal.given_days import sentences
from tests.internal.memory_queue import NotingQueue
from tests.internal.scripted_analyst import PRICE, UNREADABLE, ScriptedAnalyst

PIPELINE = Pipeline("test", (Step("analyze", analyze),), lambda outputs: Outcome(dict(outputs)))
AWAY = TemporaryFailure("The model is out of reach.")
PATIENCE = 60
PHOTO = Facts(kind=Kind.PHOTO, content_type="image/jpeg")


class Shelf:
    """A media store from which things are only taken: the key is the content."""

    def get(self, key: str, path: Path) -> None:
        path.write_text(key.partition("/")[2])


class Player:
    """Plays deliveries of one owner's jobs."""

    def __init__(self, services: Services, analyst: ScriptedAnalyst) -> None:
        self.services, self.analyst = services, analyst
        self.owner = f"owner-{uuid.uuid4()}"

    def given(self, contents: Sequence[str], size: int = 1, **settings: Any) -> str:
        """A job about new media with these contents; returns its id."""
        wishes = VlogSettings(music_mood="none", **settings).model_dump(mode="json")
        with self.services.store.begin() as tx:
            ids = []
            for number, content in enumerate(contents):
                ids.append(str(uuid.uuid4()))
                name, key = f"{number}.jpg", f"{uuid.uuid4()}/{content}"
                tx.add_media(Media(ids[-1], self.owner, key, name, size, MediaState.READY, PHOTO), 1 << 50)
            job_id = f"job-{uuid.uuid4()}"
            tx.add_job(Job(job_id, "test", self.owner, {"media": ids, "settings": wishes}).created(tx.now))
        return job_id

    def play(self, job_id: str, shutdown: threading.Event | None = None) -> str:
        """Deliver the newest dispatch; what came of it, in a word."""
        job = self.services.store.job(job_id)
        dispatch = Dispatch(job.id, job.run_no, job.dispatch_no)
        return deliver(dispatch, self.services, shutdown or threading.Event(), {"test": PIPELINE})

    def outcome(self, job_id: str) -> dict[str, Any]:
        result = self.services.store.job(job_id).result
        assert result
        return cast(dict[str, Any], result["analyze"])

    def found(self, job_id: str) -> list[Found]:
        return [Found.model_validate(one) for one in self.outcome(job_id)["found"]]

    def captions(self, job_id: str) -> list[str]:
        return [one.analysis.caption for one in self.found(job_id)]


@pytest.fixture(scope="module")
def shared(postgres_server: Postgres) -> Iterator[Services]:
    """One database for all of these tests: each has an owner of its own."""
    postgres_server.make_database("analyzing")
    with connected(postgres_server.url("analyzing"), NotingQueue()) as services:
        yield services


@pytest.fixture
def analyst() -> ScriptedAnalyst:
    return ScriptedAnalyst()


@pytest.fixture
def player(shared: Services, analyst: ScriptedAnalyst) -> Player:
    return Player(replace(shared, analyst=analyst, media=cast(MediaStore, Shelf())), analyst)


# ---------------------------------------------------------------- side by side


def test_what_was_found_is_in_the_order_of_the_media_however_long_each_took(player: Player) -> None:
    others = threading.Semaphore(0)

    def last_comes_first(content: str, check: Callable[[], None]) -> None:
        if content == "a":
            for _ in "bcd":
                assert others.acquire(timeout=PATIENCE)
        else:
            others.release()

    player.analyst.meanwhile = last_comes_first
    job_id = player.given("abcd")
    assert player.play(job_id) == "completed"
    assert player.captions(job_id) == list("abcd")


def test_as_many_are_looked_at_at_once_as_the_analyst_likes(player: Player) -> None:
    together = threading.Barrier(3, timeout=PATIENCE)
    player.analyst.at_once = 3
    player.analyst.meanwhile = lambda content, check: cast(None, together.wait())
    assert player.play(player.given("abcdef")) == "completed"
    assert player.analyst.most == 3


def waiting_for_company() -> Callable[[str, Callable[[], None]], None]:
    """A look that lasts until another is under way too, or none has come for a while."""
    company = threading.Barrier(2, timeout=0.3)

    def look(content: str, check: Callable[[], None]) -> None:
        with suppress(threading.BrokenBarrierError):
            company.wait()

    return look


def test_what_has_no_room_together_comes_one_after_the_other(player: Player) -> None:
    player.analyst.meanwhile = waiting_for_company()
    assert player.play(player.given("abc", size=ROOM // 2 + 1)) == "completed"
    assert player.analyst.most == 1


def test_the_same_content_is_asked_about_once(player: Player) -> None:
    player.analyst.meanwhile = waiting_for_company()
    job_id = player.given(["same"] * 4 + ["other"])
    assert player.play(job_id) == "completed"
    assert sorted(player.analyst.asked) == ["other", "same"]
    assert player.captions(job_id) == ["same"] * 4 + ["other"]
    assert player.services.store.spent(player.owner).owner == pytest.approx(2 * PRICE)


def test_what_is_known_is_not_asked_again_except_in_another_language(player: Player) -> None:
    for language in ("en", "en", "ja"):
        assert player.play(player.given("ab", language=language)) == "completed"
    assert sorted(player.analyst.asked) == list("aabb")


def test_what_its_owner_corrected_counts_also_when_somebody_else_looks_at_it(player: Player) -> None:
    player.play(first := player.given("a"))
    sha256 = player.found(first)[0].sha256
    player.services.store.correct_analysis(player.owner, sha256, {"caption": "Kuro"})
    for language in ("en", "ja"):
        player.play(later := player.given("a", language=language))
        assert player.captions(later) == ["Kuro"]


def test_what_cannot_be_read_is_left_out_by_name(player: Player) -> None:
    job_id = player.given(["a", UNREADABLE, "b"])
    player.play(job_id)
    assert player.captions(job_id) == ["a", "b"]
    assert [note["text"] for note in player.outcome(job_id)["left_out"]] == ["1.jpg: It is no photo."]


def test_with_nothing_readable_there_is_no_film(player: Player) -> None:
    job_id = player.given([UNREADABLE])
    assert player.play(job_id) == "failed"
    error = player.services.store.job(job_id).error
    assert error
    assert error.code == "nothing_readable"


def test_a_shutdown_ends_all_looks_soon(player: Player) -> None:
    shutdown, together = threading.Event(), threading.Barrier(4, timeout=PATIENCE, action=lambda: shutdown.set())

    def look_until_told(content: str, check: Callable[[], None]) -> None:
        together.wait()
        while True:
            check()

    player.analyst.meanwhile = look_until_told
    job_id = player.given("abcdefgh")
    assert player.play(job_id, shutdown) == "released"
    assert len(player.analyst.asked) == 4
    player.analyst.meanwhile = lambda content, check: None
    assert player.play(job_id) == "completed"


# ---------------------------------------------------------------- a model that does not answer


def test_what_others_were_told_is_kept_when_one_is_not_answered(player: Player) -> None:
    player.analyst.failures["b"] = [AWAY] * 4
    job_id = player.given("abc")
    assert player.play(job_id) == "backed off"
    assert player.play(job_id) == "completed"
    assert player.captions(job_id) == list("abc")
    assert [player.analyst.asked.count(content) for content in "abc"] == [1, 5, 1]
    assert player.services.store.spent(player.owner).owner == pytest.approx(3 * PRICE)


def test_after_the_last_attempt_a_film_is_made_of_what_was_measured(player: Player) -> None:
    player.analyst.failures["b"] = [AWAY] * 4 * ATTEMPTS
    job_id = player.given("abc")
    assert [player.play(job_id) for _ in range(ATTEMPTS)] == ["backed off"] * (ATTEMPTS - 1) + ["completed"]
    assert player.captions(job_id) == ["a", "", "c"]
    assert player.analyst.measured == ["b"]
    assert sentences(undescribed(player.found(job_id))) == ["1.jpg: The model is out of reach."]
    assert player.outcome(job_id)["left_out"] == []


def test_what_was_only_measured_is_asked_about_in_the_next_film(player: Player) -> None:
    player.analyst.failures["a"] = [PermanentFailure("analyst_refused", "The model could not be asked.")]
    first, second = player.given("ab"), player.given("ab")
    assert player.play(first) == "completed"
    assert player.captions(first) == ["", "b"]
    assert player.play(second) == "completed"
    assert player.captions(second) == ["a", "b"]
    assert sorted(player.analyst.asked) == ["a", "a", "b"]


def test_one_sentence_tells_which_media_were_not_described_and_why(player: Player) -> None:
    for content in "abd":
        player.analyst.failures[content] = [PermanentFailure("any", "The model could not be asked.")]
    player.analyst.failures["e"] = [PermanentFailure("any", "The model declined.")]
    job_id = player.given("abcde")
    player.play(job_id)
    assert sentences(undescribed(player.found(job_id))) == [
        "0.jpg and 2 more: The model could not be asked.",
        "4.jpg: The model declined.",
    ]


# ---------------------------------------------------------------- what it costs


def test_the_job_tells_of_each_question_that_was_charged(player: Player) -> None:
    """What a vlog has cost is shown of it: with another cost it is another version."""
    job_id = player.given("ab")
    player.play(job_id)
    told = [event.data for event in player.services.store.events(job_id) if event.kind == "model asked"]
    assert [one["usd"] for one in told] == [PRICE] * 2


@pytest.mark.parametrize(
    ("limits", "wishes", "reason"),
    [
        (Limits(owner_day=1.5 * PRICE), {}, "Your limit of $0.38 a day is reached."),
        (Limits(service_day=0.0), {}, "What this service may spend in a day is spent."),
        (Limits(), {"max_cost": 1.5 * PRICE}, "The limit of $0.38 for this vlog is reached."),
    ],
)
def test_beyond_what_may_be_spent_media_are_only_measured_and_not_for_ever(
    player: Player, limits: Limits, wishes: dict[str, Any], reason: str
) -> None:
    player.analyst.at_once = 1
    within, player.services = player.services, replace(player.services, limits=limits)
    job_id = player.given("abc", **wishes)
    assert player.play(job_id) == "completed"
    spent = limits.service_day > 0
    assert player.captions(job_id) == (["a", "", ""] if spent else [""] * 3)
    (note,) = undescribed(player.found(job_id))
    assert note.text == f"{1 if spent else 0}.jpg and {1 if spent else 2} more: {reason}"
    player.services = within
    again = player.given("abc")
    player.play(again)
    assert player.captions(again) == list("abc")
