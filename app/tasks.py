"""Where the queue delivers and the scheduler knocks. 2xx: done with it; anything else: deliver again."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from app.services import services, web
from internal.errors import InvalidInput
from internal.jobs import Dispatch
from internal.reaper import reap, sweep
from internal.reconciler import reconcile
from internal.runner import deliver

blueprint = Blueprint("tasks", __name__)

LONGEST_BODY = 1024


class DispatchBody(BaseModel):
    """Ids only: everything else is in the row."""

    model_config = ConfigDict(extra="forbid", strict=True)

    job_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    run_no: int = Field(ge=1, lt=2**31)
    dispatch_no: int = Field(ge=1, lt=2**31)


@blueprint.before_request
def only_our_callers() -> None:
    request.max_content_length = LONGEST_BODY
    services().callers.verify(request.headers.getlist("Authorization"))


@blueprint.post("/create-vlog")
def create_vlog() -> ResponseReturnValue:
    """One delivery. 200 whatever became of the job: the row knows, and the queue is done with this dispatch."""
    body = _dispatch(request.get_data())
    dispatch = Dispatch(body.job_id, body.run_no, body.dispatch_no)
    return {"outcome": deliver(dispatch, services(), web().shutdown, web().pipelines)}


@blueprint.post("/reconcile")
def reconcile_now() -> ResponseReturnValue:
    settled = reconcile(services())
    reap(services())
    return {"settled": list(settled)}


@blueprint.post("/sweep")
def sweep_now() -> ResponseReturnValue:
    sweep(services())
    return {}


def _dispatch(body: bytes) -> DispatchBody:
    """Raises InvalidInput. Whatever the Content-Type says: the caller has proved who it is."""
    try:
        return DispatchBody.model_validate_json(body)
    except ValueError as error:
        raise InvalidInput("This is no dispatch of ours.") from error
