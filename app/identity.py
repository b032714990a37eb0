"""Who is asking. Every route that shows or changes somebody's things asks here."""

from dataclasses import dataclass

from app.services import web


@dataclass(frozen=True)
class User:
    #: the owner of what they make
    id: str
    role: str


#: `AUTH=none`: whoever reaches a laptop's service is the one who runs it
LOCAL = User("local", "admin")


def current_user() -> User:
    match web().settings.auth:
        case "none":
            return LOCAL
