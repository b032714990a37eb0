"""Keeps other people's web pages away from us: only our own names, and no writes from foreign pages.

Without it any page the user visits could reach a laptop's service, by DNS rebinding or by a
form that posts across sites. After OWASP's cheat sheet on cross-site request forgery
(Fetch Metadata, then Origin).
"""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from app.services import web
from internal.errors import NotAllowed, Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask) -> None:
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(add_headers)


def check_host() -> None:
    if _name(f"//{request.headers.get('Host', '')}") not in web().settings.hosts:
        raise Refused("This service does not answer to that host name.")


def check_origin() -> None:
    """Programs send neither header and pass; browsers cannot forge them."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise NotAllowed("Requests from other sites are refused.")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise NotAllowed("Requests from other sites are refused.")


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
