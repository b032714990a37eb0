"""The link by which anybody may watch a vlog's film."""

from datetime import datetime, timedelta

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from pydantic import Field

from app.api.answers import answer
from app.api.bodies import Given
from app.api.operations import operation
from app.api.reading import checked_id, read_json
from app.api.view import shared_at
from app.identity import current_user
from app.services import services, web
from internal import shares
from internal.media import Value

blueprint = Blueprint("shares", __name__)


class ShareVlog(Given):
    days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        description="From now; null: until it is taken back. Not given: a link that is there lasts as long as before.",
    )


class ShareBody(Value):
    url: str
    expires_at: datetime | None


@blueprint.post("/api/vlogs/<vlog_id>/share")
@operation(
    "Share a film by a link",
    {200: ShareBody, 201: ShareBody},
    refusals=(400, 404, 409, 413, 415, 503),
    json=ShareVlog,
)
def share(vlog_id: str) -> ResponseReturnValue:
    """Whoever has the link can watch and save the film, and sees its title, but nothing of its owner. There is one at
    a time. 201: it is new. 200: it was there; it now lasts as long as is asked for."""
    wish = read_json(ShareVlog)
    lasting = None if wish.days is None else timedelta(days=wish.days)
    keep_end = "days" not in wish.model_fields_set
    link, new = shares.share(services(), current_user().id, checked_id(vlog_id, "vlog"), lasting, keep_end)
    url = shared_at(web().settings.public_url, link.token)
    return answer(ShareBody(url=url, expires_at=link.expires_at), 201 if new else 200)


@blueprint.delete("/api/vlogs/<vlog_id>/share")
@operation("Take a link back", {204: None}, refusals=(404, 503))
def revoke(vlog_id: str) -> ResponseReturnValue:
    """It is gone at once; who began to watch can go on for 5 minutes. Another link of the vlog is another one."""
    shares.revoke(services(), current_user().id, checked_id(vlog_id, "vlog"))
    return Response(status=204)
