"""The two cookies of the sign-in: the session's secret, and what a browser brings along to the sign-in and back.

No script can read them, and no other site's form sends them. On https their names begin with
`__Host-`, so that no neighbouring domain can set them (RFC 6265bis §4.1.3).
"""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from app.services import web

SESSION, TRIP = "daylog", "daylog-trip"


def session() -> str:
    """The secret, or nothing."""
    return request.cookies.get(_name(SESSION), "")


def keep_session(response: Response, secret: str, lasting: timedelta) -> None:
    _set(response, SESSION, secret, lasting)


def forget_session(response: Response) -> None:
    _set(response, SESSION, "", timedelta(0))


def trip() -> str:
    """Sealed; or nothing."""
    return request.cookies.get(_name(TRIP), "")


def keep_trip(response: Response, sealed: str, lasting: timedelta) -> None:
    _set(response, TRIP, sealed, lasting)


def forget_trip(response: Response) -> None:
    _set(response, TRIP, "", timedelta(0))


def _set(response: Response, name: str, value: str, lasting: timedelta) -> None:
    """With no time to last it is gone at once. Lax: the way back from the sign-in is another site's link."""
    response.set_cookie(_name(name), value, max_age=lasting, path="/", secure=on_https(), httponly=True, samesite="Lax")


def _name(name: str) -> str:
    return f"__Host-{name}" if on_https() else name


def on_https() -> bool:
    return web().settings.public_url.startswith("https:")
