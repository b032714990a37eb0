"""What a vlog would cost, told before anything starts: a range, and its reasons.

The storyboard that decides is not told yet. So the range goes from the fewest photos that are
surely shown to the most that may be, each at the price of the shortest and of the longest clip.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from internal.film import FPS, frames_in, total
from internal.media import Facts, Kind
from internal.paid import CENTS, Spending
from internal.pipelines.vlog.orders import resolution_of
from internal.ports import Services
from internal.storyboard.pace import CLOSING, OPENING, PACES
from internal.vlog import VlogSettings

Number = TypeVar("Number", int, float)

#: frames that may be left empty: for an opening and an ending that are longer than other scenes, and for a beat of slow
#: music
_SPARE = 9 * FPS // 2


@dataclass(frozen=True)
class Range(Generic[Number]):
    low: Number
    high: Number


@dataclass(frozen=True)
class Estimate:
    #: US dollars, in all
    cost: Range[float]
    #: how many photos are brought to life
    scenes: Range[int]
    #: US dollars for one of them
    price: Range[float]
    #: sentences for the user
    reasons: tuple[str, ...]


def estimate(settings: VlogSettings, media: Sequence[Facts], spent: Spending, services: Services) -> Estimate:
    """`spent`: by the owner and the service so far. Nothing is counted on that was made or looked at before; a photo
    that is left out for its looks is brought to life no more than others that are not shown."""
    asked = sum(services.analyst.price(facts) for facts in media)
    room, limit = services.limits.room(spent, settings.max_cost)
    looking = min(asked, max(room, 0.0))
    about_looking = _about_looking(media, looking, limit.text if asked > looking + CENTS else "")
    shown = shown_photos(settings, media) if settings.style == "generated" else Range(0, 0)
    price = _price(settings, services)
    spent = replace(spent, job=looking, owner=spent.owner + looking, service=spent.service + looking)
    room, limit = services.limits.room(spent, settings.max_cost)
    scenes = Range(_affordable(shown.low, price.low, room), _affordable(shown.high, price.low, room))
    dearest = min(scenes.high * price.high, max(room, 0.0))
    cost = Range(looking + scenes.low * price.low, looking + dearest)
    limited = limit.text if scenes.high * price.high > dearest + CENTS or scenes != shown else ""
    reasons = _about_scenes(settings, media, shown, price, limited), about_looking, _about_again(cost)
    return Estimate(cost, scenes, price, tuple(sentence for some in reasons for sentence in some))


def shown_photos(settings: VlogSettings, media: Sequence[Facts]) -> Range[int]:
    """How many photos the story has room for, if none is left out for its looks. At least: beside all the clips, all
    of them as long as they may be. At most: as short as they may be, and alone."""
    pace, frames = PACES[settings.theme], settings.duration * FPS
    photos = sum(facts.kind is Kind.PHOTO for facts in media)
    clips = [min(pace.clip.frames[-1], frames_in(facts.seconds)) for facts in media if facts.kind is Kind.CLIP]
    surely = _fitting(photos, pace.photo.frames[-1], clips, frames - _SPARE)
    return Range(surely, _fitting(photos, pace.photo.frames[0], [], frames))


def _fitting(most: int, each: int, others: Sequence[int], frames: int) -> int:
    """How many scenes of `each` frames fit in beside the others."""
    fit = (total([*others, *[each] * count]) <= frames for count in range(1, most + 1))
    return next((count for count, fits in enumerate(fit) if not fits), most)


def _price(settings: VlogSettings, services: Services) -> Range[float]:
    stay, resolution = PACES[settings.theme].photo, resolution_of(settings.resolution)
    lengths = (stay.least, max(stay.most, OPENING.most, CLOSING.most))
    return Range(*(services.generator.price(services.generator.seconds(each), resolution) for each in lengths))


def _affordable(count: int, price: float, room: float) -> int:
    return min(count, int((max(room, 0.0) + CENTS) / price)) if price else count


def _about_scenes(
    settings: VlogSettings, media: Sequence[Facts], shown: Range[int], price: Range[float], limited: str
) -> Iterator[str]:
    if settings.style == "footage":
        yield "Style footage brings no photo to life."
        return
    photos = sum(facts.kind is Kind.PHOTO for facts in media)
    yield f"{_span(shown)} of {photos} photos can be shown in {settings.duration} seconds."
    yield f"To bring one to life costs {_dollars(price)}." if price.high else "They are brought to life at no cost."
    if limited:
        yield f"{limited} The photos beyond that are panned over."


def _about_looking(media: Sequence[Facts], looking: float, limited: str) -> Iterator[str]:
    if looking:
        yield f"To have {len(media)} photos and clips described costs {_about(looking)}."
    if limited:
        yield f"{limited} Photos and clips beyond that are only measured."


def _about_again(cost: Range[float]) -> Iterator[str]:
    if cost.high:
        yield "What was made of the same photos and clips before is used again, and costs nothing."


def _span(count: Range[int]) -> str:
    return str(count.high) if count.low == count.high else f"{count.low} to {count.high}"


def _about(usd: float) -> str:
    return "less than $0.01" if usd < 0.01 else f"about ${usd:.2f}"


def _dollars(usd: Range[float]) -> str:
    low, high = f"${usd.low:.2f}", f"${usd.high:.2f}"
    return low if low == high else f"{low} to {high}"
