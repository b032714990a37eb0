"""Who may open which page: whoever is signed in, but for the few that are open to all."""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue

from app import problems
from app.identity import current_user
from app.pages import words
from internal.errors import NotAuthenticated

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "daylog_open"
#: a path of ours: one slash, and nothing that browsers strip or turn into a slash on their way to another host
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
LONGEST_PATH = 2000


def open_to_all(view: View) -> View:
    """Mark a page that needs no sign-in."""
    setattr(view, _ATTRIBUTE, True)
    return view


def register(pages: Blueprint) -> None:
    pages.before_request(check)
    pages.register_error_handler(NotAuthenticated, to_sign_in)


def check() -> None:
    """Raises NotAuthenticated. Scripts and pictures of pages are no secret."""
    endpoint = request.endpoint or ""
    if not (endpoint.endswith(".static") or getattr(current_app.view_functions[endpoint], _ATTRIBUTE, False)):
        current_user()


def to_sign_in(error: NotAuthenticated) -> ResponseReturnValue:
    """And back here afterwards."""
    if request.method != "GET":
        return problems.of_ours(error)
    return redirect(f"/sign-in?{urlencode({'next': words.here()})}", 303)


def local_path(given: str) -> str:
    """Where to go next, if that is a page of ours; else the first page. A link to us must not lead to others
    (OWASP's cheat sheet on unvalidated redirects)."""
    return given if len(given) <= LONGEST_PATH and _LOCAL.fullmatch(given) else "/"
