"""Which addresses may be connected to: the public ones, unless somebody says otherwise.

An address that others name must not make this machine knock at doors that only it can reach: its
own services, the router, a cloud's metadata (server-side request forgery). So a name is looked up
once, what was found is checked, and that very address is connected to: a name that points elsewhere
a moment later changes nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, Queue
from threading import Thread

from triage.sending.answers import NoAnswer

__all__ = ["Lookup", "is_public", "looked_up", "public_among"]

Lookup = Callable[[str, int, float], Sequence[str]]
"""(host, port, seconds) -> its addresses as numbers. Raises NoAnswer for none in that time."""

_GLOBAL = IPv6Network("2000::/3")
_OF_A_CLOUD = IPv4Address("168.63.129.16")  # Azure's: it answers its own machines only
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: its last 32 bits are an IPv4 address


def looked_up(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host, in the order to try them."""
    # The system's resolver knows no time limit: what takes longer goes on in a thread of its own.
    answers: Queue[list[str] | None] = Queue(1)

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers.put(None)
        else:
            answers.put([str(address[0]) for *_, address in found])

    Thread(target=ask, name="lookup", daemon=True).start()
    try:
        addresses = answers.get(timeout=max(0.0, seconds))
    except Empty:
        raise NoAnswer(f"its name could not be looked up within {seconds:g} s") from None
    if not addresses:
        raise NoAnswer("the host is not known here")
    return list(dict.fromkeys(addresses))


def public_among(addresses: Sequence[str]) -> list[str]:
    """Return the public ones of some addresses. Raises NoAnswer where there are none."""
    found = [address for address in addresses if is_public(address)]
    if not found:
        raise NoAnswer(f"its address {addresses[0]} is private, and nothing is sent there")
    return found


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, not to this machine or its network."""
    found = ip_address(address.partition("%")[0])
    inner = found if isinstance(found, IPv4Address) else _inside(found)
    if inner is not None:
        return inner.is_global and not inner.is_multicast and inner != _OF_A_CLOUD
    return found in _GLOBAL and found.is_global


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to an IPv6 address end at; None for any other."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
