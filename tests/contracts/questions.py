"""Gemini to ask, by Google's SDK and real HTTP, at the stand-in for Vertex AI."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, BinaryIO

from infra.analyst.gemini import GeminiAnalyst
from infra.work_store.gcs import GcsWorkStore
from internal.errors import TemporaryFailure
from internal.ports import WorkStore
from tests.vertex import Answer, Rule, Vertex

MODEL = "gemini-3.5-flash-lite"


def gemini(work: WorkStore, url: str, limit: float = 30, model: str = MODEL) -> GeminiAnalyst:
    """`limit`: seconds for a question. It hardly pauses."""
    return GeminiAnalyst("local", "global", model, work, url, timedelta(seconds=limit), pause=0.01)


def scripted(stand_in: Vertex, times: int | None = None, **answer: Any) -> None:
    """What the next questions are answered."""
    stand_in.script.set([Rule(on="generate", answer=Answer(**answer), times=times)])


def bodies(stand_in: Vertex) -> list[dict[str, Any]]:
    """Of the questions that it was asked."""
    return [json.loads(asked.body) for asked in stand_in.asked if asked.route == "generate"]


def parts(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    (content,) = body["contents"]
    return list(content["parts"])


def picture(body: Mapping[str, Any]) -> bytes:
    return base64.urlsafe_b64decode(parts(body)[0]["inlineData"]["data"])


class Keeping(GcsWorkStore):
    """Remembers what was put into it."""

    def __init__(self, store: GcsWorkStore) -> None:
        vars(self).update(vars(store))
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, data: BinaryIO, content_type: str) -> None:
        self.kept[key] = data.read()
        data.seek(0)
        super().put(key, data, content_type)


class Unwilling(GcsWorkStore):
    """Removes nothing."""

    def __init__(self, store: GcsWorkStore) -> None:
        vars(self).update(vars(store))

    def delete(self, key: str) -> None:
        raise TemporaryFailure("The work store is out of reach.")
