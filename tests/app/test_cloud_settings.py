"""In the cloud a process starts only when it has all that its role needs, and says at once what is wrong."""

import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from app.demands import NEEDED, NEEDED_FOR_EVENTS, NEEDED_OF_DATABASE, NEEDED_TO_SIGN_IN
from app.settings import Settings
from infra.local.parts import ROOT

SIGN_IN = {*map(str.upper, NEEDED_TO_SIGN_IN)}
ROLES = {
    "web": ({*map(str.upper, NEEDED)} | SIGN_IN, "AUTH=none is only for PROFILE=laptop"),
    "worker": ({*map(str.upper, NEEDED)}, ""),
    "": ({*map(str.upper, NEEDED)} | SIGN_IN, "SERVE must be web or worker"),
}


@pytest.mark.parametrize("role", ROLES)
def test_with_an_empty_environment_all_that_the_role_needs_is_named(role: str) -> None:
    environment = ["PROFILE=cloud", *([f"SERVE={role}"] if role else [])]
    command = ["/usr/bin/env", "-i", *environment, sys.executable, "-c", "import app; app.create_app()"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    missing, also = ROLES[role]
    assert ended.returncode != 0
    assert set(re.findall(r"([A-Z_]+) is missing", ended.stderr)) == missing
    assert also in ended.stderr


#: programs that serve neither: what they are started by, and all that they need
OTHERS = {
    "events": (["-c", "import app.events"], NEEDED_FOR_EVENTS),
    "migration": (["-m", "app.migrate"], NEEDED_OF_DATABASE),
    "users": (["-m", "app.users", "list"], NEEDED_OF_DATABASE),
}


@pytest.mark.parametrize("program", OTHERS)
def test_a_program_that_does_less_needs_less(program: str) -> None:
    started, needed = OTHERS[program]
    command = ["/usr/bin/env", "-i", "PROFILE=cloud", sys.executable, *started]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode != 0
    assert re.findall(r"([A-Z_]+) is missing", ended.stderr) == [*map(str.upper, needed)]
    assert "must be" not in ended.stderr


@pytest.fixture
def web(guarded_settings: Settings) -> dict[str, object]:
    """All that the web role needs."""
    return guarded_settings.model_dump() | {"profile": "cloud", "serve": "web"}


@pytest.fixture
def worker(settings: Settings) -> dict[str, object]:
    """All that the worker needs: nobody signs in there."""
    return settings.model_dump() | {"profile": "cloud", "serve": "worker"}


def test_with_all_of_it_both_roles_start(web: dict[str, object], worker: dict[str, object]) -> None:
    assert [Settings.model_validate(known).serve for known in (web, worker)] == ["web", "worker"]
    assert Settings.model_validate(worker | {"task_auth": "iam"}).times.lease.total_seconds() == 60


def refusal(known: dict[str, object]) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(known)
    return str(refused.value)


@pytest.mark.parametrize("name", NEEDED)
def test_what_alone_is_missing_is_named_alone(worker: dict[str, object], name: str) -> None:
    told = refusal(worker | {name: type(worker[name])()})
    assert re.findall(r"([A-Z_]+) is missing", told) == [name.upper()]


WRONG = {
    "AUTH=none is only for PROFILE=laptop": {"auth": "none"},
    "PUBLIC_URL must begin with https": {"public_url": "http://daylog.example"},
    "PUBLIC_URL must begin with https, for": {"public_url": "daylog.example"},
    "SESSION_KEY is weak": {"session_key": "short"},
    "SERVE must be web or worker": {"serve": "all"},
    "CRASH_AT is only for tests": {"crash_at": "runner.leased"},
    "TASK_AUTH=iam needs PROFILE=cloud and SERVE=worker": {"task_auth": "iam"},
    "GOOGLE_PROJECT is missing": {"generator": "veo"},
    "TASKS_TARGET must begin with https": {"tasks_target": "http://worker.example"},
    "TASKS_CERTS_URL must begin with https": {"tasks_certs_url": "http://certs.example"},
    "SIGN_IN_TOKEN_URL must begin with https": {"sign_in_token_url": "http://127.0.0.1.token.example"},
    "MEDIA_ENDPOINT must begin with https": {"media_endpoint": "http://r2.example"},
    "VERTEX_ENDPOINT must begin with https": {"vertex_endpoint": "vertex.example"},
    "tasks_issuer": {"tasks_issuer": ""},
    "tasks_certs_url": {"tasks_certs_url": ""},
    "sign_in_issuer": {"sign_in_issuer": ""},
}


@pytest.mark.parametrize("told", WRONG)
def test_what_the_cloud_must_not_have_is_refused(web: dict[str, object], told: str) -> None:
    assert told in refusal(web | WRONG[told])


@pytest.mark.parametrize("serve", ["worker", "web", "all"])
def test_a_laptop_never_believes_tokens_without_their_signature(settings: Settings, serve: str) -> None:
    """No Cloud Run stands before it."""
    assert "TASK_AUTH=iam needs PROFILE=cloud" in refusal(settings.model_dump() | {"serve": serve, "task_auth": "iam"})
