"""Keeps other people's web pages away from us: only our own names, and no writes from foreign pages.

Without it any page the user visits could reach a laptop's service, by DNS rebinding or by a
form that posts across sites. After OWASP's cheat sheet on cross-site request forgery
(Fetch Metadata, then Origin).
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from app import cookies
from app.services import web
from internal.errors import NotAllowed, Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask) -> None:
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(add_headers)


def check_host() -> None:
    """Of whoever asks for more than how we are: Cloud Run asks that of an instance, by no name of ours."""
    if request.blueprint != "health" and _name(f"//{request.headers.get('Host', '')}") not in web().settings.hosts:
        raise Refused("This service does not answer to that host name.")


def check_origin() -> None:
    """Browsers cannot forge either header, and programs send none: those pass, unless a cookie says who asks. It is
    sent by itself, so the page that asks must be proved to be ours."""
    if request.method in SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "none", "same-origin") or origin not in (None, *our_origins()):
        raise NotAllowed("Requests from other sites are refused.")
    by_cookie = cookies.session() and "Authorization" not in request.headers
    if by_cookie and site != "same-origin" and origin is None:
        raise NotAllowed("A request that a cookie signs must say where it is from: send Origin or Sec-Fetch-Site.")


def our_origins() -> tuple[str, str]:
    """Where browsers find us, by our own name and by the one that was asked for: a proxy may have ended TLS."""
    known = urlsplit(web().settings.public_url)
    return f"{known.scheme}://{known.netloc}", f"{known.scheme}://{request.host}"


def add_headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
