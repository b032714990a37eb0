"""`python -m app.users`: an operator sees who has signed in, makes admins, and closes accounts."""

import uuid

import pytest
from flask import Flask

from app.settings import Settings
from app.users import main
from internal.accounts import Person
from internal.ports import Services
from tests.app.signing_in import browser_of, me
from tests.issuer import LocalIssuer


@pytest.fixture
def email() -> str:
    return f"{uuid.uuid4()}@example.org"


def listed(email: str, settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    """What `list` says of them."""
    capsys.readouterr()
    assert main(["list"], settings) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if email in line]
    return line


def test_the_first_admin_is_made_so_at_once(
    guarded: Flask, issuer: LocalIssuer, settings: Settings, email: str, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = browser_of(guarded, issuer, email)
    assert main(["role", email.upper(), "admin"], settings) == 0
    assert me(browser).json["user"]["role"] == "admin"
    user_id, role, *_ = listed(email, settings, capsys).split()
    assert (user_id, role) == (me(browser).json["user"]["id"], "admin")
    assert main(["role", email, "user"], settings) == 0
    assert me(browser).json["user"]["role"] == "user"


def test_somebody_disabled_is_out_until_enabled(
    guarded: Flask, issuer: LocalIssuer, settings: Settings, email: str, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = browser_of(guarded, issuer, email)
    assert main(["disable", email], settings) == 0
    assert me(browser).status_code == 401
    assert " disabled " in listed(email, settings, capsys)
    assert main(["enable", email], settings) == 0
    assert me(browser_of(guarded, issuer, email)).status_code == 200


def test_who_was_never_here_is_not_found(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["disable", "nobody@example.org"], settings) == 1
    assert "nobody has signed in as nobody@example.org" in capsys.readouterr().err


def test_an_address_that_two_have_had_must_be_told_apart(
    services: Services, settings: Settings, email: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (services.store.admit(Person(f"{who} {email}", email, "A")) for who in ("one", "two"))
    assert main(["role", email, "admin"], settings) == 1
    assert first.id in capsys.readouterr().err
    assert main(["role", second.id, "admin"], settings) == 0
    roles = {user.id: user.role for user in services.store.users()}
    assert (roles[first.id], roles[second.id]) == ("user", "admin")


@pytest.mark.parametrize("words", [[], ["role", "a@example.org"], ["role", "a@example.org", "root"], ["delete", "a"]])
def test_what_it_does_not_know_it_refuses(words: list[str], settings: Settings) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words, settings)
    assert ended.value.code == 2
