"""How Veo's work stands, and what it costs."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.generator.veo import PRICES, VeoGenerator
from infra.work_store.gcs import GcsWorkStore
from internal.errors import TemporaryFailure
from internal.ports import Made, NotMade, Order
from tests.contracts.orders import a_prefix, scripted, veo
from tests.vertex import Vertex

ROOT = Path(__file__).parents[2]


def started(generator: VeoGenerator, stand_in: Vertex, order: Order, **answer: Any) -> str:
    scripted(stand_in, "submit", **answer)
    return generator.start(order, a_prefix())


def test_what_runs_is_asked_about_again(generator: VeoGenerator, stand_in: Vertex, order: Order) -> None:
    operation = started(generator, stand_in, order, running=2)
    assert [generator.poll(operation) for _ in range(2)] == [None, None]
    assert isinstance(generator.poll(operation), Made)


@pytest.mark.parametrize(
    ("reasons", "code", "words"),
    [
        (["Veo could not generate. Support codes: 58061214"], "filtered_child", "a child"),
        (["Support codes: 11111111, 56562880"], "filtered_violent", "violent"),
        (["Support codes: 35561575", "Support codes: 17301594"], "filtered_property", "somebody else"),
        (["Support codes: 12345678"], "filtered", "did not pass its filters"),
        ([], "filtered", "did not pass its filters"),
    ],
)
def test_a_filtered_clip_says_why_in_words(
    generator: VeoGenerator, stand_in: Vertex, order: Order, reasons: list[str], code: str, words: str
) -> None:
    standing = generator.poll(started(generator, stand_in, order, outcome="filtered", reasons=reasons))
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.again) == (code, False)
    assert words in standing.reason.message


def test_success_without_a_clip_is_none(generator: VeoGenerator, stand_in: Vertex, order: Order) -> None:
    standing = generator.poll(started(generator, stand_in, order, outcome="empty"))
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.again, standing.charged) == ("nothing_generated", False, False)


@pytest.mark.parametrize(
    ("code", "again"),
    [(3, False), (5, False), (7, False), (9, False), (16, False), (4, True), (8, True), (13, True), (14, True)],
)
def test_an_error_may_be_worth_another_order_or_not(
    generator: VeoGenerator, stand_in: Vertex, order: Order, code: int, again: bool
) -> None:
    standing = generator.poll(started(generator, stand_in, order, outcome="error", code=code))
    assert isinstance(standing, NotMade)
    assert standing.again is again


@pytest.mark.parametrize("code", [None, "13", [13], {}, 1e300])
def test_an_error_without_a_sound_code_is_not_worth_another_order(
    generator: VeoGenerator, stand_in: Vertex, order: Order, code: Any
) -> None:
    operation = started(generator, stand_in, order)
    scripted(stand_in, "poll", body=json.dumps({"name": operation, "done": True, "error": {"code": code}}))
    standing = generator.poll(operation)
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.again) == ("generation_refused", False)


def test_an_error_that_names_a_filter_is_that(generator: VeoGenerator, stand_in: Vertex, order: Order) -> None:
    operation = started(generator, stand_in, order, outcome="error", code=13, message="Support codes: 90789179")
    standing = generator.poll(operation)
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.again) == ("filtered_sexual", False)


def test_work_that_is_not_known_any_more_is_lost(generator: VeoGenerator, stand_in: Vertex, order: Order) -> None:
    standing = generator.poll(started(generator, stand_in, order, outcome="lost"))
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.charged) == ("operation_lost", True)


@pytest.mark.parametrize("body", ["", "{}", "[]", '"x"'])
def test_an_answer_that_says_nothing_says_that_it_still_runs(
    generator: VeoGenerator, stand_in: Vertex, order: Order, body: str
) -> None:
    operation = started(generator, stand_in, order)
    scripted(stand_in, "poll", body=body)
    assert generator.poll(operation) is None


@pytest.mark.parametrize(
    "answer",
    [
        *({"status": status} for status in (400, 401, 403, 429, 500, 503)),
        *({"drop": when} for when in ("unread", "read", "accepted")),
        *({"body": body} for body in ("<html>", '{"done": "perhaps"}', '{"done": true, "error": "no"}')),
    ],
    ids=str,
)
def test_what_does_not_speak_of_the_work_ends_nothing(
    generator: VeoGenerator, stand_in: Vertex, order: Order, answer: dict[str, Any]
) -> None:
    operation = started(generator, stand_in, order)
    scripted(stand_in, "poll", **answer)
    with pytest.raises(TemporaryFailure):
        generator.poll(operation)
    stand_in.script.set([])
    assert isinstance(generator.poll(operation), Made)


@pytest.mark.parametrize(
    "uri",
    [
        "gs://another-bucket/veo/1/clip.mp4",
        "gs://clips",
        "gs://clips/",
        "gs://clips/../secrets/clip.mp4",
        "gs://clips/veo//clip.mp4",
        "gs://clips/veo/1/",
        "https://storage.googleapis.com/clips/veo/clip.mp4",
        "/etc/passwd",
    ],
)
def test_a_clip_that_lies_elsewhere_is_not_believed(
    generator: VeoGenerator, stand_in: Vertex, order: Order, uri: str
) -> None:
    operation = started(generator, stand_in, order)
    told = {"name": operation, "done": True, "response": {"videos": [{"gcsUri": uri, "mimeType": "video/mp4"}]}}
    scripted(stand_in, "poll", body=json.dumps(told))
    standing = generator.poll(operation)
    assert isinstance(standing, NotMade)
    assert (standing.reason.code, standing.charged) == ("generated_elsewhere", True)


# ---------------------------------------------------------------- what it costs


def test_prices_are_of_the_model_and_the_resolution(work: GcsWorkStore) -> None:
    generator = veo(work, "http://127.0.0.1:1")
    assert (generator.price(6, "720p"), generator.price(8, "1080p")) == (0.3, 0.64)


def test_a_model_of_unknown_price_costs_as_much_as_the_dearest_and_the_log_says_so(
    work: GcsWorkStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        generator = veo(work, "http://127.0.0.1:1", model="veo-9")
    dearest = max(prices["1080p"] for prices in PRICES.values())
    assert generator.price(8, "1080p") == pytest.approx(8 * dearest)
    assert "no price is known" in caplog.text


def test_who_asks_for_a_price_loads_no_sdk() -> None:
    asked = """
import sys
from datetime import timedelta
from infra.generator.veo import VeoGenerator
VeoGenerator("p", "us-central1", "veo-3.1-lite-generate-001", None, timedelta(seconds=1)).price(4, "720p")
print([name for name in sys.modules if name.startswith(("google.genai", "google.auth", "httpx"))])
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
