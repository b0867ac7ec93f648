"""The programs of docs/examples as peers of this node, over HTTP and with its real database."""

import importlib
import sys
import threading
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.utils import timezone

from tests.docs.pages import ROOT
from tests.linking.peers.conftest import fingerprint
from tests.serving import served

EXAMPLES = ROOT / "docs" / "examples"
FILES = ("conformance", "partner", "partner_books", "partner_wire")


@contextmanager
def modules():
    """Imports a file of the examples by its name."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(EXAMPLES))
        for name in FILES:
            sys.modules.pop(name, None)


@contextmanager
def reachable(example, monkeypatch):
    """This node and an example's node, each with a server; the address of this node."""
    server = sys.modules["partner_wire"].serve(example, 0)
    try:
        with served() as url:
            monkeypatch.setitem(settings.CONCORD, "NODE_URL", url)
            yield url
    finally:
        server.shutdown()
        server.server_close()


def pinned(node, example):
    """The row of the peer: introduced by one person, confirmed by another."""
    from linking.services.introduce_peer import confirm_peer, introduce_peer

    at = timezone.now()
    peer = introduce_peer(actor=node.keeper_1, url=example.url, at=at)
    found = fingerprint(peer, at)
    return confirm_peer(actor=node.keeper_2, name=peer.name, fingerprint=found, at=at)


@contextmanager
def delivering(peer):
    """Messages to the peer leave while this lasts."""
    from linking.services.deliver_messages import deliver_messages

    stop = threading.Event()

    def deliver():
        while not stop.wait(0.05):
            deliver_messages(peer.pk, clock=timezone.now)
        connections.close_all()

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
