"""The page of one vlog: its progress while it is made, then the film. The address carries the vlog."""

from flask import Blueprint

from app.pages import words

blueprint = Blueprint("vlog", __name__)


@blueprint.get("/vlogs/<vlog_id>")
def show(vlog_id: str) -> str:
    """The script asks for the vlog, and says so when there is none."""
    return words.page("vlog.html", "vlog", vlog_id=vlog_id)
