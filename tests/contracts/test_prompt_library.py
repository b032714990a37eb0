"""What is owed to those who publish prompts, for every `PromptLibrary`: so far, for Vertex AI's."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.bootstrap import prompt_library
from app.settings import VertexSettings
from infra.local.ports import free_port
from internal.errors import PermanentFailure, TemporaryFailure
from internal.ports import PromptLibrary
from internal.prompts import prompt
from tests.vertex.prompts import Prompts, prompt_server
from tests.vertex.refusal import Refusal

# of the vendor's package, when it is imported
pytestmark = pytest.mark.filterwarnings("ignore:Using `@model_validator` with mode='after' on a classmethod")
HERE = prompt("describe")


@pytest.fixture
def server() -> Iterator[Prompts]:
    with prompt_server() as one:
        yield one


@pytest.fixture
def library(server: Prompts) -> PromptLibrary:
    return connected(server.url)


def connected(url: str, project: str = "local") -> PromptLibrary:
    return prompt_library(VertexSettings(google_project=project, vertex_endpoint=url))


def test_what_was_never_published_has_no_versions(library: PromptLibrary) -> None:
    assert library.versions("describe") == []


def test_versions_come_oldest_first_each_with_its_own_text(server: Prompts, library: PromptLibrary) -> None:
    for number, text in ((1, "One {language}"), (2, "Two {language}"), (5, "Three {language}")):
        server.save("daylog-describe", text, f"version {number}")
    server.save("daylog-animate", "Another", "version 7")
    found = library.versions("describe")
    assert [(one.version, one.text) for one in found] == [
        (1, "One {language}"),
        (2, "Two {language}"),
        (5, "Three {language}"),
    ]
    assert found == sorted(found, key=lambda one: one.at)


def test_what_somebody_saved_by_hand_comes_after_the_one_before(server: Prompts, library: PromptLibrary) -> None:
    server.save("daylog-describe", "Ours", "version 3")
    server.save("daylog-describe", "  By hand,\r\nin two lines \n", "shorter")
    assert [(one.version, one.text) for one in library.versions("describe")] == [
        (3, "Ours"),
        (4, "By hand,\nin two lines"),
    ]


def test_a_prompt_whose_maker_was_killed_before_its_first_version_is_there_gets_one(
    server: Prompts, library: PromptLibrary
) -> None:
    server.save("daylog-describe", "Lost", "version 1")
    server.unversioned("daylog-describe")
    assert library.versions("describe") == []
    library.publish(replace(HERE, version=2))
    assert server.published("daylog-describe") == [("version 2", HERE.text)]
    assert [(one.version, one.text) for one in library.versions("describe")] == [(2, HERE.text)]


def test_two_prompts_of_one_name_are_none(server: Prompts, library: PromptLibrary) -> None:
    server.save("daylog-describe", "One", "version 1")
    server.another("daylog-describe")
    with pytest.raises(PermanentFailure, match="2 prompts called daylog-describe in local, us-central1"):
        library.versions("describe")
    with pytest.raises(PermanentFailure, match="delete all but one"):
        library.publish(HERE)


def test_who_has_not_the_right_is_told_which_one(server: Prompts) -> None:
    library = connected(server.url, project="elsewhere")
    with pytest.raises(PermanentFailure, match=r"elsewhere, us-central1: that takes the role roles/aiplatform\.user"):
        library.versions("describe")
    with pytest.raises(PermanentFailure, match=r"aiplatform\.datasets\.list"):
        library.publish(HERE)


@pytest.mark.parametrize(
    ("refusal", "failure"),
    [
        (Refusal(401, "Who are you?"), PermanentFailure),
        (Refusal(404, "No such thing."), PermanentFailure),
        (Refusal(400, "Not so."), PermanentFailure),
        (Refusal(429, "Not so fast."), TemporaryFailure),
        (Refusal(503, "Not now."), TemporaryFailure),
    ],
)
def test_what_the_vendor_says_is_passed_on(
    server: Prompts, library: PromptLibrary, refusal: Refusal, failure: type[Exception]
) -> None:
    server.refusal = refusal
    with pytest.raises(failure, match=str(refusal)):
        library.versions("describe")


def test_nobody_there_is_a_temporary_failure() -> None:
    with pytest.raises(TemporaryFailure, match="out of reach"):
        connected(f"http://127.0.0.1:{free_port()}").versions("describe")
