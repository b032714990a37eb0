"""What the documentation does not allow is refused, as Google refuses it, and charged for by nobody."""

import base64
from typing import Any

import pytest
import requests
from google import genai
from google.genai import errors, types

from tests.vertex import Vertex
from tests.vertex.asking import BEARER, GEMINI, PLACE, VEO, ask, ask_about, clip_part, image, jpeg, order, post
from tests.vertex.conftest import sdk
from tests.vertex.shapes import MOST_INLINE

#: `jpeg()` in base64 of both kinds must differ, or the flavour could not be seen
PICTURE = jpeg(1, 2, 250)


def veo_body(**changes: Any) -> dict[str, Any]:
    data = base64.b64encode(PICTURE).decode()
    picture = {"bytesBase64Encoded": data, "mimeType": "image/jpeg"}
    parameters = {"storageUri": "gs://clips/veo/", "generateAudio": False}
    return {"instances": [{"prompt": "waves", "image": picture}], "parameters": parameters, **changes}


def gemini_body(data: str, **changes: Any) -> dict[str, Any]:
    parts = [{"text": "What is it?"}, {"inlineData": {"data": data, "mimeType": "image/jpeg"}}]
    return {"contents": [{"role": "user", "parts": parts}], **changes}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"aspect_ratio": "1:1"}, "aspectRatio"),
        ({"resolution": "480p"}, "resolution"),
        ({"duration_seconds": 5}, "durationSeconds"),
        ({"number_of_videos": 5}, "sampleCount"),
        ({"number_of_videos": 0}, "sampleCount"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"person_generation": "everybody"}, "personGeneration"),
        ({"generate_audio": None}, "generateAudio"),
        ({"output_gcs_uri": "gs://clips/veo/1"}, "storageUri"),
        ({"output_gcs_uri": "veo/1/"}, "storageUri"),
        ({"output_gcs_uri": "gs://another/veo/1/"}, "another"),
        ({"fps": 24}, "fps"),
        ({"labels": {"Job": "j"}}, "label"),
        ({"labels": {"job": "a b"}}, "label"),
        ({"labels": {"job": "j" * 64}}, "label"),
        ({"labels": {f"l{n}": "" for n in range(65)}}, "64"),
        ({"start": image(b"no picture")}, "input image"),
        ({"start": image(mime_type="image/gif")}, "mimeType"),
        ({"start": image(bytes(MOST_INLINE + 1))}, "bytes"),
        ({"start": types.Image(gcs_uri="gs://clips/nothing.jpg", mime_type="image/jpeg")}, "does not exist"),
        ({"prompt": ""}, "prompt"),
        ({"http_options": types.HttpOptions(extra_body={"parameters": {"style": "film"}})}, 'Unknown name "style"'),
        ({"http_options": types.HttpOptions(extra_body={"priority": "high"})}, 'Unknown name "priority"'),
    ],
)
def test_a_wrong_order_is_refused(server: Vertex, client: genai.Client, change: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.ClientError, match=says) as refused:
        order(client, **change)
    assert (refused.value.code, refused.value.status) in [(400, "INVALID_ARGUMENT"), (403, "PERMISSION_DENIED")]
    assert server.submissions == []
    assert len(server.refused) == 1


@pytest.mark.parametrize(
    "change", [{"compressionQuality": "best"}, {"resizeMode": "stretch"}, {"duration_seconds": 8}, {"seed": "42"}]
)
def test_what_the_sdk_would_not_send_is_refused_too(server: Vertex, change: dict[str, Any]) -> None:
    right = veo_body()
    assert post(server, f"{PLACE}/{VEO}:predictLongRunning", right).status_code == 200
    wrong = veo_body(parameters={**right["parameters"], **change})
    assert post(server, f"{PLACE}/{VEO}:predictLongRunning", wrong).status_code == 400


def test_an_order_takes_pictures_in_standard_base64_alone(server: Vertex) -> None:
    """As the SDK sends them to Veo."""
    body = veo_body()
    body["instances"][0]["image"]["bytesBase64Encoded"] = base64.urlsafe_b64encode(PICTURE).decode()
    answer = post(server, f"{PLACE}/{VEO}:predictLongRunning", body)
    assert answer.status_code == 400
    assert "Base64" in answer.json()["error"]["message"]


def test_a_question_takes_pictures_in_url_safe_base64_alone(server: Vertex) -> None:
    """As the SDK sends them to Gemini."""
    path = f"{PLACE}/{GEMINI}:generateContent"
    assert post(server, path, gemini_body(base64.urlsafe_b64encode(PICTURE).decode())).status_code == 200
    answer = post(server, path, gemini_body(base64.b64encode(PICTURE).decode()))
    assert answer.status_code == 400
    assert "Base64" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"response_mime_type": None}, "responseMimeType"),
        ({"response_json_schema": {"type": "object"}}, "exclude each other"),
        ({"media_resolution": "MEDIA_RESOLUTION_GIANT"}, "mediaResolution"),
        ({"max_output_tokens": 0}, "maxOutputTokens"),
        ({"labels": {"Job": "j"}}, "label"),
        ({"candidate_count": 2}, "candidateCount"),
        ({"response_modalities": ["AUDIO"]}, "responseModalities"),
        ({"http_options": types.HttpOptions(extra_body={"storageUri": "gs://clips/"})}, 'Unknown name "storageUri"'),
    ],
)
@pytest.mark.filterwarnings("ignore:MEDIA_RESOLUTION_GIANT is not a valid:UserWarning")
def test_a_wrong_question_is_refused(server: Vertex, client: genai.Client, change: dict[str, Any], says: str) -> None:
    with pytest.raises(errors.ClientError, match=says) as refused:
        ask(client, **change)
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert len(server.refused) == 1


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (types.Part.from_bytes(data=b"no picture", mime_type="image/jpeg"), "input image"),
        (types.Part.from_bytes(data=jpeg(), mime_type="image/gif"), "mime_type"),
        (types.Part.from_bytes(data=bytes(MOST_INLINE + 1), mime_type="image/jpeg"), "bytes"),
        (clip_part("gs://clips/nothing.mp4"), "does not exist"),
        (clip_part("https://example.com/film.mp4"), "Cloud Storage"),
        (clip_part("gs://clips/x.mp4", video_metadata=types.VideoMetadata(start_offset="5")), "duration"),
        (clip_part("gs://clips/x.mp4", video_metadata=types.VideoMetadata(fps=60)), "fps"),
    ],
)
def test_a_question_about_wrong_media_is_refused(client: genai.Client, part: types.Part, says: str) -> None:
    with pytest.raises(errors.ClientError, match=says) as refused:
        ask(client, part)
    assert refused.value.code == 400


def test_models_that_are_not_there_are_not_found(client: genai.Client) -> None:
    for asked in (lambda: order(client, model="veo-2.0-generate-001"), lambda: ask(client, model="gemini-2.5-flash")):
        with pytest.raises(errors.ClientError, match="was not found") as refused:
            asked()
        assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


def test_a_model_is_not_found_where_it_is_not_served_or_asked_for_what_it_does_not_do(server: Vertex) -> None:
    with sdk(server, location="global") as client, pytest.raises(errors.ClientError, match="was not found"):
        order(client)
    with sdk(server) as client, pytest.raises(errors.ClientError, match="was not found"):
        order(client, model=GEMINI)


def test_another_project_is_none_of_ours(server: Vertex) -> None:
    with sdk(server, project="another") as client, pytest.raises(errors.ClientError) as refused:
        ask(client)
    assert (refused.value.code, refused.value.status) == (403, "PERMISSION_DENIED")


def test_a_beta_of_the_api_is_not_spoken(server: Vertex) -> None:
    """The SDK's default version, for which Veo's stable models are known to be refused."""
    with sdk(server, api_version="v1beta1") as client, pytest.raises(errors.ClientError) as refused:
        order(client)
    assert refused.value.code == 404


def test_who_asks_must_say_so(server: Vertex) -> None:
    answer = post(server, f"{PLACE}/{VEO}:predictLongRunning", veo_body(), headers={})
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert server.submissions == []


def test_an_operation_that_was_never_given_is_not_found(client: genai.Client) -> None:
    name = order(client).name or ""
    assert ask_about(client, name).done
    with pytest.raises(errors.ClientError) as refused:
        ask_about(client, name[:-1] + "x")
    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


def test_what_is_no_json_is_refused(server: Vertex) -> None:
    path = f"{server.url}{PLACE}/{GEMINI}:generateContent"
    answer = requests.post(path, data="{", headers=BEARER, timeout=20)
    assert answer.status_code == 400
