"""The OpenAPI 3.1 description, made from the routes and what each says of itself.

Source: https://spec.openapis.org/oas/v3.1.0. spectree and flask-openapi3 were tried in November
2026: both would read bodies themselves, taking duplicate names and malformed JSON for good.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Literal

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from app import cookies
from app.api.bodies import Problem
from app.api.operations import Operation, operation_of

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]
#: either of them
SIGNED_IN: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "From `POST /api/auth/token`."},
    "session": {"type": "apiKey", "in": "cookie", "name": cookies.SESSION, "description": "Of our own pages."},
}
REF = "#/components/schemas/{model}"


def describe(app: Flask) -> Json:
    found = list(_operations(app))
    paths: Json = {}
    for rule, method, noted in found:
        paths.setdefault(_path(rule), {})[method.lower()] = _operation(app, rule, method, noted)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Daylog",
            "version": "1",
            "description": "Turns one day's photos and clips into a vlog. Errors are problem details (RFC 9457).",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": _schemas([noted for _, _, noted in found]), "securitySchemes": SIGNED_IN},
        "security": [{name: []} for name in SIGNED_IN],
    }


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Under `/bff/` the same operations are served again."""
    for rule in app.url_map.iter_rules():
        noted = operation_of(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if noted and rule.rule.startswith("/api/"):
                yield rule, method, noted


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", r"{\1}", rule.rule)


def _operation(app: Flask, rule: Rule, method: str, noted: Operation) -> Json:
    described: Json = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": noted.summary,
        "description": inspect.getdoc(app.view_functions[rule.endpoint]) or "",
        "parameters": [*_in_path(rule), *_in_query(noted), *_in_headers(noted)],
        "responses": {**dict(_answers(noted)), **dict(_refusals(method, noted))},
        **({"security": []} if noted.open else {}),
    }
    for media_type, model in (("application/json", noted.json), ("multipart/form-data", noted.form)):
        if model:
            content = {media_type: {"schema": _ref(model)}}
            described["requestBody"] = {"required": True, "content": content}
    return described


def _in_path(rule: Rule) -> Iterator[Json]:
    for name in sorted(rule.arguments):
        converter = rule._converters[name]
        yield {"name": name, "in": "path", "required": True, "schema": _schema_in_path(converter)}


def _schema_in_path(converter: BaseConverter) -> Json:
    match converter:
        case AnyConverter():
            return {"type": "string", "enum": list(converter.items)}
        case IntegerConverter():
            return {"type": "integer"}
    return {"type": "string", "format": "uuid"}


def _in_query(noted: Operation) -> Iterator[Json]:
    fields = noted.query.model_json_schema()["properties"] if noted.query else {}
    for name, schema in fields.items():
        yield {"name": name, "in": "query", "schema": schema}


def _in_headers(noted: Operation) -> Iterator[Json]:
    for name, meaning in (noted.headers or {}).items():
        yield {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}


def _answers(noted: Operation) -> Iterator[tuple[str, Json]]:
    for status, model in noted.answers.items():
        content = {"content": {noted.media_type: {"schema": _ref(model)}}} if model else {}
        yield str(status), {"description": HTTPStatus(status).phrase, **content}


def _refusals(method: str, noted: Operation) -> Iterator[tuple[str, Json]]:
    """Also those that any route may answer: nobody is signed in, or another site's page asks."""
    content = {"application/problem+json": {"schema": _ref(Problem)}}
    for status in sorted({*noted.refusals, 401, *([] if method == "GET" else [403])}):
        yield str(status), {"description": HTTPStatus(status).phrase, "content": content}


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas(noted: list[Operation]) -> Mapping[str, Any]:
    modes: dict[type[BaseModel], Mode] = {Problem: "serialization"}
    for one in noted:
        modes |= dict.fromkeys(filter(None, [one.json, one.form]), "validation")
        modes |= dict.fromkeys(filter(None, one.answers.values()), "serialization")
    _, schema = models_json_schema(list(modes.items()), ref_template=REF)
    return dict(sorted(schema["$defs"].items()))
