"""One request to an address outside of the node's own network: all that the node sends.

Every address that a name resolves to is looked at before a connection is made, and the connection
goes to the very address that was looked at, so that a name can not change its meaning in between.
Redirects are not followed. Networks that the settings name are allowed besides, and there without
TLS.
"""

import contextlib
import http.client
import socket
import ssl
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

TIMEOUT_S = 10
MOST_READ = 65_536
PORTS = {"https": 443, "http": 80}


class AddressRefused(Exception):
    """The address is not one that the node sends to; the text says why."""


class NotSent(Exception):
    """There was no answer; the text says why."""


@dataclass(frozen=True)
class Target:
    """Where a delivery goes: the host by its name, and the IP address that was looked at."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def require_form(url: str, *, allowed: list[str]) -> None:
    """What can be told of an address without asking the network.   Raises: AddressRefused."""
    parts, _port = _split(url)
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        if not allowed and (parts.scheme != "https" or parts.hostname == "localhost"):
            raise AddressRefused("the address is not https:// of another host") from None
    else:
        _require_public(parts.scheme, [literal], allowed)


def target(url: str, *, allowed: list[str]) -> Target:
    """Raises: AddressRefused, NotSent (the name can not be resolved)."""
    parts, port = _split(url)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"the name can not be resolved: {error}") from error
    addresses = [ip_address(row[4][0].partition("%")[0]) for row in found]
    _require_public(parts.scheme, addresses, allowed)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port, path, str(addresses[0]))


def _split(url):
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise AddressRefused("the address is not well formed") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise AddressRefused("the address does not begin with https://")
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused("the address has a user name, a password or a fragment")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("the address has characters that must be escaped")
    return parts, port


def _require_public(scheme, addresses, allowed):
    networks = [ip_network(text) for text in allowed]
    for each in addresses:
        if any(each in network for network in networks):
            continue
        if not _is_public(each):
            raise AddressRefused(f"{each} is not an address of the public network")
        if scheme != "https":
            raise AddressRefused("the address does not begin with https://")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, and the body up to what was to be read."""

    status: int
    headers: dict[str, str]
    body: bytes


def post(to: Target, *, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer.   Raises: NotSent."""
    return exchange(to, "POST", body=body, headers=headers).status


def exchange(to: Target, method, *, body=None, headers=None, most_read=MOST_READ) -> Answer:
    """One request and its answer, of which `most_read` bytes are read.   Raises: NotSent."""
    connection = _Pinned(to)
    told = {"Content-Type": "application/json"} if body is not None else {}
    try:
        connection.request(method, to.path, body, {**told, **(headers or {})})
        answer = connection.getresponse()
        given = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, given, answer.read(most_read))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, under the name that was asked for."""

    def __init__(self, to):
        super().__init__(to.host, to.port, timeout=TIMEOUT_S)
        self.to = to

    def connect(self):
        self.sock = socket.create_connection((self.to.address, self.to.port), self.timeout)
        if self.to.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.to.host)


def _is_public(address):
    """Neither the node's own, nor a neighbour's, nor one in the clothes of another protocol."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None:
        return _is_public(mapped)
    if getattr(address, "teredo", None):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
