"""Put first on PYTHONPATH, this keeps a Python process from all hosts but its own machine.

Python imports it at start. What was tried is refused, and written to the file that OFFLINE_TRIED
names, so that a library that swallows the refusal is found out as well.
"""

import os
import socket
from pathlib import Path

_HERE = {"127.0.0.1", "::1", "localhost", "", "0.0.0.0", "::", None}
_real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
_look_up = socket.getaddrinfo


def _refuse(what: str) -> None:
    with Path(os.environ["OFFLINE_TRIED"]).open("a", encoding="utf-8") as tried:
        tried.write(f"{what}\n")
    raise OSError(f"there is no network here: {what}")


def _guarded(name: str):
    def call(self: socket.socket, *args: object) -> object:
        address = args[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in _HERE:
            _refuse(f"{name} {address}")
        return _real[name](self, *args)

    return call


def _getaddrinfo(host: object, *args: object, **more: object) -> object:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in _HERE:
        _refuse(f"look up {name}")
    return _look_up(host, *args, **more)


for _name in _real:
    setattr(socket.socket, _name, _guarded(_name))
socket.getaddrinfo = _getaddrinfo
