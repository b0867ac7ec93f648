"""A link in use and another node, so that the pages about both have something to show."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from linking.models import (
    Agreement,
    InboxMessage,
    LinkEdge,
    OutboxMessage,
    Peer,
    PeerNotice,
    ReconciliationCase,
    ReconciliationRun,
    Transfer,
)
from linking.selectors import peers
from linking.selectors.digests import Pair
from linking.services.carry import carry_due
from linking.services.give_notice import Notice, give_notice
from linking.services.introduce_peer import confirm_peer, introduce_peer
from linking.services.open_case import open_case
from linking.services.reconcile import reconcile
from linking.services.transfer import Order, transfer
from registry import canonical
from registry.actors import actor_for
from registry.keys.node import node_name
from registry.models import Account, Person, Registry, UnitType
from registry.services.approve import approve
from registry.services.people import add_person, give_role, system_actor
from scenarios.services.load_links import load_links
from tests.linking.peers.nodes import OtherNode, reached

# PEER_NETWORKS that allow the other node.
NETWORKS = ["127.0.0.0/8"]
# Serials after those that crossed.
DIFFERING = [(1001, 1040)]


def furnish(client):
    """The city pilot with a transfer that has come, a comparison and a case; a node that was
    introduced, tells of maintenance, and has refused a message. `client` brings what it sends.

    The keys of the node must be there, and PEER_NETWORKS be `NETWORKS`.
    """
    at = timezone.now()
    load_links("city_pilot", at=at)
    one, two = (_keeper(f"keeper-{number}") for number in (1, 2))
    unit_type, partner = _crossed(one, two, at)
    reconcile(unit_type, partner, trigger="asked", at=at, clock=timezone.now)
    pair = Pair(unit_type.registry, partner, unit_type)
    open_case(pair, ReconciliationCase.Kind.NOT_ABROAD, DIFFERING, evidence={}, at=at)
    _neighbour(one, two, client, at)


def addresses():
    """name -> path of the pages about what `furnish` leaves."""
    edge = LinkEdge.objects.get(edge_id="BJ>TK", version__status="in_force")
    case, peer = ReconciliationCase.objects.get(), Peer.objects.get()
    of = {
        "agreement": Agreement.objects.get(pk=edge.version.agreement_id),
        "linkedge": edge,
        "transfer": Transfer.objects.get(),
        "reconciliationrun": ReconciliationRun.objects.get(),
        "reconciliationcase": case,
        "peer": peer,
        "outboxmessage": OutboxMessage.objects.get(state="refused"),
        "inboxmessage": InboxMessage.objects.latest("received_at"),
        "peernotice": PeerNotice.objects.latest("received_at"),
    }
    pages = {
        name: reverse(f"admin:linking_{name}_change", args=[row.pk]) for name, row in of.items()
    }
    lists = {f"{name}s": reverse(f"admin:linking_{name}_changelist") for name in of}
    return {
        **pages,
        **lists,
        "case-repair": reverse("admin:linking_reconciliationcase_act", args=[case.pk, "propose"]),
        "peer-introduce": reverse("admin:linking_peer_introduce"),
        "peer-test": reverse("admin:linking_peer_act", args=[peer.pk, "test"]),
        "this-node": reverse("admin:linking_peer_this_node"),
        "notice-send": reverse("admin:linking_peernotice_send"),
    }


def _keeper(username):
    """Who administers the node and every registry."""
    system = system_actor(username="keeper", display_name="keeper")
    made = add_person(actor=system, username=username, display_name=username, signs_in=True)
    for role in ("administrator", "system_administrator"):
        give_role(actor=system, person_id=made.pk, role=role)
    return actor_for(Person.objects.get(pk=made.pk))


def _crossed(one, two, at):
    """A transfer of Beijing's units to Tokyo, completed; what crossed, and where to."""
    source, destination = (
        Account.objects.get(holder__code=code, kind="operator") for code in ("EX-BJ-1", "EX-TK-1")
    )
    unit_type = UnitType.objects.get(code="BEA")
    order = Order(source.pk, destination.pk, unit_type.pk, 1000)
    row = transfer(actor=one, order=order, key="neighbours", at=at).transfer.source_transaction
    payload_hash = bytes(row.payload_hash)
    approve(actor=two, transaction_id=row.pk, payload_hash=payload_hash, at=at)
    assert carry_due(at=at) == 1
    return unit_type, Registry.objects.get(pk=destination.registry_id)


def _neighbour(one, two, client, at):
    """A node whose registry nobody knows here, pinned by two persons."""
    other = OtherNode(at - timedelta(days=1), registries=("XX-REG",))
    with reached(other):
        peer = introduce_peer(actor=one, url=other.url, at=at)
    fingerprint = peers.card_of(peer).fingerprint(at)
    confirm_peer(actor=two, name=peer.name, fingerprint=fingerprint, at=at)
    own = Notice("maintenance", at, at + timedelta(hours=2), "The database is moved.")
    give_notice(actor=one, notice=own, at=at)
    refusal = {"code": "MESSAGE_FOR_ANOTHER", "title": "The message is for another node."}
    OutboxMessage.objects.filter(kind="notice").update(state="refused", refusal=refusal)
    ends = canonical.instant(at + timedelta(hours=3))
    told = {"kind": "maintenance", "from": canonical.instant(at), "to": ends}
    told["text"] = "New disks are built in; transfers wait until they are."
    answer = other.tell(client, "notice", told, to=node_name(), at=at)
    assert answer.status_code == 200, answer.content
