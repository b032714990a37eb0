"""One JSON object a line on stderr, in the fields Cloud Logging knows.

Source: https://cloud.google.com/logging/docs/structured-logging
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask, g, request

from app.services import web
from internal.logs import log_context, logged

TRACE = re.compile(r"^[0-9a-f]{32}$")
#: the address of a shared film: who reads it may watch
LINK = re.compile(r"/s/[A-Za-z0-9_-]{32}")
#: attributes every LogRecord has: what else a record carries was given as `extra`
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Whoever logs, also libraries that know nothing of us."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            "message": record.getMessage(),
            **log_context(),
            **{name: value for name, value in vars(record).items() if name not in USUAL},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return LINK.sub("/s/…", json.dumps(line, default=str, ensure_ascii=False))


def configure() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("urllib3", "httpx", "botocore", "boto3", "google", "google_genai", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def register(app: Flask) -> None:
    """Every line logged during a request carries the request's trace, as Cloud Run hands it over."""

    @app.before_request
    def begin() -> None:
        g.trace = logged(**_trace())
        g.trace.__enter__()

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        if trace := g.pop("trace", None):
            trace.__exit__(None, None, None)


def _trace() -> dict[str, str]:
    """From `X-Cloud-Trace-Context: TRACE/SPAN;o=1`, in the form that ties log lines to a trace; none without it."""
    trace = request.headers.get("X-Cloud-Trace-Context", "").partition("/")[0].lower()
    if not TRACE.match(trace):
        return {}
    project = web().settings.tasks_queue.partition("/locations/")[0]
    return {"logging.googleapis.com/trace": f"{project}/traces/{trace}"}
