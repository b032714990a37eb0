"""Log lines, as Cloud Logging reads them."""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask

from app.logs import JsonLines
from app.settings import Settings
from internal.logs import logged
from tests.app.signing_in import TRIP, bearing, begun, cookie, me
from tests.issuer import CLIENT_SECRET, SESSION_KEY, LocalIssuer

TRACE = "105445aa7843bc8bf206b12000100000"


def line(message: str, **extra: object) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "daylog", "levelname": "INFO", "msg": message, **extra})
    return dict(json.loads(JsonLines().format(record)))


def test_a_line_is_one_json_object_with_what_was_said_of_the_work() -> None:
    with logged(job="j", fence=3), logged(step="compose"):
        told = line("one\nline", status="running")
    assert (told["severity"], told["message"]) == ("INFO", "one\nline")
    assert (told["job"], told["fence"], told["step"], told["status"]) == ("j", 3, "compose", "running")
    assert "job" not in line("outside")


class Lines(logging.Handler):
    """Keeps what would have been written."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(json.loads(JsonLines().format(record)))


@pytest.mark.parametrize(("sent", "kept"), [(f"{TRACE}/1;o=1", True), ("../../x", False), ("", False)])
def test_lines_of_a_request_carry_its_trace_if_it_is_one(app: Flask, settings: Settings, sent: str, kept: bool) -> None:
    log, lines = logging.getLogger("tests.request"), Lines()
    log.addHandler(lines)
    headers = {"Host": "localhost", "X-Cloud-Trace-Context": sent}
    with app.test_request_context(headers=headers):
        app.preprocess_request()
        log.warning("during")
    log.warning("after")
    log.removeHandler(lines)
    project = settings.tasks_queue.partition("/locations/")[0]
    during, after = [told.get("logging.googleapis.com/trace") for told in lines.told]
    assert (during, after) == (f"{project}/traces/{TRACE}" if kept else None, None)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """All that is logged, by us and by the libraries beneath, however little it matters."""
    root, kept = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.setLevel(level)
    root.removeHandler(kept)


def test_no_line_holds_what_proves_who_somebody_is(guarded: Flask, issuer: LocalIssuer, lines: Lines) -> None:
    """Whether they come in, are refused, or the issuer fails."""
    browser, program = guarded.test_client(), guarded.test_client()
    address = begun(browser)
    sealed = cookie(browser, TRIP)
    browser.get(address)
    given = issuer.id_token()
    token = program.post("/api/auth/token", json={"id_token": given}).json["access_token"]
    for one in (token, f"{token}x", given):
        me(program, headers=bearing(one))
    browser.get(address)
    explained = b'{"error": "invalid_client", "error_description": "a secret answer"}'
    for issuer.answer in ((500, b"a secret answer"), (401, explained)):
        browser.get(begun(browser))
    logging.getLogger("tests").warning("the last line")
    code = parse_qs(urlsplit(address).query)["code"][0]
    secrets = [sealed, cookie(browser), given, token, code, CLIENT_SECRET, SESSION_KEY, "a secret answer"]
    told = json.dumps(lines.told, ensure_ascii=False)
    assert "the last line" in told
    assert [secret for secret in secrets if secret in told] == []
    for part in ("state", "nonce", "verifier"):
        assert jwt.decode(sealed, options={"verify_signature": False})[part] not in told
