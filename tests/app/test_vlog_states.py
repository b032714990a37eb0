"""Whatever people and deliveries do to a vlog, in any order, the API tells a story that makes sense."""

import threading
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from internal.errors import PermanentFailure, TemporaryFailure
from internal.jobs import TERMINAL, Dispatch, Job
from internal.pipeline import Done, Outcome, Pipeline, Run, Step, Wait
from internal.ports import Services
from internal.runner import deliver
from tests.app.asking import RESULT, Media, create, uploaded

ENDINGS = ("done", "partial", "fail", "fail for now", "wait", "park", "defect")
STEPS = ("analyze", "compose")


class Script:
    """What the next steps shall do."""

    def __init__(self) -> None:
        self.ending = "done"

    def step(self, run: Run) -> Done | Wait:
        run.progress(0.5, "Half way")
        match self.ending:
            case "fail":
                raise PermanentFailure("scripted", "It failed as told.")
            case "fail for now":
                raise TemporaryFailure("Not now.")
            case "defect":
                raise RuntimeError("a secret of ours")
            case "wait":
                return Wait(run.services.times.backoff_first)
            case "park" if run.job.step == STEPS[-1]:
                self.ending = "done"
                return Wait(None)
        return Done("done")

    def pipeline(self) -> Pipeline:
        def finish(outputs: Any) -> Outcome:
            return Outcome({**RESULT, "folder": "vlogs/x/1"}, partial=self.ending == "partial")

        return Pipeline("vlog", tuple(Step(name, self.step) for name in STEPS), finish)


class Vlogs(RuleBasedStateMachine):
    """One vlog at a time, as its owner polls it."""

    def __init__(self, services: Services, client: FlaskClient, media_id: str) -> None:
        super().__init__()
        self.services, self.client, self.media_id = services, client, media_id
        self.script = Script()
        self.old: list[Dispatch] = []
        self.deleted = ""
        self.begin()

    def begin(self) -> None:
        answer = create(self.client, {"mediaIds": self.media_id, "title": "states"})
        assert answer.status_code == 202
        self.vlog_id = answer.json["vlogId"]
        self.seen: tuple[str, dict[str, Any], Job] | None = None

    def ask(self, action: str) -> int:
        before = self.services.store.job(self.vlog_id)
        status = self.client.post(f"/api/vlogs/{self.vlog_id}/{action}").status_code
        after = self.services.store.job(self.vlog_id)
        if status == 409:
            assert after == before
        else:
            assert status in (200, 202)
            assert after.version > before.version
        return status

    @rule(endings=st.lists(st.sampled_from(ENDINGS), min_size=1, max_size=4))
    def let_it_run(self, endings: list[str]) -> None:
        """Several deliveries in a row: else people would interfere before most endings are reached."""
        for ending in endings:
            dispatch = self.services.store.job(self.vlog_id).dispatch
            if dispatch:
                self.old.append(dispatch)
                self.script.ending = ending
                deliver(dispatch, self.services, threading.Event(), {"vlog": self.script.pipeline()})
                self.polls_make_sense()

    @precondition(lambda self: self.old)
    @rule(choice=st.integers(0, 99))
    def deliver_again(self, choice: int) -> None:
        """A duplicate or a stale one: no work, no change."""
        before = self.services.store.job(self.vlog_id)
        dispatch = self.old[choice % len(self.old)]
        if dispatch != before.dispatch:
            outcome = deliver(dispatch, self.services, threading.Event(), {"vlog": self.script.pipeline()})
            assert outcome == "nothing to do"
            assert self.services.store.job(self.vlog_id) == before

    @rule()
    def cancel(self) -> None:
        finished = self.services.store.job(self.vlog_id).finished
        assert self.ask("cancel") == (409 if finished else 200)

    @rule()
    def retry(self) -> None:
        ended_short = self.services.store.job(self.vlog_id).status in ("failed", "cancelled", "partial")
        assert self.ask("retry") == (202 if ended_short else 409)

    @rule()
    def approve(self) -> None:
        parked = self.services.store.job(self.vlog_id).parked_at
        assert self.ask("approve") == (202 if parked else 409)

    @rule()
    def delete(self) -> None:
        assert self.client.delete(f"/api/vlogs/{self.vlog_id}").status_code == 204
        assert self.client.get(f"/api/vlogs/{self.vlog_id}").status_code == 404
        for action in ("cancel", "retry", "approve"):
            assert self.client.post(f"/api/vlogs/{self.vlog_id}/{action}").status_code == 404
        self.deleted = self.vlog_id
        self.begin()

    @precondition(lambda self: self.deleted)
    @rule()
    def restore(self) -> None:
        """The one deleted last, which stopped when it was."""
        answer = self.client.post(f"/api/vlogs/{self.deleted}/restore")
        assert (answer.status_code, answer.json["status"] in ("completed", "failed")) == (200, True)
        self.vlog_id, self.deleted, self.seen = self.deleted, "", None

    @invariant()
    def polls_make_sense(self) -> None:
        answer = self.client.get(f"/api/vlogs/{self.vlog_id}")
        etag, body, job = answer.headers["ETag"], answer.json, self.services.store.job(self.vlog_id)
        assert body["status"] in ("pending", "processing", "completed", "failed")
        assert 0 <= body["progress"] <= 1
        assert (body["error_code"] is not None) == (job.status in ("failed", "cancelled", "partial"))
        assert (body["video_url"] is not None) == (body["status"] == "completed")
        assert (body["completed_at"] is not None) == (body["status"] in ("completed", "failed"))
        assert ("Retry-After" in answer.headers) == (body["status"] in ("pending", "processing"))
        assert "secret" not in answer.text
        body.pop("eta_seconds")
        if self.seen:
            self.follows(*self.seen, etag, body, job)
        same = self.client.get(f"/api/vlogs/{self.vlog_id}", headers={"If-None-Match": etag})
        assert same.status_code == 304
        self.seen = etag, body, job

    def follows(
        self, old_etag: str, old: dict[str, Any], before: Job, etag: str, body: dict[str, Any], job: Job
    ) -> None:
        assert (etag == old_etag) == (body == old)
        if job.run_no == before.run_no:
            assert body["progress"] >= old["progress"]
            assert before.status not in TERMINAL or job == before


@pytest.fixture
def media_id(services: Services, media: Media) -> str:
    return uploaded(services, media)


def test_the_api_tells_a_story_that_makes_sense(app: Flask, services: Services, media_id: str) -> None:
    run_state_machine_as_test(
        partial(Vlogs, services, app.test_client(), media_id),
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
