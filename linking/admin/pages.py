"""The modules that register the pages of links."""

from . import (
    agreements,
    edges,
    peer_notices,
    peers,
    readiness,
    reconciliation,
    retirements,
    transfers,
    uses,
)

__all__ = [
    "agreements",
    "edges",
    "peer_notices",
    "peers",
    "readiness",
    "reconciliation",
    "retirements",
    "transfers",
    "uses",
]
