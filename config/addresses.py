"""Where a node is reached, from what it listens on."""

# Who listens on these is reached under the name that every machine has.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
LOCALHOST = ("127.0.0.1", *EVERYWHERE)


def shown(*, bind: str, port: int | str) -> str:
    """What people on this machine are told, for example http://localhost:8000."""
    return f"http://{'localhost' if bind in LOCALHOST else bracketed(bind)}:{port}"


def answering(*, bind: str, port: int | str) -> str:
    """The same by number: what a process of this machine asks, whatever names there are."""
    number = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104
    return f"http://{bracketed(number)}:{port}"


def listen(*, bind: str, port: int | str) -> str:
    return f"{bracketed(bind)}:{port}"


def own_hosts(listening: str) -> list[str]:
    """The host in what `listen` returns, if it is one under which requests can come."""
    host = listening.rpartition(":")[0]
    named = host and host.strip("[]") not in EVERYWHERE and not host.startswith("unix")
    return [host] if named else []


def bracketed(host: str) -> str:
    """An address of version 6 in brackets, as ports follow it."""
    return f"[{host}]" if ":" in host else host
