"""Addresses of other machines as people write them down: what is one, and whose it is."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

__all__ = ["is_loopback", "split_url"]

_REFUSED = re.compile(r"[^\x21-\x7e]")


def split_url(url: str) -> SplitResult:
    """Return the parts of an address to send to; it is whole, and its host is not empty.

    Raises ValueError for one that is none, or that holds a user or a password.
    """
    if _REFUSED.search(url):
        raise ValueError("url holds blanks, control characters or letters that are not ASCII")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("url is no address such as https://host/path")
    _ = parts.port  # raises ValueError for one that is no number
    if parts.username is not None or parts.password is not None:
        raise ValueError("url holds a user or password: send it as a header from a variable")
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, and says so."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
