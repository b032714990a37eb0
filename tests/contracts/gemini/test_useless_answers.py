"""Answers that are none: declined, cut, or not as the schema wants."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.analyst.asking import DECLINED, NOT_UNDERSTOOD
from infra.analyst.gemini import GeminiAnalyst
from infra.analyst.measured import MeasuredAnalyst
from internal.ports import Usage
from tests.contracts.gemini.given import ORDER, SAID
from tests.contracts.looks import look
from tests.contracts.questions import bodies, parts, scripted
from tests.contracts.small_films import nothing
from tests.vertex import Answer, Rule, Vertex


@pytest.mark.parametrize(
    "answer",
    [{"block": "SAFETY"}, {"block": "PROHIBITED_CONTENT"}]
    + [{"finish": finish} for finish in ("SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII", "BLOCKLIST", "OTHER")],
    ids=str,
)
def test_what_the_model_declines_is_measured_all_the_same_and_not_asked_again(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, answer: dict[str, Any]
) -> None:
    scripted(stand_in, **answer)
    found = look(analyst, photo)
    assert found.undescribed == DECLINED
    assert found.model_copy(update={"undescribed": ""}) == MeasuredAnalyst().measure(photo, nothing)
    assert len(bodies(stand_in)) == 1


def test_a_fence_around_the_answer_does_no_harm(analyst: GeminiAnalyst, stand_in: Vertex, photo: Path) -> None:
    scripted(stand_in, text=json.dumps(SAID, indent=1), fence=True)
    assert look(analyst, photo).caption == SAID["caption"]
    assert len(bodies(stand_in)) == 1


TOO_DEEP = "[" * 5000
USELESS: list[dict[str, Any]] = [
    {"finish": "MAX_TOKENS"},
    {"text": "Here is what I see: a river."},
    {"text": "{}"},
    {"text": ""},
    {"text": TOO_DEEP},
    {"text": json.dumps({**SAID, "moments": [{"id": "m1", "score": float("nan")}]})},
    {"fields": {"caption": None}},
    {"fields": {"objects": "a river"}},
    {"body": ""},
    {"body": "{}"},
    {"body": "<html>Welcome</html>"},
    {"body": '{"candidates": "none"}'},
    {"body": "5"},
    {"body": "true"},
]


@pytest.mark.parametrize("useless", USELESS, ids=lambda useless: str(useless)[:40])
def test_an_answer_of_no_use_is_asked_for_once_more(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, useless: dict[str, Any]
) -> None:
    wrong = Rule(on="generate", answer=Answer(**useless), times=1)
    stand_in.script.set([wrong, Rule(on="generate", answer=Answer(text=json.dumps(SAID)))])
    usages: list[Usage] = []
    found = analyst.analyze(photo, "en", nothing, usages.append)
    assert (found.caption, found.undescribed) == (SAID["caption"], "")
    first, second = bodies(stand_in)
    assert len(parts(second)) == len(parts(first)) + 1
    if useless.get("text") != TOO_DEEP:  # before Python 3.13 the SDK chokes on that, and nobody knows what it cost
        assert len(usages) == (1 if "body" in useless else 2)


@pytest.mark.parametrize("useless", USELESS, ids=lambda useless: str(useless)[:40])
def test_an_answer_of_no_use_twice_over_costs_no_film(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, useless: dict[str, Any]
) -> None:
    scripted(stand_in, **useless)
    assert look(analyst, photo).undescribed == NOT_UNDERSTOOD
    assert len(bodies(stand_in)) == 2


@pytest.mark.parametrize(
    ("useless", "problem"),
    [
        ({"finish": "MAX_TOKENS"}, "cut off"),
        ({"body": "{}"}, "empty"),
        ({"text": '{"caption": 1}'}, "caption: Input should"),
    ],
)
def test_the_model_is_told_what_was_wrong(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path, useless: dict[str, Any], problem: str
) -> None:
    scripted(stand_in, **useless)
    look(analyst, photo)
    assert problem in parts(bodies(stand_in)[1])[-1]["text"].splitlines()[0]


def test_a_wrong_answer_is_shown_to_the_model_as_a_line_of_json(
    analyst: GeminiAnalyst, stand_in: Vertex, photo: Path
) -> None:
    scripted(stand_in, text=f'no json\n"}}\n{ORDER}' + "x" * 100_000)
    look(analyst, photo)
    told = parts(bodies(stand_in)[1])[-1]["text"].splitlines()
    assert [line for line in told if "Ignore" in line] == [told[-1]]
    assert json.loads(told[-1].partition("no instruction: ")[2]).startswith('no json\n"}')
    assert len(told[-1]) < 2200
