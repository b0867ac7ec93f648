"""The modules that register the pages of links."""

from . import agreements, edges, readiness, transfers

__all__ = ["agreements", "edges", "readiness", "transfers"]
