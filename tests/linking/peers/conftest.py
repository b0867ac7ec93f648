"""Two system administrators of this node, and another node that it has pinned."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from tests.linking.conftest import administrator
from tests.linking.peers.nodes import OtherNode, later, reached


def system_administrator(name):
    from registry.actors import actor_for
    from registry.models import Person, RoleAssignment

    person = Person.objects.create(username=name, password="!")
    RoleAssignment.objects.create(person=person, role="system_administrator", registry=None)
    return actor_for(person)


@pytest.fixture
def node(world, keys_dir, settings, monkeypatch):
    """This node with its keys and two system administrators."""
    from registry.keys.node import node_name
    from registry.services.signing_keys import ensure_keys

    monkeypatch.setitem(settings.CONCORD, "PEER_NETWORKS", ["127.0.0.0/8"])
    at = timezone.now()
    ensure_keys(at=later(at, days=-1))
    return SimpleNamespace(
        at=at,
        name=node_name(),
        world=world,
        keeper_1=system_administrator("keeper_1"),
        keeper_2=system_administrator("keeper_2"),
    )


@pytest.fixture
def other(node):
    """The other node, of which this one knows nothing yet."""
    return OtherNode(later(node.at, days=-1))


@pytest.fixture
def pinned(node, other):
    """The other node, introduced by one person and confirmed by another."""
    pin(node, other)
    return other


@pytest.fixture
def korea(node):
    """An administrator of the registry that this node keeps."""
    return administrator(node.world, node.world.home, "korea")


@pytest.fixture
def wire():
    """What the other node's requests come by."""
    return Client(raise_request_exception=False)


def pin(node, other):
    """The peer's row."""
    from linking.services.introduce_peer import confirm_peer, introduce_peer

    with reached(other):
        found = introduce_peer(actor=node.keeper_1, url=other.url, at=node.at)
    return confirm_peer(
        actor=node.keeper_2,
        name=found.name,
        fingerprint=fingerprint(found, node.at),
        at=node.at,
    )


def fingerprint(peer, at):
    from linking.selectors import peers

    return peers.card_of(peer).fingerprint(at)
