"""Whose an address is, and whether others can read what is said with it."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether that name is this machine's alone (RFC 6761 keeps `localhost` and what ends in it)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def in_the_clear(address: str) -> bool:
    """Whether others can read what is said with that address; of one without a host nobody knows. With none at all
    nothing is said."""
    return bool(address) and not address.startswith("https://") and not is_loopback(urlsplit(address).hostname or "")
