"""Signing in, by a trip to the issuer and back, and signing out."""

import hmac
import secrets
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from app import cookies, problems
from app.addresses import is_loopback
from app.identity import SIGNED_IN_FOR, allow_list, current_session, end_session
from app.pages import words
from app.pages.doors import local_path, open_to_all
from app.sealed import Purpose, seal, unseal
from app.services import services, web
from internal.errors import AccountClosed, Conflict, Error, NotAuthenticated, NotInvited, TemporaryFailure
from internal.ports import SignIn, Trip
from internal.sessions import begin

blueprint = Blueprint("sign_in", __name__)

#: for choosing an account, typing a password, finding the phone
TRIP_FOR = timedelta(minutes=10)
#: what goes wrong, by the name that the catalogue has for it
KINDS: dict[type[Error], str] = {
    NotAuthenticated: "unfinished",
    NotInvited: NotInvited.code,
    AccountClosed: AccountClosed.code,
    TemporaryFailure: "later",
}


@blueprint.get("/sign-in")
@open_to_all
def ask() -> ResponseReturnValue:
    wanted = local_path(request.args.get("next", ""))
    if web().settings.auth == "none" or _is_signed_in():
        return redirect(wanted, 303)
    problem = request.args.get("problem", "")
    return _page(wanted, problem if problem in KINDS.values() else "")


@blueprint.get("/sign-in/google")
@open_to_all
def go() -> ResponseReturnValue:
    provider, wanted = _provider(), local_path(request.args.get("next", ""))
    if _by_another_name():
        return redirect(f"{web().settings.public_url}/sign-in/google?{urlencode({'next': wanted})}", 303)
    trip = Trip(*(secrets.token_urlsafe(32) for _ in range(3)))
    response = redirect(provider.address(trip), 303)
    cookies.keep_trip(response, seal(Purpose.TRIP, {**asdict(trip), "next": wanted}, TRIP_FOR), TRIP_FOR)
    return response


@blueprint.get("/sign-in/callback")
@open_to_all
def come_back() -> ResponseReturnValue:
    """Only in the browser that went, and only once: the issuer redeems a code but once."""
    provider, known = _provider(), unseal(Purpose.TRIP, cookies.trip())
    if not hmac.compare_digest(known["state"].encode(), request.args.get("state", "").encode()):
        raise NotAuthenticated("This is not the way back from a sign-in that this browser began.")
    if not (code := request.args.get("code", "")):
        raise NotAuthenticated("The sign-in was not finished.")
    person = provider.redeem(code, Trip(known["state"], known["nonce"], known["verifier"]))
    _, secret = begin(services().store, allow_list(), person, SIGNED_IN_FOR)
    _sign_out()  # of whoever was signed in here before
    response = redirect(local_path(known["next"]), 303)
    cookies.forget_trip(response)
    cookies.keep_session(response, secret, SIGNED_IN_FOR)
    return response


@blueprint.post("/sign-out")
@open_to_all
def leave() -> ResponseReturnValue:
    _sign_out()
    response = redirect("/sign-in", 303)
    response.headers["Clear-Site-Data"] = '"storage"'  # chosen files and unsent words are not for who comes next
    cookies.forget_session(response)
    return response


def in_words(error: Error) -> Response:
    """What went wrong on the way, and the way to try again."""
    response = problems.of_ours(error)
    kind = next(KINDS[one] for one in type(error).__mro__ if one in KINDS)
    response.set_data(_page("/", kind, f"/sign-in?problem={kind}"))  # a code is redeemed but once
    response.content_type = "text/html; charset=utf-8"
    cookies.forget_trip(response)
    return response


for _kind in KINDS:
    blueprint.register_error_handler(_kind, in_words)


def _page(wanted: str, problem: str, again: str | None = None) -> str:
    query = urlencode({"next": wanted})
    return words.page("sign-in.html", "sign-in", again=again, query=query, problem=problem)


def _provider() -> SignIn:
    provider = services().sign_in
    if provider is None:
        raise Conflict("Nobody signs in here.")
    return provider


def _is_signed_in() -> bool:
    try:
        current_session()
    except NotAuthenticated:
        return False
    return True


def _sign_out() -> None:
    if web().settings.auth != "none" and _is_signed_in():
        end_session()


def _by_another_name() -> bool:
    """A laptop is `localhost` and `127.0.0.1`: the way back leads to one of them, and cookies do not follow."""
    ours, asked = (urlsplit(url).hostname or "" for url in (web().settings.public_url, f"//{request.host}"))
    return ours != asked and is_loopback(ours) and is_loopback(asked)
