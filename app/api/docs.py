"""The API's description: for programs at /openapi.json, for people at /docs, which loads nothing from elsewhere."""

from typing import Any

from flask import Blueprint, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue

from app.api.openapi import describe

blueprint = Blueprint("docs", __name__, template_folder="templates", static_folder="static", static_url_path="/docs")

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    return Response(json.dumps(describe(current_app)), content_type="application/json")


@blueprint.get("/docs")
def page() -> ResponseReturnValue:
    response = Response(render_template("docs.html", api=describe(current_app), type_of=type_of))
    response.headers["Content-Security-Policy"] = POLICY
    return response


def type_of(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    limits = [f"{word} {schema[key]}" for key, word in LIMITS.items() if key in schema]
    return " ".join([schema.get("format") or schema.get("type", "anything"), *limits])


LIMITS = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "minLength": "length ≥", "maxLength": "length ≤"}
