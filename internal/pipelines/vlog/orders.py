"""What is ordered for a photo: its still, the prompt, and how long, how large and of what shape its clip should be.

It follows from the photo, the film's size and how long the photo is shown, not from where it
stands in the story, the music or the language: another version of the vlog gets what was paid for.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from internal.media import Facts
from internal.paying import Wanted
from internal.pipeline import Run
from internal.pipelines.vlog.looking import fetch
from internal.pipelines.vlog.wishes import is_version, settings_of
from internal.ports import Order
from internal.prompts import prompt
from internal.storyboard import Found
from internal.vlog import Aspect, Resolution, Scene

#: pixels of the still's longer side
STILL = 1536
#: seconds for which a clip may stand still at its end, when the next scene is coming: a longer one costs half as much
#: again, or more
STANDS_STILL = 0.1
#: seconds: no generator makes a longer clip
LONGEST = 10
#: the least of a photo that should be left when it is cropped to the film's shape
LEAST_LEFT = 0.5
MOVEMENTS = ("pushes in", "pulls back", "glides to the left", "glides to the right", "rises", "stays where it is")


@dataclass(frozen=True)
class Lively:
    """A photo of the story that is to be brought to life; `number` is its scene's, from 1."""

    number: int
    scene: Scene
    found: Found


def wanted(run: Run, photo: Lively) -> Wanted:
    settings, generator = settings_of(run), run.services.generator
    order = Order(
        photo=run.folder / f"{photo.found.sha256}.still.jpg",
        prompt=_prompt(photo.found),
        seconds=_seconds(run, photo),
        aspect=aspect_of(photo.found.analysis.facts, settings.aspect),
        resolution=resolution_of(settings.resolution),
        seed=_number(photo.found),
        labels={"job": run.job.id, "scene": str(photo.number)},
    )
    return Wanted(
        scene=photo.number,
        input_sha=_input_sha(run, photo, order.seconds),
        order=order,
        price=generator.price(order.seconds, order.resolution),
        most=settings.max_cost,
        prepare=_still(run, photo.found, order.photo),
    )


def _seconds(run: Run, photo: Lively) -> int:
    """A version has scenes that are shorter now: for those a longer clip that was paid for serves as well."""
    generator = run.services.generator
    least = generator.seconds(photo.scene.seconds - STANDS_STILL)
    if not is_version(run):
        return least
    lengths = dict.fromkeys(generator.seconds(seconds) for seconds in range(least, LONGEST + 1))
    return next((length for length in lengths if _was_made(run, _input_sha(run, photo, length))), least)


def _was_made(run: Run, input_sha: str) -> bool:
    return any(call.output for call in run.services.store.paid_calls(run.job.owner_id, input_sha))


def aspect_of(photo: Facts, film: Aspect) -> Literal["16:9", "9:16"]:
    """The film's, unless that would crop the photo to less than half, or is neither: then the one nearer to its own."""
    if film != "1:1" and _left(photo, film) >= LEAST_LEFT:
        return film
    return "16:9" if photo.width >= photo.height else "9:16"


def _left(photo: Facts, film: Literal["16:9", "9:16"]) -> float:
    """The share of the photo that is seen when it fills that shape."""
    across, down = (16, 9) if film == "16:9" else (9, 16)
    own, shape = photo.width * down, photo.height * across
    return min(own, shape) / max(own, shape, 1)


def resolution_of(film: Resolution) -> Literal["720p", "1080p"]:
    return "1080p" if film == "1080p" else "720p"


def _prompt(found: Found) -> str:
    """In English, which generators know best; of a photo that nobody has described it says no more than it shows."""
    seen = found.analysis
    movement = MOVEMENTS[_number(found) % len(MOVEMENTS)]
    return prompt("animate").filled(
        shown=seen.depiction or "nobody has described it", mood=seen.mood or "as in the photo", movement=movement
    )


def _number(found: Found) -> int:
    """As good as drawn by lot, and always the same for one photo."""
    return int(found.sha256[:6], 16)


def _input_sha(run: Run, photo: Lively, seconds: int) -> str:
    """Not of the prompt's words: a prompt that is better worded, or a photo described anew, is no reason to pay for
    the same photo again, least of all while its order is under way."""
    settings = settings_of(run)
    aspect = aspect_of(photo.found.analysis.facts, settings.aspect)
    told = [run.services.generator.name, photo.found.sha256, seconds, aspect, resolution_of(settings.resolution)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _still(run: Run, found: Found, out: Path) -> Callable[[], None]:
    def draw() -> None:
        photo = run.folder / found.sha256
        if not photo.exists():
            fetch(run, run.services.store.media(run.job.owner_id, found.media_id), photo)
        run.services.composer.still(photo, out, STILL, run.check)

    return draw
