"""Bodies as responses."""

from flask import Response
from pydantic import BaseModel

from app.api.bodies import Accepted, VlogBody

#: seconds between polls while a vlog is being made
POLL_EVERY = 3


def answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(by_alias=True), status, content_type="application/json")


def vlog_answer(body: VlogBody, version: int, status: int = 200) -> Response:
    return validated(answer(body, status), version, running=body.status in ("pending", "processing"))


def validated(response: Response, version: int, running: bool) -> Response:
    """With the ETag, weak because `eta_seconds` does not count, and while it runs with when to ask again."""
    response.set_etag(str(version), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    if running:
        response.headers["Retry-After"] = str(POLL_EVERY)
    return response


def accepted(vlog_id: str) -> Response:
    response = answer(Accepted(vlogId=vlog_id), 202)
    response.headers["Location"] = f"/api/vlogs/{vlog_id}"
    response.headers["Retry-After"] = str(POLL_EVERY)
    return response
