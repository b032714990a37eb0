"""Whether this process lives, and whether it can work."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.services import services, web
from internal.errors import TemporaryFailure

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """503 while shutting down, without the database, or before it has our schema."""
    if web().shutdown.is_set():
        raise TemporaryFailure("This process is shutting down.")
    services().store.ping()
    return {"status": "ready"}
