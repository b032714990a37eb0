"""`python -m app.users list|role|disable|enable`: who has signed in, and what an operator decides about them.

The first admin is made so: they sign in, then `role ADDRESS admin`. All of it takes effect at
the next request.
"""

import argparse
import sys
from collections.abc import Sequence

from app.bootstrap import accounts
from app.settings import DatabaseSettings, Settings
from internal.accounts import Role, User
from internal.errors import Error
from internal.ports import Accounts

FAILED = 1


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.users", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="list|role|disable|enable")
    commands.add_parser("list", help="all who have signed in").set_defaults(command=show)
    for command, what in (
        (role, "make somebody an admin, or a user again"),
        (disable, "sign somebody out everywhere, and let them in no more; what they made stays"),
        (enable, "let them in again"),
    ):
        one = commands.add_parser(command.__name__, help=what)
        one.set_defaults(command=command)
        one.add_argument("who", metavar="ADDRESS", help="or an id, where two have had the same address")
        if command is role:
            one.add_argument("role", choices=[role.value for role in Role])
    return parser


def main(words: Sequence[str] | None = None, settings: Settings | None = None) -> int:
    """The exit code."""
    options = arguments().parse_args(words)
    try:
        with accounts(settings or DatabaseSettings()) as store:
            options.command(options, store)
    except (Error, ValueError) as error:
        print(error, file=sys.stderr)
        return FAILED
    return 0


def show(_options: argparse.Namespace, store: Accounts) -> None:
    for user in store.users():
        seen = f"{user.seen_at:%Y-%m-%d}" if user.seen_at else ""
        state = "disabled" if user.disabled_at else ""
        print(f"{user.id}  {user.role:6}{seen:12}{state:10}{user.email}  {user.name}".rstrip())


def role(options: argparse.Namespace, store: Accounts) -> None:
    user = found(options.who, store)
    store.set_role(user.id, Role(options.role))
    print(f"{user.email}: {options.role}")


def disable(options: argparse.Namespace, store: Accounts) -> None:
    user = found(options.who, store)
    store.disable(user.id)
    print(f"{user.email} is signed out, and comes in no more.")


def enable(options: argparse.Namespace, store: Accounts) -> None:
    user = found(options.who, store)
    store.enable(user.id)
    print(f"{user.email} may sign in again.")


def found(who: str, store: Accounts) -> User:
    """The one user of that address or id. Raises ValueError."""
    named = [user for user in store.users() if who.lower() == user.email.lower() or who == user.id]
    if not named:
        raise ValueError(f"nobody has signed in as {who}")
    if len(named) > 1:
        raise ValueError(f"{who} was the address of more than one: name {' or '.join(user.id for user in named)}")
    return named[0]


if __name__ == "__main__":
    sys.exit(main())
