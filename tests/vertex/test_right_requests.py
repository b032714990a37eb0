"""What the SDK sends when it is used as documented is taken, and answered in a way it understands."""

import io

import av
from google import genai
from google.genai import types
from pydantic import BaseModel, Field

from infra.work_store.gcs import GcsWorkStore
from tests.vertex import Vertex
from tests.vertex.asking import Caption, ask, ask_about, clip_part, image, jpeg, order
from tests.vertex.conftest import sdk


def made(client: genai.Client, operation: types.GenerateVideosOperation) -> str:
    """The uri of what it brought."""
    ended = ask_about(client, operation.name)
    assert ended.done
    assert ended.response
    assert ended.response.generated_videos
    video = ended.response.generated_videos[0].video
    assert video
    assert video.uri
    return video.uri


def read(work: GcsWorkStore, uri: str) -> bytes:
    return b"".join(work.read(uri.removeprefix("gs://clips/"), 1 << 20))


def test_an_order_becomes_a_clip_under_its_prefix(server: Vertex, client: genai.Client, work: GcsWorkStore) -> None:
    operation = order(client, output_gcs_uri="gs://clips/veo/a/1/2/1/", duration_seconds=6)
    uri = made(client, operation)
    assert uri.startswith("gs://clips/veo/a/1/2/1/")
    assert uri.endswith("/sample_0.mp4")
    with av.open(io.BytesIO(read(work, uri))) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.average_rate, stream.frames) == ("h264", 24, 6 * 24)
        assert (stream.width, stream.height) == (64, 36)
        assert not film.streams.audio
    assert server.refused == []


def test_a_clip_begins_with_the_picture_that_was_sent(client: genai.Client, work: GcsWorkStore) -> None:
    uri = made(client, order(client, start=image(jpeg(blue=20, green=30, red=220)), aspect_ratio="9:16"))
    with av.open(io.BytesIO(read(work, uri))) as film:
        frame = next(film.decode(video=0)).to_ndarray(format="rgb24")
    assert frame.shape[0] > frame.shape[1]
    red, green, blue = frame.reshape(-1, 3).mean(axis=0)
    assert red > 180
    assert green < 60
    assert blue < 60


def test_equal_orders_bring_equal_clips_each_in_its_own_place(client: genai.Client, work: GcsWorkStore) -> None:
    first, second = made(client, order(client)), made(client, order(client))
    assert first != second
    assert read(work, first) == read(work, second)


def test_sound_is_there_when_it_was_asked_for(client: genai.Client, work: GcsWorkStore) -> None:
    uri = made(client, order(client, generate_audio=True))
    with av.open(io.BytesIO(read(work, uri))) as film:
        assert film.streams.audio[0].codec_context.name == "aac"


def test_every_accepted_order_is_counted_with_what_tells_it_apart(server: Vertex, client: genai.Client) -> None:
    for ordinal in (1, 2):
        order(client, output_gcs_uri=f"gs://clips/veo/j/1/1/{ordinal}/", seed=ordinal, labels={"scene": "1"})
    assert [(one.prefix, one.seed, one.labels) for one in server.submissions] == [
        ("gs://clips/veo/j/1/1/1/", 1, {"scene": "1"}),
        ("gs://clips/veo/j/1/1/2/", 2, {"scene": "1"}),
    ]
    assert server.charges().total() == server.requests["submit"] == 2


def test_a_picture_is_described_in_the_schema_that_was_asked_for(client: genai.Client) -> None:
    answer = ask(client)
    assert isinstance(answer.parsed, Caption)
    assert answer.parsed.caption == "Blue"
    assert answer.usage_metadata
    assert (answer.usage_metadata.total_token_count or 0) > 1000


def test_pictures_that_differ_are_described_differently(client: genai.Client) -> None:
    shown = [types.Part.from_bytes(data=jpeg(20, green, 220), mime_type="image/jpeg") for green in (20, 200)]
    captions = [answer.parsed for part in shown if (answer := ask(client, part))]
    assert captions[0] != captions[1]


def test_a_schema_of_json_is_answered_as_well(client: genai.Client) -> None:
    schema = Caption.model_json_schema()
    answer = ask(client, response_schema=None, response_json_schema=schema)
    assert answer.parsed == {"caption": "Blue", "mood": "calm"}


def test_limits_lists_and_what_may_be_null_are_filled(client: genai.Client) -> None:
    class Moment(BaseModel):
        start: float
        end: float

    class Deep(BaseModel):
        caption: str = Field(max_length=3)
        moments: list[Moment] = Field(min_length=2, max_length=5)
        objects: list[str]
        note: str | None = None
        score: float = Field(ge=0, le=1)

    answer = ask(client, response_schema=Deep)
    assert isinstance(answer.parsed, Deep)
    assert len(answer.parsed.moments) >= 2


def test_a_clip_in_the_bucket_is_looked_at(server: Vertex, client: genai.Client) -> None:
    uri = made(client, order(client))
    answer = ask(client, clip_part(uri, media_resolution=types.PartMediaResolution(level="MEDIA_RESOLUTION_LOW")))
    assert isinstance(answer.parsed, Caption)
    assert server.refused == []


def test_gemini_is_served_globally_too(server: Vertex) -> None:
    with sdk(server, location="global") as everywhere:
        assert ask(everywhere).parsed


def test_what_was_asked_can_be_looked_at(server: Vertex, client: genai.Client) -> None:
    ask(client)
    assert [(one.route, one.model) for one in server.asked] == [("generate", "gemini-3.5-flash-lite")]
    assert b"Say what the picture shows." in server.asked[0].body
