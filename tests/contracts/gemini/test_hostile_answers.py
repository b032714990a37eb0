"""Answers that want too much, and what they cost."""

import json
from pathlib import Path

import pytest

from infra.analyst.gemini import GeminiAnalyst
from infra.analyst.measured import MeasuredAnalyst
from infra.work_store.gcs import GcsWorkStore
from internal.ports import Usage
from tests.contracts.gemini.given import SAID, measured
from tests.contracts.looks import look
from tests.contracts.questions import gemini, scripted
from tests.contracts.small_films import nothing
from tests.vertex import Vertex

HOSTILE = {
    "caption": "<script>alert(1)</script>\n00:00:01,000 --> 00:00:09,000\r\n\x1b[2J\u202egnp.exe\u2066" + "x" * 5000,
    "description": "\0" + "word " * 100_0,
    "depiction": "\u202e" + "word " * 100_0,
    "objects": [f"object {number}\n" for number in range(10_000)],
    "landmarks": ["\u200b", "  ", "Kamo River", "Kamo River"],
    "activities": ["walking\u2029"] * 50,
    "mood": "furious",
    "moments": [{"id": name, "score": 1e308} for name in ("m1", "m99", "../m2", "__proto__")],
    "facts": {"width": 1},
    "latitude": 0.0,
    "taken_at": "1999-01-01T00:00:00",
    "vlogs": [{"id": "another's", "delete": True}],
}


def test_an_answer_changes_words_and_the_worth_of_moments_and_nothing_else(
    analyst: GeminiAnalyst, stand_in: Vertex, clip: Path
) -> None:
    scripted(stand_in, text=json.dumps(HOSTILE))
    before, found = MeasuredAnalyst().measure(clip, nothing), look(analyst, clip)
    assert measured(found) == measured(before)
    assert {(one.start, one.end) for one in found.best} == {(one.start, one.end) for one in before.best}
    changed = [one for one in found.best if one.score not in {other.score for other in before.best}]
    assert len(changed) == 1
    assert changed[0].score <= 1


def test_words_are_short_lines_of_what_can_be_seen(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    scripted(stand_in, text=json.dumps(HOSTILE))
    found = look(analyst, photo)
    texts = [found.caption, found.description, found.depiction, *found.objects, *found.landmarks, *found.activities]
    assert all(text.isprintable() and text == text.strip() and text for text in texts)
    assert len(found.caption) == 120
    assert len(found.description) == 600
    assert len(found.objects) == 8
    assert found.landmarks == ("Kamo River",)
    assert found.activities == ("walking",)
    assert found.mood == ""
    assert found.undescribed == ""


def test_letters_and_emoji_that_are_joined_stay_joined(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    family, namaste = "👨\u200d👩\u200d👧", "नम\u200dस्ते"
    scripted(stand_in, text=json.dumps({**SAID, "caption": f"{family} {namaste}"}))
    assert look(analyst, photo).caption == f"{family} {namaste}"


# ---------------------------------------------------------------- names and prices


def test_answers_are_kept_by_model_prompt_measurement_and_language(work: GcsWorkStore) -> None:
    one, other = gemini(work, "http://unused"), gemini(work, "http://unused", model="gemini-3.8-flash")
    assert one.name("en") == "gemini/gemini-3.5-flash-lite/2/measured/3/en"
    assert len({one.name("en"), one.name("ja"), other.name("en")}) == 3


def test_a_question_costs_about_what_was_said_before(analyst: GeminiAnalyst, photo: Path, clip: Path) -> None:
    for path in (photo, clip):
        usages: list[Usage] = []
        found = analyst.analyze(path, "en", nothing, usages.append)
        assert 0.3 < sum(usage.usd for usage in usages) / analyst.price(found.facts) < 3


@pytest.mark.parametrize(("tokens", "believed"), [(-5_000_000, 0), (10**30, 10_000_000)])
def test_a_count_of_tokens_that_makes_no_sense_neither_pays_us_nor_breaks_the_ledger(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, tokens: int, believed: int
) -> None:
    answer = {"content": {"parts": [{"text": json.dumps(SAID)}]}, "finishReason": "STOP"}
    counted = {"promptTokenCount": tokens, "candidatesTokenCount": 0}
    scripted(stand_in, body=json.dumps({"candidates": [answer], "usageMetadata": counted}))
    usages: list[Usage] = []
    assert analyst.analyze(photo, "en", nothing, usages.append).caption == SAID["caption"]
    assert [usage.tokens_in for usage in usages] == [believed]


def test_a_model_whose_price_nobody_knows_is_named_in_the_log(
    work: GcsWorkStore, photo: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = gemini(work, "http://unused", model="gemini-9")
    assert "no price is known" in caplog.text
    facts, dearest = (
        MeasuredAnalyst().measure(photo, nothing).facts,
        gemini(work, "http://unused", model="gemini-3.5-flash"),
    )
    assert unknown.price(facts) == dearest.price(facts) > 0
