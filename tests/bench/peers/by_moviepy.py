"""A film as one makes it with moviepy: asked for in JSON on standard input, the seconds it took on standard output."""

import json
import sys
import time
from typing import Any

from moviepy import AudioFileClip, CompositeAudioClip, CompositeVideoClip, ImageClip, TextClip, VideoClip, VideoFileClip
from moviepy.video.fx import CrossFadeIn, Resize

#: how far a photo is zoomed into
CLOSEST = 1.14


def main() -> None:
    asked = json.load(sys.stdin)
    began = time.monotonic()
    film(asked).write_videofile(
        asked["out"],
        fps=asked["fps"],
        codec="libx264",
        preset="veryfast",
        threads=2,
        ffmpeg_params=["-crf", "21"],
        logger=None,
    )
    print(time.monotonic() - began)


def film(asked: dict[str, Any]) -> VideoClip:
    size = (asked["width"], asked["height"])
    layers = [layer for number, scene in enumerate(asked["scenes"]) for layer in shot(number, scene, asked)]
    made = CompositeVideoClip(layers, size=size).with_duration(asked["seconds"])
    sounds = [layer.audio for layer in layers if layer.audio]
    music = AudioFileClip(asked["music"]).with_volume_scaled(0.4)
    return made.with_audio(CompositeAudioClip([*sounds, music]).with_duration(asked["seconds"]))


def shot(number: int, scene: dict[str, Any], asked: dict[str, Any]) -> list[VideoClip]:
    """The picture, and its caption."""
    size = (asked["width"], asked["height"])
    seconds = scene["seconds"]
    if scene["kind"] == "photo":
        shown = covering(ImageClip(scene["path"]), size).with_duration(seconds)
        shown = shown.with_effects([Resize(lambda t: 1 + (CLOSEST - 1) * t / seconds)])
    else:
        clip = VideoFileClip(scene["path"])
        shown = covering(clip.subclipped(scene["start"], scene["start"] + seconds), size)
    if number:
        shown = shown.with_effects([CrossFadeIn(asked["overlap"])])
    caption = TextClip(asked["font"], text=scene["caption"], font_size=round(size[1] * 0.05), color="white")
    placed = caption.with_position(("center", 0.85), relative=True).with_duration(seconds)
    return [one.with_start(scene["begin"]) for one in (shown.with_position("center"), placed)]


def covering(shown: VideoClip, size: tuple[int, int]) -> VideoClip:
    scale = max(size[0] / shown.w, size[1] / shown.h)
    return shown.resized(scale)


main()
