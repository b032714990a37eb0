"""What a process must be told before it starts, by where it runs and which role it has: all that is wrong, at once."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.addresses import in_the_clear, is_loopback
from internal.accounts import AllowList

if TYPE_CHECKING:
    from app.settings import Settings

#: without which nothing reaches the database
NEEDED_OF_DATABASE = ("database_url",)
#: what the function for events cannot do without: it asks for dispatches, and touches no media
NEEDED_FOR_EVENTS = (
    *NEEDED_OF_DATABASE,
    "tasks_queue",
    "tasks_target",
    "tasks_service_account",
    "tasks_audience",
    "work_bucket",
)
#: what no web and no worker can do without; a laptop's supervisor writes them to STATE/settings.json
NEEDED = (
    *NEEDED_FOR_EVENTS,
    "scheduler_service_account",
    "media_endpoint",
    "media_bucket",
    "media_access_key",
    "media_secret_key",
    "public_url",
    "hosts",
)
#: what signing in cannot do without
NEEDED_TO_SIGN_IN = ("sign_in_client_id", "sign_in_client_secret", "allowed", "session_key")
#: who can read on the way there has our secrets, or can answer in the place of those we ask
ADDRESSES = (
    "tasks_target",
    "tasks_endpoint",
    "tasks_certs_url",
    "work_endpoint",
    "media_endpoint",
    "vertex_endpoint",
    "sign_in_address",
    "sign_in_token_url",
    "sign_in_certs_url",
)


def wrong_with(settings: "Settings") -> list[str]:
    """Sentences; none where the process may start."""
    wrong = _missing(settings, settings.needed)
    if settings.profile == "laptop" and len(wrong) == len(settings.needed):
        return [f"nothing runs on {settings.state}: start it with `make serve`"]
    if settings.profile == "cloud":
        wrong += _in_the_cloud(settings)
    if settings.needed == NEEDED:
        wrong += _of_the_role(settings)
    if (settings.analyst == "gemini" or settings.generator == "veo") and not settings.google_project:
        wrong.append("GOOGLE_PROJECT is missing")
    if settings.task_auth == "iam" and (settings.profile, settings.serve) != ("cloud", "worker"):
        wrong.append("TASK_AUTH=iam needs PROFILE=cloud and SERVE=worker, behind Cloud Run's own check")
    if settings.smoke_account and not settings.smoke_queue:
        wrong.append("SMOKE_ACCOUNT needs SMOKE_QUEUE")
    return wrong


def _missing(settings: "Settings", names: tuple[str, ...]) -> list[str]:
    return [f"{name.upper()} is missing" for name in names if not getattr(settings, name)]


def _in_the_cloud(settings: "Settings") -> list[str]:
    wrong = [
        f"{name.upper()} must begin with https" for name in ADDRESSES if in_the_clear(getattr(settings, name) or "")
    ]
    if settings.crash_at:
        wrong.append("CRASH_AT is only for tests")
    return wrong


def _of_the_role(settings: "Settings") -> list[str]:
    if settings.serve == "worker":
        return []
    if settings.profile == "cloud":
        wrong = ["SERVE must be web or worker"] if settings.serve == "all" else []
        wrong += ["AUTH=none is only for PROFILE=laptop"] if settings.auth == "none" else []
        return wrong + _with_sign_in(settings)
    if settings.auth == "google":
        return _with_sign_in(settings)
    names = (urlsplit(settings.public_url).hostname or settings.public_url or "localhost", *settings.hosts)
    return [] if all(map(is_loopback, names)) else ["AUTH=none is only for loopback PUBLIC_URL and HOSTS"]


def _with_sign_in(settings: "Settings") -> list[str]:
    """Of `AUTH=google`, whatever it is now."""
    wrong, key = _missing(settings, NEEDED_TO_SIGN_IN), settings.session_key
    if key and (len(key.encode()) < 32 or len(set(key)) < 8):
        wrong.append("SESSION_KEY is weak: give 32 random bytes or more, such as `openssl rand -base64 48` makes")
    if in_the_clear(settings.public_url):
        wrong.append("PUBLIC_URL must begin with https, for sessions are secret")
    try:
        AllowList(settings.allowed)
    except ValueError as error:
        wrong.append(f"ALLOWED has {error}")
    return wrong
