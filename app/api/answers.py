"""Bodies as responses."""

from flask import Response
from pydantic import BaseModel

from app.api.bodies import Accepted, VlogBody
from internal.ports import Answer
from internal.vlog import Vlog

#: seconds between polls while a vlog is being made
POLL_EVERY = 3


def answer(body: BaseModel, status: int = 200) -> Response:
    return Response(body.model_dump_json(by_alias=True), status, content_type="application/json")


def vlog_answer(body: VlogBody, version: int, status: int = 200) -> Response:
    return validated(answer(body, status), version, running=body.status in ("pending", "processing"))


def validated(response: Response, version: int, running: bool) -> Response:
    """With the ETag, weak because `eta_seconds` does not count, and while it runs with when to ask again."""
    response.set_etag(str(version), weak=True)
    if running:
        response.headers["Retry-After"] = str(POLL_EVERY)
    return response


def kept_for(vlog: Vlog) -> Answer:
    """That the vlog was asked for, as it is kept for a request that is sent again."""
    return Answer(202, Accepted(vlogId=vlog.id).model_dump())


def accepted(kept: Answer) -> Response:
    response = answer(Accepted.kept(kept.body), kept.status)
    response.headers["Location"] = f"/api/vlogs/{kept.body['vlogId']}"
    response.headers["Retry-After"] = str(POLL_EVERY)
    return response
