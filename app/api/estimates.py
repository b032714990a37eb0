"""What a vlog would cost: asked before anything is made."""

from collections.abc import Sequence

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.api.answers import answer
from app.api.bodies import Dollars, EstimateBody, EstimateVlog, Scenes
from app.api.operations import operation
from app.api.reading import checked_id, read_json
from app.identity import current_user
from app.services import services
from internal import vlogs
from internal.errors import InvalidInput
from internal.estimate import Range, estimate
from internal.media import Facts, Kind

blueprint = Blueprint("estimates", __name__)

#: seconds of a clip that nothing is known of yet
USUAL_CLIP = 20.0


@blueprint.post("/api/vlogs/estimate")
@operation("See what a vlog would cost", {200: EstimateBody}, refusals=(400, 404, 413, 415, 503), json=EstimateVlog)
def show() -> ResponseReturnValue:
    """From the fewest photos that are surely brought to life to the most that may be. Nothing is made or reserved."""
    asked = read_json(EstimateVlog)
    owner_id = current_user().id
    media = _media(owner_id, asked)
    told = estimate(asked, media, services().store.spent(owner_id), services())
    cost, scenes = _dollars(told.cost), Scenes(**vars(told.scenes), price=_dollars(told.price))
    return answer(EstimateBody(low=cost.low, high=cost.high, scenes=scenes, reasons=told.reasons))


def _dollars(usd: Range[float]) -> Dollars:
    """To the hundredth of a cent."""
    return Dollars(low=round(usd.low, 4), high=round(usd.high, 4))


def _media(owner_id: str, asked: EstimateVlog) -> Sequence[Facts]:
    counted = asked.photos + asked.clips
    if bool(counted) == bool(asked.media_ids):
        raise InvalidInput("Give mediaIds, or else how many photos and clips there are.", "mediaIds")
    if counted > vlogs.MOST_MEDIA:
        raise InvalidInput(f"Give between 1 and {vlogs.MOST_MEDIA} photos or clips.", "photos")
    if counted:
        photo = Facts(kind=Kind.PHOTO, content_type="")
        return [photo] * asked.photos + [Facts(kind=Kind.CLIP, content_type="", seconds=USUAL_CLIP)] * asked.clips
    ids = [checked_id(media_id, f"media: {media_id}") for media_id in asked.media_ids]
    if asked.music_id:
        checked_id(asked.music_id, f"media: {asked.music_id}")
    return [media.facts for media in vlogs.usable(services(), owner_id, asked, ids) if media.facts]
