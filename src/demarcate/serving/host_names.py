"""The names under which a server of this machine may be asked for, and the port it listens on.

A name that somebody else points at this machine is none of its names: a page that a person visits could otherwise have
the person's own browser ask a server on their machine.
"""

import errno
import re
import socket
from functools import lru_cache
from ipaddress import ip_address

from demarcate.errors import InputError, Problem

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised; only a person can ask for it
"""Hosts that stand for all addresses of the machine."""

_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))(?::\d{1,5})?", re.ASCII)
_TAKEN = (errno.EADDRINUSE, errno.EACCES)
"""Why a port is not to be had: a system may keep low ones for itself."""


def host_name(host: str) -> str:
    """Return the name in a ``Host`` header, without its port; an empty one if it is no host.

    Examples
    --------
    >>> [host_name(host) for host in ("LocalHost:8642", "[::1]:80", "a b")]
    ['localhost', '::1', '']
    """
    match = _HOST.fullmatch(host)
    return (match["address"] or match["name"]).lower() if match else ""


@lru_cache(maxsize=256)
def is_own_name(host: str, listens_on: str) -> bool:
    """Return whether a ``Host`` header has a name of a server, whatever its port: it may have been forwarded.

    Where the server listens on every address of the machine, the machine's own names and all addresses in numbers are
    names of the server: nobody can point those at another machine.

    Examples
    --------
    >>> [is_own_name(host, "127.0.0.1") for host in ("localhost:8642", "[::1]:80", "example.org", "")]
    [True, True, False, False]
    """
    name = host_name(host)
    if listens_on not in EVERY_ADDRESS:
        return name in LOOPBACK | {listens_on.lower()}
    own = socket.gethostname().lower()
    return name in LOOPBACK | {own, f"{own}.local"} or _is_address(name)


def open_listener(host: str, port: int, *, backlog: int | None = None) -> socket.socket | None:
    """Return a socket that listens on a port, 0 for any free one; None if the port is taken.

    Raises
    ------
    InputError
        If the host is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        both = host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((host, port), family=family, backlog=backlog, dualstack_ipv6=both)
    except OSError as error:
        if error.errno in _TAKEN:
            return None
        fact = f"Nothing can listen on {host!r} ({error.strerror or error})"
        raise InputError([Problem(fact, "Name an address of this machine (--host on the command line)")]) from error


def server_address(scheme: str, host: str, port: int) -> str:
    """Return the address of a server for people and clients.

    Examples
    --------
    >>> server_address("http", "::1", 8642)
    'http://[::1]:8642'
    """
    name = socket.gethostname() if host in EVERY_ADDRESS else host
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}"


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
