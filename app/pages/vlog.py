"""The page of one vlog: its progress while it is made, then the film. The address carries the vlog."""

from typing import get_args

from flask import Blueprint

from app.api.reading import checked_id
from app.identity import current_user
from app.pages import words
from app.services import services
from internal.vlog import Mood, Transition

blueprint = Blueprint("vlog", __name__)

MOODS = (*get_args(Mood), "none")
TRANSITIONS = tuple(transition.value for transition in Transition)


@blueprint.get("/vlogs/<vlog_id>")
def show(vlog_id: str) -> str:
    """The script asks how it stands. Raises NotFound when there is no such vlog, or it is somebody else's."""
    services().store.vlog(current_user().id, checked_id(vlog_id, "vlog"))
    return words.page("vlog.html", "vlog", "story", vlog_id=vlog_id, moods=MOODS, transitions=TRANSITIONS)
