"""Who is asking. Every route that shows or changes somebody's things asks here."""

from datetime import timedelta
from functools import cache

from flask import Flask, Response, g, request

from app import cookies
from app.sealed import Purpose, seal, unseal
from app.services import services, web
from internal.accounts import AllowList, Role, Session, User
from internal.errors import NotAuthenticated
from internal.sessions import hash_of

#: `AUTH=none`: whoever reaches a laptop's service is the one who runs it
LOCAL = User("local", "you@localhost", "You", Role.ADMIN)
#: how long a browser stays signed in without being used, and how much of it must be over to begin anew
SIGNED_IN_FOR, RENEWED_AFTER = timedelta(days=30), timedelta(days=1)
#: how long an access token is good for
TOKEN_FOR = timedelta(hours=1)
OVER = "You are not signed in any more: sign in again."


def register(app: Flask) -> None:
    app.after_request(send_renewed)


def current_user() -> User:
    """Raises NotAuthenticated."""
    match web().settings.auth:
        case "none":
            return LOCAL
        case "google":
            return current_session().user


def tries_a_version() -> bool:
    """Whether a deployment asks, to see what a version that does not serve yet makes of it. Raises NotAuthenticated."""
    return current_user().email == web().settings.smoke_account


def user_by_now() -> User:
    """Who it is who asked a while ago, read anew: for requests that last. Raises NotAuthenticated."""
    g.pop("session", None)
    return current_user()


def current_session() -> Session:
    """By the access token, else by the cookie; read once in a request. Raises NotAuthenticated."""
    if "session" not in g:
        g.session = _by_token() or _by_cookie()
    session: Session = g.session
    return session


def end_session() -> None:
    """Of whoever asks; nor does this request renew it any more. Raises NotAuthenticated."""
    services().store.end_session(current_session().sha256)
    g.renewed = False


def known_user() -> User | None:
    """Whom this request has turned out to be from, for pages that greet them."""
    return g.session.user if "session" in g else None


def allow_list() -> AllowList:
    return _allow_list(web().settings.allowed)


_allow_list = cache(AllowList)


def access_token(session_sha256: str, user_id: str) -> str:
    """Good for `TOKEN_FOR`, and for no longer than its session."""
    return seal(Purpose.ACCESS, {"sub": user_id, "sid": session_sha256}, TOKEN_FOR)


def _by_token() -> Session | None:
    """None if there is no access token: a bad one is never made up for by a cookie."""
    given = request.headers.getlist("Authorization")
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        raise NotAuthenticated("Send one Authorization header: Bearer, and an access token.")
    claims = unseal(Purpose.ACCESS, token)
    found = _live(str(claims["sid"]))
    if found.user.id != claims["sub"]:
        raise NotAuthenticated(OVER)
    return found


def _by_cookie() -> Session:
    """Renewed sparingly, so that hardly any request writes."""
    secret = cookies.session()
    if not secret:
        raise NotAuthenticated("Sign in first.")
    found = _live(hash_of(secret))
    if found.expires_at - services().clock() < SIGNED_IN_FOR - RENEWED_AFTER:
        services().store.renew_session(found.sha256, SIGNED_IN_FOR)
        g.renewed = True
    return found


def _live(sha256: str) -> Session:
    found = services().store.session(sha256)
    if found is None or not allow_list().admits(found.user.email):
        raise NotAuthenticated(OVER)
    return found


def send_renewed(response: Response) -> Response:
    if g.get("renewed"):
        cookies.keep_session(response, cookies.session(), SIGNED_IN_FOR)
    return response
