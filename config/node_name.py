"""The name that a node has while nobody has given it one."""


def from_addresses(hosts: list[str], port: str) -> str:
    """Where the node is reached, without a scheme: a host of its own, else this machine's port."""
    for host in hosts:
        if host not in ("localhost", "127.0.0.1", "[::1]", "*") and not host.startswith("."):
            return host
    return f"localhost:{port}"
