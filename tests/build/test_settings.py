"""Every setting that the cloud is told exists, and every one that exists is told to it or left alone for a reason."""

import re
from collections.abc import Callable

import pytest

from app.settings import Settings
from infra.local.parts import ROOT

SETTINGS = {name.upper() for name in Settings.model_fields}
#: what the cloud leaves at its default, and why
LEFT: dict[str, set[str]] = {
    "a laptop's": {"STATE", "WORK_CERTIFICATE"},
    "local servers; none is Google's own": {"TASKS_ENDPOINT", "WORK_ENDPOINT", "VERTEX_ENDPOINT"},
    "Google signs tokens for tasks, and signs people in": {
        "TASKS_ISSUER",
        "TASKS_CERTS_URL",
        "SIGN_IN_ISSUER",
        "SIGN_IN_ADDRESS",
        "SIGN_IN_TOKEN_URL",
        "SIGN_IN_CERTS_URL",
    },
    "the models that were tried, and where they are; another one is a new version of Daylog": {
        "GEMINI_MODEL",
        "GEMINI_LOCATION",
        "VEO_MODEL",
    },
    "an operator's command, from an operator's machine": {"PROMPTS_LOCATION"},
    "what was measured and explored by the model checks": {
        "LEASE",
        "HEARTBEAT",
        "SUBMIT_TIMEOUT",
        "UNKNOWN_FOR",
        "FIRST_POLL",
        "POLL_EVERY",
        "STALLED_AFTER",
        "STREAMS_PER_USER",
        "PING_EVERY",
        "SNAPSHOT_AGE",
        "MOST_BODY_BYTES",
    },
    "what Google allows of each project": {"SUBMISSIONS_PER_MINUTE"},
    "what people are promised": {"UNDO_FOR"},
    "tests'": {"SHORT_SIDE", "CRASH_AT"},
}
#: of Python, its installer and the shell
NOT_OURS = re.compile(r"(PIP_\w+|PYTHON\w*|PATH)$")
#: of make and of whoever runs it
OF_MAKE = set(re.findall(r"^([A-Z]+) [?:]?=", (ROOT / "Makefile").read_text(), re.MULTILINE)) | {"CI"}


def of_terraform() -> set[str]:
    """By name. That each role is told all that it needs is seen in the plan (tests/terraform)."""
    return set(re.findall(r"\b([A-Z][A-Z_]+) += ", (ROOT / "terraform" / "settings.tf").read_text()))


def of_image() -> set[str]:
    lines = re.findall(r"^ENV (.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    named = {name for line in lines for name in re.findall(r"(\w+)=", line)}
    return {name for name in named if not NOT_OURS.match(name)}


def of_build() -> set[str]:
    return given_in((ROOT / "cloudbuild.yaml").read_text())


def of_readme() -> set[str]:
    """Those that it gives a value; `tests/internal` holds its table."""
    text = (ROOT / "README.md").read_text()
    return given_in("\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", text, re.MULTILINE | re.DOTALL)))


def given_in(code: str) -> set[str]:
    """What a shell would give a value there, but for names that are the code's own."""
    own = set(re.findall(r"\$\{?([A-Z_]+)", code))
    return set(re.findall(r"(?<![-\w$])([A-Z][A-Z_]+)=(?!=)", code)) - OF_MAKE - own


@pytest.mark.parametrize("place", [of_terraform, of_image, of_build, of_readme])
def test_whatever_is_set_somewhere_is_a_setting(place: Callable[[], set[str]]) -> None:
    assert place() - SETTINGS == set()


def test_each_place_is_found() -> None:
    assert {"DATABASE_URL", "RENDER_CORES", "SERVE", "SMOKE_QUEUE"} <= of_terraform()
    assert of_image() == {"PROFILE", "PLACES"}
    assert {"AUTH", "ANALYST", "FIRST_POLL"} <= of_readme()
    assert given_in("FOO=1 make BAR=$TMP TMP=2 x==y --A=b VENV=c") == {"FOO", "BAR"}


def test_every_setting_is_told_to_the_cloud_or_left_alone_for_a_reason() -> None:
    told, left = of_terraform() | of_image(), set().union(*LEFT.values())
    assert SETTINGS - told - left == set()
    assert told & left == set()
    assert left <= SETTINGS
