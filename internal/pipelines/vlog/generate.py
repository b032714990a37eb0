"""generate: bring chosen photos to life, as many as the budget pays for. Footage needs none: the composer pans."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from internal.errors import UnreadableMedia, UnusableClip
from internal.jobs import JobError
from internal.media import Kind, Reason
from internal.notes import panned
from internal.paid import PaidCall
from internal.paying import Failed, Limited, Pending, Ready, Standing, Wanted, advance, follow, spoil
from internal.pipeline import Done, Run, Wait
from internal.pipelines.vlog.clips import fetch_clip
from internal.pipelines.vlog.looking import sha256_of
from internal.pipelines.vlog.orders import Lively, wanted
from internal.pipelines.vlog.side_by_side import side_by_side
from internal.pipelines.vlog.wishes import is_version, settings_of
from internal.storyboard import Found
from internal.vlog import Scene, Storyboard

log = logging.getLogger(__name__)

#: seconds by which a clip may be shorter than its scene: its last picture stays while the next scene comes
SHORTAGE = 0.25
#: why a version has fewer of them than may be hoped for
NO_MORE = Reason(code="version_pays_nothing", text="A version brings no more photos to life than were paid for.")
#: reasons that are the user's own wish: nothing of what they asked for is missing
OWN_WISH = ("cost_limit", NO_MORE.code)
#: scenes asked about at a time
AT_ONCE = 8


def generate(run: Run) -> Done | Wait:
    """Output: `clips`, by the photo's content hash its clip's `key` in the work store, `sha256` and `seconds`;
    `failed`, as Notes: what should have come and did not; `notes`, what the user's own limit did not pay for; `run`.
    """
    photos = _photos(run) if settings_of(run).style == "generated" else []
    standings = _advanced(run, photos)
    if Pending(timedelta(0)) in standings:  # of a generator that has made the clip by the time it answers
        standings = _advanced(run, photos)
    delays = [standing.delay for standing in standings if isinstance(standing, Pending)]
    return Wait(min(delays)) if delays else Done(_output(run, photos, standings))


def _photos(run: Run) -> list[Lively]:
    """Those of the story that a clip can be made of, the best first."""
    storyboard = Storyboard.kept(run.outputs["storyboard"])
    by_sha = {one.sha256: one for one in map(Found.kept, run.outputs["analyze"]["found"])}
    photos = [
        Lively(number, scene, by_sha[scene.sha256])
        for number, scene in enumerate(storyboard.scenes, start=1)
        if scene.kind is Kind.PHOTO and run.services.generator.seconds(scene.seconds) >= scene.seconds
    ]
    return sorted(photos, key=lambda photo: (-photo.found.worth, photo.number))


def _advanced(run: Run, photos: Sequence[Lively]) -> list[Standing]:
    """What was ordered is asked about at the same time, to be billed for less of it; what was not is ordered one after
    the other, so that the best photos come first when the budget ends."""
    wishes = [wanted(run, photo) for photo in photos]
    followed = side_by_side(partial(follow, run), wishes, AT_ONCE, lambda _: True, lambda _: run.check())
    ready = sum(isinstance(standing, Ready) for standing in followed)
    standings: list[Standing] = []
    for wish, standing in zip(wishes, followed, strict=True):
        run.progress(ready / len(photos), f"Brought {ready} of {len(photos)} to life")
        standings.append(standing or _ordered(run, wish))
    return standings


def _ordered(run: Run, wish: Wanted) -> Standing:
    if wish.price and is_version(run):
        return Limited(NO_MORE)
    try:
        return advance(run, wish)
    except UnreadableMedia as error:
        return Failed(JobError(error.code, str(error)))


@dataclass(frozen=True)
class _Missing:
    name: str
    reason: Reason
    #: by the user's own limit
    wished: bool


def _output(run: Run, photos: Sequence[Lively], standings: Sequence[Standing]) -> dict[str, Any]:
    clips: dict[str, dict[str, Any]] = {}
    missing: list[_Missing] = []
    for photo, standing in zip(photos, standings, strict=True):
        match _checked(run, photo, standing):
            case Reason() as reason:
                own_limit = isinstance(standing, Limited) and reason.code in OWN_WISH
                missing.append(_Missing(photo.found.name, reason, own_limit))
            case clip:
                clips[photo.found.sha256] = clip
    return {
        "clips": clips,
        "failed": list(_noted(one for one in missing if not one.wished)),
        "notes": list(_noted(one for one in missing if one.wished)),
        "run": run.job.run_no,
    }


def _checked(run: Run, photo: Lively, standing: Standing) -> dict[str, Any] | Reason:
    """The clip, once it has been decoded to its end; else why there is none."""
    match standing:
        case Ready(call, key):
            return _clip(run, photo, call, key)
        case Failed(error):
            return Reason(code=error.code, text=error.message)
        case Limited(reason):
            return reason
        case Pending():
            raise AssertionError("nothing is pending any more")


def _clip(run: Run, photo: Lively, call: PaidCall, key: str) -> dict[str, Any] | Reason:
    """What cannot be fetched may be whole: only what cannot be shown is spoilt."""
    path = run.folder / f"{photo.found.sha256}.mp4"
    try:
        fetch_clip(run, key, path)
    except UnreadableMedia as error:
        return Reason.of(error)
    try:
        return {"key": key, "sha256": sha256_of(path), "seconds": _seconds(run, path, photo.scene)}
    except UnreadableMedia as error:
        spoil(run, call, JobError(error.code, str(error)))
        return Reason.of(error)
    finally:
        path.unlink(missing_ok=True)


def _seconds(run: Run, path: Path, scene: Scene) -> float:
    """Of the clip, all of which is decoded. Raises UnreadableMedia."""
    try:
        facts = run.services.analyst.measure(path, run.check).facts
    except UnreadableMedia as error:  # its advice is for people's own files
        log.warning("a clip cannot be shown: %s", error)
        raise UnusableClip("What the generator made cannot be shown.") from error
    if facts.kind is not Kind.CLIP or facts.seconds < scene.seconds - SHORTAGE:
        raise UnusableClip("What the generator made is shorter than was ordered.")
    return facts.seconds


def _noted(missing: Iterable[_Missing]) -> Iterator[dict[str, Any]]:
    """A note for each reason, however many photos share it."""
    names: dict[Reason, list[str]] = {}
    for one in missing:
        names.setdefault(one.reason, []).append(one.name)
    for reason, shown in names.items():
        yield panned(shown, reason).model_dump(mode="json")
