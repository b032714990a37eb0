"""Who asks: access tokens for programs, their end, and what we know of whoever has one."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app import cookies
from app.api.answers import answer
from app.api.bodies import IdToken, MeBody, Token, UserBody
from app.api.operations import operation
from app.api.reading import read_json
from app.identity import TOKEN_FOR, access_token, allow_list, current_user, end_session
from app.services import services, web
from internal.errors import Conflict
from internal.sessions import begin, hash_of

blueprint = Blueprint("accounts", __name__)


@blueprint.post("/api/auth/token")
@operation("Sign in", {200: Token}, refusals=(400, 409, 413, 415, 503), json=IdToken, open=True)
def token() -> ResponseReturnValue:
    """For the ID token that the sign-in gave a program, an access token to send as `Authorization: Bearer …`. Each is
    good for an hour, unless it is signed out before."""
    given = read_json(IdToken)
    provider = services().sign_in
    if provider is None:
        raise Conflict("Nobody signs in here: ask without a token.")
    user, secret = begin(services().store, allow_list(), provider.identify(given.id_token), TOKEN_FOR)
    return answer(Token(access_token=access_token(hash_of(secret), user.id), expires_in=int(TOKEN_FOR.total_seconds())))


@blueprint.post("/api/auth/logout")
@operation("Sign out", {204: None}, refusals=(503,))
def logout() -> ResponseReturnValue:
    """The token, or the cookie, that this request was sent with is good for nothing any more."""
    response = Response(status=204)
    if web().settings.auth != "none":
        end_session()
        cookies.forget_session(response)
    return response


@blueprint.get("/api/v1/users/me")
@blueprint.get("/bff/v1/users/me")
@operation("See who you are", {200: MeBody}, refusals=(503,))
def me() -> ResponseReturnValue:
    user = current_user()
    return answer(MeBody(user=UserBody(id=user.id, email=user.email, name=user.name, role=user.role)))
