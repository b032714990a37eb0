"""Nobody there, refused, or too late."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from infra.analyst.gemini import GeminiAnalyst
from infra.work_store.gcs import GcsWorkStore
from internal.errors import PermanentFailure, Stopped, StopReason, TemporaryFailure
from internal.ports import Usage
from tests.contracts.gemini.given import SAID
from tests.contracts.looks import look
from tests.contracts.questions import Unwilling, bodies, gemini, scripted
from tests.vertex import Answer, Rule, Vertex


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_three_times(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, status: int) -> None:
    scripted(stand_in, status=status, message="Later.", retry_after=7)
    with pytest.raises(TemporaryFailure) as raised:
        look(analyst, photo)
    assert raised.value.retry_after == 7
    assert len(bodies(stand_in)) == 3


def test_what_has_passed_is_forgotten(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    later = Rule(on="generate", answer=Answer(status=503), times=2)
    stand_in.script.set([later, Rule(on="generate", answer=Answer(text=json.dumps(SAID)))])
    assert look(analyst, photo).caption == SAID["caption"]


@pytest.mark.parametrize("drop", ["unread", "read", "accepted"])
def test_a_connection_lost_is_a_temporary_failure(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, drop: Any
) -> None:
    scripted(stand_in, drop=drop)
    with pytest.raises(TemporaryFailure):
        look(analyst, photo)


@pytest.mark.parametrize("answer", [{"delay": 1.0}, {"slow": 30.0}], ids=["silent", "trickling"])
def test_a_question_ends_in_time(work: GcsWorkStore, stand_in: Vertex, photo: Path, answer: dict[str, Any]) -> None:
    scripted(stand_in, **answer)
    with pytest.raises(TemporaryFailure):
        look(gemini(work, stand_in.url, limit=0.9), photo)


def test_nobody_there_is_a_temporary_failure(work: GcsWorkStore, photo: Path) -> None:
    with pytest.raises(TemporaryFailure):
        look(gemini(work, "http://127.0.0.1:1"), photo)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_is_about_how_we_ask_and_is_shown_to_whoever_runs_this(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    scripted(stand_in, status=status, message="You may not." + "x" * 10_000)
    with pytest.raises(PermanentFailure), caplog.at_level(logging.ERROR, "infra.analyst"):
        look(analyst, photo)
    assert "You may not." in caplog.text
    assert len(caplog.text) < 1000
    assert len(bodies(stand_in)) == 1


def test_what_check_raises_ends_the_waiting(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    def check() -> None:
        if stand_in.requests["generate"]:
            raise Stopped(StopReason.SHUTDOWN)

    usages: list[Usage] = []
    scripted(stand_in, delay=1.0)
    with pytest.raises(Stopped):
        analyst.analyze(photo, "en", check, usages.append)
    assert usages == []


def test_a_proxy_that_cannot_be_removed_costs_no_answer(
    work: GcsWorkStore, stand_in: Vertex, clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scripted(stand_in, text=json.dumps({**SAID, "moments": []}))
    assert look(gemini(Unwilling(work), stand_in.url), clip).caption == SAID["caption"]
    assert "stays behind" in caplog.text
