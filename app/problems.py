"""Errors as HTTP answers: RFC 9457 problem details, in one table.

`detail` is also the error field of the API's first clients.
"""

import logging

from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from internal.errors import (
    Changed,
    Conflict,
    Error,
    Gone,
    InvalidInput,
    KeyReused,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Refused,
    StorageFull,
    TemporaryFailure,
    TooLarge,
    UnreadableMedia,
)

log = logging.getLogger(__name__)

#: the most particular class wins
HTTP_STATUS: dict[type[Error], int] = {
    InvalidInput: 400,
    TooLarge: 413,
    KeyReused: 422,
    UnreadableMedia: 422,
    NotAuthenticated: 401,
    NotAllowed: 403,
    NotFound: 404,
    Gone: 410,
    Conflict: 409,
    Changed: 412,
    Refused: 400,
    StorageFull: 507,
    TemporaryFailure: 503,
}
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Cannot be used",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Try again later",
    507: "Storage full",
}


def register(app: Flask) -> None:
    app.register_error_handler(Error, of_ours)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_a_defect)


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """`more` are extension members."""
    title = TITLES.get(status, "Error")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def of_ours(error: Error) -> Response:
    status = next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 500)
    if status == 500:
        return of_a_defect(error)
    response = problem(status, error.code, str(error), **_fields(error))
    if isinstance(error, TemporaryFailure):
        response.headers["Retry-After"] = str(round(error.retry_after or 3))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _fields(error: Error) -> dict[str, object]:
    """What to change, where that is known."""
    if not isinstance(error, InvalidInput):
        return {}
    found = {"field": error.field, "errors": [dict(one) for one in error.errors]}
    return {name: value for name, value in found.items() if value}


def of_http(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, error.name.lower().replace(" ", "_"), error.description or error.name)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def of_a_broken_body(_error: Exception) -> Response:
    return problem(400, "bad_request", "The body did not arrive whole.")


def of_a_defect(error: Exception) -> Response:
    """The trace goes to the log; the answer gives nothing away."""
    log.error("unexpected error", exc_info=error)
    return problem(500, "internal_error", "Something went wrong on our side. It has been logged.")
