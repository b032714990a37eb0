"""Gemini's half: an answer in the schema that was asked for, about the pictures that were sent."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from tests.vertex.looks import Look, look_at
from tests.vertex.refusal import Refusal
from tests.vertex.script import Answer
from tests.vertex.shapes import GenerateContent, Part
from tests.vertex.store import Bucket
from tests.vertex.words import spoken

#: tokens of a picture, of a second of video with its sound, and characters of a token, roughly
PICTURE_TOKENS, SECOND_TOKENS, CHARACTERS = 1120, 300, 4


class Gemini:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def check(self, asked: GenerateContent) -> list[Look]:
        """What the pictures show. Raises Refusal for what cannot be read."""
        return [look_at(*self._bytes(part)) for part in asked.parts if part.inline_data or part.file_data]

    def _bytes(self, part: Part) -> tuple[bytes, str]:
        if part.inline_data:
            return part.inline_data.data, part.inline_data.mime_type
        if part.file_data:
            return self._bucket.read(part.file_data.file_uri), part.file_data.mime_type
        raise Refusal(400, "The part holds no media.")

    def answer(self, model: str, asked: GenerateContent, looks: list[Look], scripted: Answer) -> dict[str, Any]:
        usage = {"promptTokenCount": _tokens(asked, looks), "candidatesTokenCount": 0}
        if scripted.block:
            blocked = {"promptFeedback": {"blockReason": scripted.block}, "modelVersion": model}
            return {**blocked, "usageMetadata": _totalled(usage)}
        text = _text(asked, looks, scripted)
        usage["candidatesTokenCount"] = len(text) // CHARACTERS
        content = {"role": "model", "parts": [{"text": text}]} if text else {"role": "model"}
        candidate = {"content": content, "finishReason": scripted.finish, "index": 0}
        return {"candidates": [candidate], "usageMetadata": _totalled(usage), "modelVersion": model}


def _totalled(usage: dict[str, int]) -> dict[str, int]:
    return {**usage, "totalTokenCount": sum(usage.values())}


def _tokens(asked: GenerateContent, looks: list[Look]) -> int:
    media = sum(round(look.seconds * SECOND_TOKENS) or PICTURE_TOKENS for look in looks)
    return media + len(asked.words) // CHARACTERS


def _text(asked: GenerateContent, looks: list[Look], scripted: Answer) -> str:
    text = scripted.text if scripted.text is not None else _in_schema(asked, looks, scripted.fields)
    if scripted.fence:
        text = f"```json\n{text}\n```"
    match scripted.finish:
        case "STOP":
            return text
        case "MAX_TOKENS":
            return text[: len(text) // 2]
    return ""


def _in_schema(asked: GenerateContent, looks: list[Look], fields: Mapping[str, Any]) -> str:
    config = asked.generation_config
    if config.response_json_schema is not None:
        schema = config.response_json_schema
    elif config.response_schema is not None:
        schema = config.response_schema.model_dump(by_alias=True, exclude_none=True)
    else:
        return "; ".join(spoken(look.colours, asked.words) for look in looks)
    return json.dumps(_replaced(Filler(schema, asked, looks).value(schema, ""), fields), ensure_ascii=False)


def _replaced(value: Any, fields: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(one, fields) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _replaced(one, fields) for name, one in value.items()}
    return {name: one for name, one in {**kept, **_those_in(fields, kept)}.items() if one is not None}


def _those_in(fields: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """A name that starts with + is added, also where there was none."""
    added = {name[1:]: one for name, one in fields.items() if name.startswith("+")}
    return {name: one for name, one in fields.items() if name in kept} | added


class Filler:
    """Makes up values for a schema, OpenAPI's or JSON's: words from the pictures, the rest from the names of fields."""

    def __init__(self, schema: Mapping[str, Any], asked: GenerateContent, looks: list[Look]) -> None:
        self._defs = schema.get("$defs") or schema.get("defs") or {}
        self._look = looks[0] if looks else Look((), 0.0)
        self._words = [spoken([colour], asked.words) for colour in self._look.colours]
        self._sentence = spoken(self._look.colours, asked.words)
        self._seed = int(hashlib.sha256(self._sentence.encode()).hexdigest()[:8], 16)

    def value(self, schema: Mapping[str, Any], name: str) -> Any:
        if "$ref" in schema or "ref" in schema:
            return self.value(self._defs[(schema.get("$ref") or schema["ref"]).rpartition("/")[2]], name)
        if "anyOf" in schema:
            return self.value(schema["anyOf"][0], name)
        if "enum" in schema:
            return schema["enum"][self._seed % len(schema["enum"])]
        match str(schema.get("type", "string")).lower():
            case "object":
                return {key: self.value(one, key) for key, one in schema.get("properties", {}).items()}
            case "array":
                return self._list(schema, name)
            case "boolean":
                return False
            case "integer" | "number" as kind:
                number = self._number(schema, name)
                return round(number) if kind == "integer" else round(number, 2)
        return self._string(schema)

    def _list(self, schema: Mapping[str, Any], name: str) -> list[Any]:
        """Of texts: the colours, where things are asked for. Of things with ids: one for each id that may be named.
        Else one; in any case as many as are asked for at least."""
        inside, least = schema.get("items", {}), int(schema.get("minItems") or 0)
        ids = inside.get("properties", {}).get("id", {}).get("enum", ())
        if ids:
            return [{**self.value(inside, name), "id": one} for one in ids]
        if str(inside.get("type", "")).lower() == "string" and "enum" not in inside:
            words = self._words if name in ("objects", "tags", "colours") else []
            return words + [self._sentence] * (least - len(words))
        return [self.value(inside, name) for _ in range(max(1, least))]

    def _number(self, schema: Mapping[str, Any], name: str) -> float:
        """Times lie within the clip, the rest between its bounds, else between 0 and 1."""
        length = self._look.seconds
        match name.lower().split("_")[0]:
            case "start" | "begin" | "from":
                return length * 0.2
            case "end" | "until" | "to":
                return length * 0.8
            case "seconds" | "time" | "at":
                return length * 0.5
        low, high = float(schema.get("minimum", 0.0)), float(schema.get("maximum", 1.0))
        return low + (high - low) * 0.7

    def _string(self, schema: Mapping[str, Any]) -> str:
        most = schema.get("maxLength")
        return self._sentence[: int(most)] if most else self._sentence
