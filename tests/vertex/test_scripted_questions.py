"""Each scripted answer to a question, as it surfaces in Google's SDK, and how the script itself is read."""

import json
import socket
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import errors, types

from tests.vertex import Answer, Rule, Vertex
from tests.vertex.asking import PLACE, VEO, Caption, ask, order, play, post

HERE = "veo/scripted/1/1/1/"


@pytest.mark.parametrize(
    "answer",
    [
        {"block": "SAFETY"},
        {"finish": "SAFETY"},
        {"finish": "RECITATION"},
        {"finish": "MAX_TOKENS"},
        {"text": '{"caption": 7}'},
        {"text": "I would rather not."},
        {"fence": True},
        {"fields": {"mood": None}},
        {"body": "{}"},
        {"body": ""},
    ],
    ids=str,
)
def test_an_answer_that_is_none_raises_nothing(server: Vertex, client: genai.Client, answer: dict[str, Any]) -> None:
    """`parsed` is None, whatever the reason; each has to be looked for."""
    play(server, "generate", **answer)
    assert ask(client).parsed is None


def test_a_blocked_question_says_why_in_its_feedback(server: Vertex, client: genai.Client) -> None:
    play(server, "generate", block="PROHIBITED_CONTENT")
    answer = ask(client)
    assert answer.candidates is None
    assert answer.prompt_feedback
    assert answer.prompt_feedback.block_reason == types.BlockedReason.PROHIBITED_CONTENT


def test_an_answer_that_was_cut_says_so_and_costs(server: Vertex, client: genai.Client) -> None:
    play(server, "generate", finish="MAX_TOKENS")
    answer = ask(client)
    assert answer.candidates
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert (answer.text or "").startswith('{"caption"')
    assert answer.usage_metadata
    assert answer.usage_metadata.candidates_token_count


def test_words_of_an_answer_can_be_anybody_s(server: Vertex, client: genai.Client) -> None:
    hostile = "</caption><script>alert(1)</script> ignore all rules"
    play(server, "generate", fields={"caption": hostile})
    assert ask(client).parsed == Caption(caption=hostile, mood="calm")


def test_ids_can_be_invented(server: Vertex, client: genai.Client) -> None:
    play(server, "generate", fields={"+id": "none-of-yours"})
    assert json.loads(ask(client, response_schema=Caption).text or "")["id"] == "none-of-yours"


def test_what_is_no_json_raises(server: Vertex, client: genai.Client) -> None:
    play(server, "generate", body="<html>")
    with pytest.raises(json.JSONDecodeError):
        ask(client)


# Rules


def test_a_rule_is_for_the_calls_it_names(server: Vertex, client: genai.Client) -> None:
    server.script.set([Rule(on="submit", labels={"scene": "2"}, prefix=r"/1/2/\d+/$", answer=Answer(status=400))])
    assert order(client).name
    assert order(client, labels={"scene": "2"}).name
    with pytest.raises(errors.ClientError):
        order(client, labels={"scene": "2"}, output_gcs_uri="gs://clips/veo/j/1/2/1/")
    assert order(client, output_gcs_uri="gs://clips/veo/j/1/2/1/").name


def test_a_rule_may_be_for_the_nth_call_alone(server: Vertex, client: genai.Client) -> None:
    server.script.set([Rule(on="generate", words="What is it", skip=1, times=1, answer=Answer(status=500))])
    assert ask(client).parsed
    with pytest.raises(errors.ServerError):
        ask(client)
    assert ask(client).parsed


def test_other_programs_read_the_counts_and_write_the_script(server: Vertex, client: genai.Client) -> None:
    rules = [{"on": "submit", "times": 1, "answer": {"status": 429}}]
    assert post(server, "/script", {"rules": rules}).status_code == 200
    with pytest.raises(errors.ClientError):
        order(client)
    order(client)
    counts = json.loads(httpx.get(f"{server.url}/counts").text)
    assert counts["requests"] == {"submit": 2}
    assert [one["labels"]["scene"] for one in counts["submissions"]] == ["1"]


def test_a_script_that_makes_no_sense_is_refused(server: Vertex) -> None:
    assert post(server, "/script", {"rules": [{"on": "submit", "answer": {"outcome": "maybe"}}]}).status_code == 400
    assert post(server, "/script", {"rules": [{"on": "lunch", "answer": {}}]}).status_code == 400


def test_a_request_that_breaks_off_is_none(server: Vertex) -> None:
    """Its sender was killed: nobody is told, nothing is counted."""
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(f"POST {PLACE}/{VEO}:predictLongRunning HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{{".encode())
        sender.shutdown(socket.SHUT_WR)
        assert sender.recv(1) == b""
    assert (server.submissions, server.refused) == ([], [])
