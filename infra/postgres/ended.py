"""Whether the server has ended a connection that lies in the pool: the socket knows, at no round trip."""

import select
from typing import Any

from sqlalchemy.exc import DisconnectionError


def replace_if_ended(connection: Any, _record: object, _lent: object) -> None:
    """For the pool, as it lends a connection of pg8000's. The server says nothing unasked, but that it ends: when it
    has been restarted, say, while nobody used the connection. Raises DisconnectionError, for the pool to make another.

    Not every loss is seen so: of a host that vanishes nobody tells.
    """
    lookout = select.poll()
    lookout.register(connection._usock, select.POLLIN)  # which pg8000 shows nowhere else
    if lookout.poll(0):
        raise DisconnectionError("The server has ended this connection.")
