"""Clips that photos were brought to life as: what they stand for in the film, and fetching them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from internal.errors import Damaged, NotFound, UnusableClip
from internal.media import Kind
from internal.pipeline import Run
from internal.vlog import Scene, Storyboard

#: of a clip of some seconds, many times over
MOST_BYTES = 256 * 1024 * 1024
#: as `generate` leaves them: by the photo's content hash, each with its `key`, `sha256` and `seconds`
Clips = Mapping[str, Mapping[str, Any]]


def are_kept(run: Run, output: Mapping[str, Any]) -> bool:
    """Whether the clips of a checkpoint still lie in the work store. What failed is tried again in the next run."""
    if output["failed"] and output["run"] != run.job.run_no:
        return False
    return all(run.services.work.info(clip["key"]) for clip in output["clips"].values())


def brought_to_life(storyboard: Storyboard, clips: Clips) -> Storyboard:
    """The same story, with each photo that has a clip shown as that. What a clip lets hear is nobody's memory: it
    is silent."""
    scenes = (_moving(scene, clips[scene.sha256]) if scene.sha256 in clips else scene for scene in storyboard.scenes)
    return storyboard.model_copy(update={"scenes": tuple(scenes)})


def _moving(scene: Scene, clip: Mapping[str, Any]) -> Scene:
    shown = {"kind": Kind.CLIP, "sha256": clip["sha256"], "start": 0.0, "volume": 0.0}
    return scene.model_copy(update=shown)


def fetch_clip(run: Run, key: str, path: Path, sha256: str | None = None) -> None:
    """Write it to `path`. Raises UnreadableMedia, with `sha256` as its field, when it is gone, or damaged still at
    the last attempt: a fault of the network, which looks the same, has passed by then."""
    try:
        info = run.services.work.info(key)
        if info and info.size > MOST_BYTES:
            raise UnusableClip("What the generator made is far too large.", sha256)
        run.services.work.get(key, path)
    except NotFound as error:
        raise UnusableClip("What the generator made is not there any more.", sha256) from error
    except Damaged as error:
        if not run.job.last_attempt:
            raise
        raise UnusableClip("What the generator made was damaged.", sha256) from error
