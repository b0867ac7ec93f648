"""This node keeps to the protocol, as docs/examples/conformance.py sees it from outside."""

import pytest

from tests.linking.peers.example import delivering, modules, pinned, reachable


@pytest.mark.slow
def test_this_node_passes(fresh_database, node, monkeypatch):
    """Every check passes, over HTTP and with the real database."""
    with modules() as example:
        conformance = example("conformance")
        probe = conformance.Probe("probe.example", "JP-GX")
        with reachable(probe, monkeypatch) as url:
            conformance.meet(probe, url)
            with delivering(pinned(node, probe)):
                results = conformance.check(probe)
    assert {name: seen for name, seen in results.items() if seen} == {}
