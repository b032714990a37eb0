"""What the environment says goes before what the laptop's supervisor wrote."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings
from infra.local.parts import ROOT


def test_a_laptop_can_use_a_bucket_of_google_s(settings: Settings, tmp_path: Path) -> None:
    """Its own work store is one that no vendor reaches."""
    written = settings.model_dump(mode="json", exclude={"state"})
    (tmp_path / "settings.json").write_text(json.dumps(written))
    there = [f"STATE={tmp_path}", "WORK_BUCKET=clips", "WORK_ENDPOINT="]
    told = (
        "from app.settings import Settings; it = Settings(); print(it.work_bucket, it.work_endpoint, it.media_bucket)"
    )
    command = ["/usr/bin/env", *there, sys.executable, "-c", told]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout.split()
    assert settings.work_endpoint
    assert said == ["clips", "None", settings.media_bucket]


def test_a_state_given_by_hand_is_the_one_whose_settings_are_read(settings: Settings, tmp_path: Path) -> None:
    written = settings.model_dump(mode="json") | {"tasks_issuer": "https://queue.example"}
    (tmp_path / "settings.json").write_text(json.dumps(written))
    assert Settings(state=tmp_path).tasks_issuer == "https://queue.example"


def test_only_what_costs_money_is_waited_for_when_nobody_knows_of_it(settings: Settings) -> None:
    given = settings.model_dump(exclude={"generator", "unknown_for", "google_project"})
    assert Settings(**given, generator="panned").times.unknown_for == timedelta(0)
    assert Settings(**given, generator="veo", google_project="local").times.unknown_for == timedelta(minutes=20)
    assert Settings(**given, generator="panned", unknown_for=7).times.unknown_for == timedelta(seconds=7)


# ---------------------------------------------------------------- signing in


def refusal(settings: Settings, **changes: object) -> str:
    """Why these settings are refused."""
    with pytest.raises(ValidationError) as refused:
        Settings(**(settings.model_dump() | changes))
    return str(refused.value)


def test_all_that_signing_in_needs_is_named_at_once(settings: Settings) -> None:
    told = refusal(settings, auth="google", database_url="")
    for name in ("SIGN_IN_CLIENT_ID", "SIGN_IN_CLIENT_SECRET", "ALLOWED", "SESSION_KEY", "DATABASE_URL"):
        assert f"{name} is missing" in told


WRONG = {
    "short key": ({"session_key": "0123456789abcdef0123456789abcde"}, "SESSION_KEY is weak"),
    "one character": ({"session_key": "a" * 64}, "SESSION_KEY is weak"),
    "two characters": ({"session_key": "ab" * 32}, "SESSION_KEY is weak"),
    "no list": ({"allowed": ()}, "ALLOWED is missing"),
    "domain without its at": ({"allowed": ("example.org",)}, "example.org: neither"),
    "everybody": ({"allowed": ("*",)}, "ALLOWED has"),
    "nothing after the at": ({"allowed": ("@",)}, "ALLOWED has"),
    "two addresses in one": ({"allowed": ("a@example.org b@example.org",)}, "ALLOWED has"),
    "sessions in the clear": ({"public_url": "http://daylog.example"}, "must begin with https"),
    "no such way": ({"auth": "github"}, "'none' or 'google'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_sign_in_that_lets_in_anyone_is_refused_at_start(guarded_settings: Settings, name: str) -> None:
    changes, told = WRONG[name]
    assert told in refusal(guarded_settings, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "http://192.168.1.7:8000"},
        {"public_url": "http://daylog.example"},
        {"public_url": "daylog.example"},
        {"public_url": "http://localhost.evil.test"},
        {"hosts": ("localhost", "daylog.example")},
    ],
)
def test_nobody_goes_unasked_beyond_this_machine(settings: Settings, changes: dict[str, object]) -> None:
    assert "AUTH=none is only for" in refusal(settings, **changes)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "http://a.localhost"]
)
def test_a_laptop_goes_by_several_names(settings: Settings, url: str) -> None:
    assert Settings(**(settings.model_dump() | {"public_url": url})).public_url == url


def test_no_secret_is_shown_whatever_is_wrong(guarded_settings: Settings) -> None:
    secrets = ("session_key", "sign_in_client_secret", "media_secret_key", "media_access_key", "database_url")
    told = refusal(guarded_settings, hosts=(), threads="x") + repr(guarded_settings)
    assert [name for name in secrets if getattr(guarded_settings, name) in told] == []
