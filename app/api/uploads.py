"""Uploads: large media go straight to the media store, in parts, each by its own signed address."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.api.answers import answer
from app.api.bodies import MediaBody, PartToSend, StartUpload, UploadBody
from app.api.media import body_of
from app.api.operations import operation
from app.api.reading import checked_id, read_json
from app.identity import current_user
from app.services import services
from internal import uploads
from internal.uploads import Upload

blueprint = Blueprint("uploads", __name__)


@blueprint.post("/api/uploads")
@operation("Begin an upload", {201: UploadBody}, refusals=(400, 413, 415, 422, 503, 507), json=StartUpload)
def start() -> ResponseReturnValue:
    """PUT each part to its address, in any order, several at a time; then complete the upload."""
    wish = read_json(StartUpload)
    upload = uploads.start(services(), current_user().id, wish.name, wish.size)
    response = answer(_body(upload), 201)
    response.headers["Location"] = f"/api/uploads/{upload.media.id}"
    return response


@blueprint.get("/api/uploads/<upload_id>")
@operation("See which parts are missing", {200: UploadBody}, refusals=(404, 409, 503))
def show(upload_id: str) -> ResponseReturnValue:
    """With fresh addresses: this is how an upload goes on after a lost connection."""
    return answer(_body(uploads.status(services(), current_user().id, checked_id(upload_id, "media"))))


@blueprint.post("/api/uploads/<upload_id>/complete")
@operation("Complete an upload", {200: MediaBody}, refusals=(400, 404, 422, 503))
def complete(upload_id: str) -> ResponseReturnValue:
    """Joins the parts and looks at the file. One that cannot be used is refused with the reason, and removed."""
    return answer(body_of(uploads.complete(services(), current_user().id, checked_id(upload_id, "media"))))


@blueprint.delete("/api/uploads/<upload_id>")
@operation("Give an upload up", {204: None}, refusals=(404, 409, 503))
def abort(upload_id: str) -> ResponseReturnValue:
    uploads.abort(services(), current_user().id, checked_id(upload_id, "media"))
    return Response(status=204)


def _body(upload: Upload) -> UploadBody:
    media = upload.media
    return UploadBody(
        uploadId=media.id,
        mediaId=media.id,
        name=media.name,
        size=media.size,
        partSize=media.part_size,
        parts=tuple(PartToSend(number=number, url=url) for number, url in upload.missing.items()),
        arrived=tuple(part.number for part in upload.arrived),
    )
