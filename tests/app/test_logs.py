"""Log lines, as Cloud Logging reads them."""

import json
import logging
from typing import Any

import pytest
from flask import Flask

from app.logs import JsonLines
from app.settings import Settings
from internal.logs import logged

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
