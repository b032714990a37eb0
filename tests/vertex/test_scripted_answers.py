"""Each scripted answer to an order, as it surfaces in Google's SDK: what our adapters have to cope with."""

import json
import time

import httpx
import pytest
from google import genai
from google.genai import errors

from infra.work_store.gcs import GcsWorkStore
from tests.vertex import Vertex
from tests.vertex.asking import ask_about, order, play
from tests.vertex.conftest import sdk

HERE = "veo/scripted/1/1/1/"


def objects(work: GcsWorkStore, prefix: str) -> list[str]:
    return [found.key for found in work.list(prefix)]


# Orders


def test_dropped_after_accepting_it_is_charged_once_and_nobody_has_its_name(
    server: Vertex, client: genai.Client
) -> None:
    """`httpx.RemoteProtocolError`, and with one attempt one POST: accepted or not, it is not sent again."""
    play(server, "submit", drop="accepted")
    with pytest.raises(httpx.RemoteProtocolError):
        order(client)
    assert server.requests["submit"] == len(server.submissions) == server.charges().total() == 1


def test_dropped_after_writing_the_clip_lies_there(server: Vertex, client: genai.Client, work: GcsWorkStore) -> None:
    play(server, "submit", drop="written", object_after=0.3)
    with pytest.raises(httpx.RemoteProtocolError):
        order(client, output_gcs_uri=f"gs://clips/{HERE}written/")
    assert len(objects(work, f"{HERE}written/")) == 1


@pytest.mark.parametrize("drop", ["unread", "read"])
def test_dropped_before_accepting_nothing_is_charged(server: Vertex, client: genai.Client, drop: str) -> None:
    """The client cannot tell it from the one above: also `httpx.RemoteProtocolError`, or ReadError where it was still
    writing."""
    play(server, "submit", drop=drop)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        order(client)
    assert server.requests["submit"] == 1
    assert server.submissions == []


def test_a_refusal_for_now_names_when_to_come_back(server: Vertex, client: genai.Client) -> None:
    """`ClientError` with the headers in its `response`; with one attempt, one POST."""
    play(server, "submit", times=1, status=429, retry_after=7, message="Quota exceeded.")
    with pytest.raises(errors.ClientError, match="Quota exceeded") as refused:
        order(client)
    assert (refused.value.code, refused.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert refused.value.response.headers["Retry-After"] == "7"
    assert server.requests["submit"] == 1
    assert order(client).name


def test_a_fault_of_the_server_is_one_too(server: Vertex, client: genai.Client) -> None:
    """`ServerError`: was it accepted? Here it was not, which the client cannot know."""
    play(server, "submit", status=503)
    with pytest.raises(errors.ServerError) as failed:
        order(client)
    assert (failed.value.code, failed.value.status) == (503, "UNAVAILABLE")


def test_an_answer_that_comes_too_late_was_accepted_all_the_same(server: Vertex) -> None:
    """`httpx.ReadTimeout`."""
    play(server, "submit", delay=1)
    with sdk(server, timeout=500) as client, pytest.raises(httpx.ReadTimeout):
        order(client)
    while not server.submissions:
        time.sleep(0.01)


def test_a_slow_body_arrives_whole(server: Vertex, client: genai.Client) -> None:
    """And no timeout of httpx ends it, as long as something comes."""
    play(server, "submit", slow=0.8)
    with sdk(server, timeout=500) as patient:
        assert order(patient).name


def test_an_empty_success_has_no_name(server: Vertex, client: genai.Client) -> None:
    """No exception, and an operation without a name: it was accepted."""
    play(server, "submit", body="")
    assert order(client).name is None
    assert len(server.submissions) == 1


def test_a_success_that_is_no_json_is_accepted_too(server: Vertex, client: genai.Client) -> None:
    """`json.JSONDecodeError`: it was accepted."""
    play(server, "submit", body="<html>Bad gateway</html>")
    with pytest.raises(json.JSONDecodeError):
        order(client)
    assert len(server.submissions) == 1


# Operations


def test_it_runs_as_long_as_it_is_told_to(server: Vertex, client: genai.Client) -> None:
    """`done` is None while it runs, never False."""
    play(server, "submit", running=2)
    name = order(client).name
    assert [ask_about(client, name).done for _ in range(4)] == [None, None, True, True]


def test_it_takes_the_seconds_it_is_told_to(server: Vertex, client: genai.Client) -> None:
    play(server, "submit", seconds=60)
    assert ask_about(client, order(client).name).done is None
    play(server, "submit", seconds=0.05)
    name = order(client).name
    time.sleep(0.1)
    assert ask_about(client, name).done


def test_a_filtered_one_is_done_without_error_and_without_videos(server: Vertex, client: genai.Client) -> None:
    """No exception; `response.generated_videos` is None, the reasons have the codes."""
    play(server, "submit", outcome="filtered", reasons=("Blocked. Support codes: 29310472",))
    ended = ask_about(client, order(client).name)
    assert ended.done
    assert ended.error is None
    assert ended.response
    assert not ended.response.generated_videos
    assert ended.response.rai_media_filtered_count == 1
    assert ended.response.rai_media_filtered_reasons == ["Blocked. Support codes: 29310472"]
    assert server.charges().total() == 0


def test_an_empty_one_is_done_without_error_reasons_or_videos(server: Vertex, client: genai.Client) -> None:
    play(server, "submit", outcome="empty")
    ended = ask_about(client, order(client).name)
    assert ended.done
    assert ended.error is None
    assert not (ended.response and ended.response.generated_videos)


def test_a_failed_one_has_a_code_of_grpc(server: Vertex, client: genai.Client) -> None:
    """No exception: `error` is a dict."""
    play(server, "submit", outcome="error", code=8, message="Resource exhausted.")
    ended = ask_about(client, order(client).name)
    assert ended.done
    assert ended.error == {"code": 8, "message": "Resource exhausted."}


def test_a_lost_one_is_not_found_though_its_clip_is(server: Vertex, client: genai.Client, work: GcsWorkStore) -> None:
    play(server, "submit", outcome="lost", object_after=0, drop="")
    name = order(client, output_gcs_uri=f"gs://clips/{HERE}lost/").name
    with pytest.raises(errors.ClientError) as refused:
        ask_about(client, name)
    assert refused.value.code == 404
    while not objects(work, f"{HERE}lost/"):
        time.sleep(0.01)


def test_a_clip_may_lie_there_of_work_that_never_ends(server: Vertex, client: genai.Client, work: GcsWorkStore) -> None:
    play(server, "submit", outcome="never", object_after=0)
    name = order(client, output_gcs_uri=f"gs://clips/{HERE}never/").name
    while not objects(work, f"{HERE}never/"):
        time.sleep(0.01)
    assert ask_about(client, name).done is None


def test_work_may_be_done_before_its_clip_lies_there(server: Vertex, client: genai.Client, work: GcsWorkStore) -> None:
    play(server, "submit", object_after=60)
    ended = ask_about(client, order(client, output_gcs_uri=f"gs://clips/{HERE}late/").name)
    assert ended.response
    assert ended.response.generated_videos
    assert objects(work, f"{HERE}late/") == []


def test_polls_have_a_script_of_their_own(server: Vertex, client: genai.Client) -> None:
    """An empty 200 looks like "still running"; one that is no JSON raises JSONDecodeError; a drop is httpx's."""
    name = order(client).name
    play(server, "poll", times=1, body="")
    assert ask_about(client, name).done is None
    play(server, "poll", times=1, body="<html>")
    with pytest.raises(json.JSONDecodeError):
        ask_about(client, name)
    play(server, "poll", times=1, drop="read")
    with pytest.raises(httpx.RemoteProtocolError):
        ask_about(client, name)
    play(server, "poll", times=1, status=429, retry_after=1)
    with pytest.raises(errors.ClientError):
        ask_about(client, name)
    assert ask_about(client, name).done
