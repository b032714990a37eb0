"""Right requests, as the real SDK sends them, and each with something changed."""

from functools import cache
from typing import Any, Literal

import cv2
import numpy as np
import requests
from google import genai
from google.genai import types
from pydantic import BaseModel

from tests.vertex import Rule, Vertex

VEO, GEMINI = "veo-3.1-lite-generate-001", "gemini-3.5-flash-lite"
PLACE = "/v1/projects/local/locations/us-central1/publishers/google/models"
BEARER = {"Authorization": "Bearer local"}


class Caption(BaseModel):
    caption: str
    mood: Literal["calm", "happy"]


@cache
def jpeg(blue: int = 230, green: int = 120, red: int = 30, size: tuple[int, int] = (64, 36)) -> bytes:
    flat = np.full((size[1], size[0], 3), (blue, green, red), np.uint8)
    return cv2.imencode(".jpg", flat)[1].tobytes()


def image(data: bytes | None = None, mime_type: str = "image/jpeg") -> types.Image:
    return types.Image(image_bytes=data or jpeg(), mime_type=mime_type)


def order(
    client: genai.Client, prompt: str = "waves", model: str = VEO, start: types.Image | None = None, **changes: Any
) -> types.GenerateVideosOperation:
    """An order for a clip under gs://clips/veo/…, right unless changed."""
    right: dict[str, Any] = {
        "number_of_videos": 1,
        "output_gcs_uri": "gs://clips/veo/j/1/1/1/",
        "duration_seconds": 4,
        "seed": 42,
        "aspect_ratio": "16:9",
        "resolution": "720p",
        "person_generation": "allow_adult",
        "negative_prompt": "text",
        "generate_audio": False,
        "enhance_prompt": True,
        "compression_quality": "OPTIMIZED",
        "resize_mode": "CROP",
        "labels": {"job": "j", "scene": "1"},
    }
    source = types.GenerateVideosSource(prompt=prompt, image=start or image())
    config = types.GenerateVideosConfig(**{**right, **changes})
    return client.models.generate_videos(model=model, source=source, config=config)


def ask_about(client: genai.Client, name: str | None) -> types.GenerateVideosOperation:
    """As a later delivery does it, from the stored name."""
    return client.operations.get(types.GenerateVideosOperation(name=name))


def ask(client: genai.Client, *parts: types.Part, model: str = GEMINI, **changes: Any) -> types.GenerateContentResponse:
    """A caption of a picture, in a schema, right unless changed."""
    right: dict[str, Any] = {
        "system_instruction": "Say what the picture shows.",
        "response_mime_type": "application/json",
        "response_schema": Caption,
        "media_resolution": "MEDIA_RESOLUTION_LOW",
        "max_output_tokens": 1000,
        "seed": 1,
        "thinking_config": types.ThinkingConfig(thinking_budget=0),
        "safety_settings": [types.SafetySetting(category="HARM_CATEGORY_HATE_SPEECH", threshold="BLOCK_ONLY_HIGH")],
        "labels": {"job": "j"},
    }
    shown = parts or (types.Part.from_bytes(data=jpeg(), mime_type="image/jpeg"),)
    contents = [types.Content(role="user", parts=[types.Part.from_text(text="What is it?"), *shown])]
    config = types.GenerateContentConfig(**{**right, **changes})
    return client.models.generate_content(model=model, contents=contents, config=config)


def clip_part(uri: str, **changes: Any) -> types.Part:
    """Of a clip in the bucket; its first five seconds."""
    metadata = types.VideoMetadata(start_offset="0s", end_offset="5s", fps=1.0)
    data = types.FileData(file_uri=uri, mime_type="video/mp4")
    return types.Part(**{"file_data": data, "video_metadata": metadata, **changes})


def post(server: Vertex, path: str, body: Any, headers: dict[str, str] | None = None) -> requests.Response:
    """Past the SDK: what it would never send."""
    return requests.post(server.url + path, json=body, headers=BEARER if headers is None else headers, timeout=20)


def play(server: Vertex, on: str, times: int | None = None, **answer: Any) -> None:
    """Script one answer: `on` is the call it is for, `answer` what it says."""
    server.script.set([Rule.model_validate({"on": on, "times": times, "answer": answer})])
