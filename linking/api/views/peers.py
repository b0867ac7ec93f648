"""Other nodes: introduced, confirmed by another person, paused, resumed, ended, spoken to."""

from django.utils import timezone
from rest_framework.response import Response

from linking import cards
from linking.api import forms, peer_documents, queries
from linking.models import Peer
from linking.selectors import peers
from linking.services import keep_peer
from linking.services.introduce_peer import confirm_peer, introduce_peer
from linking.services.make_card import make_card
from registry import permissions
from registry.api import schema as described
from registry.api.reading import read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first


def answer(actor, name):
    """The peer as it is now, after something was done with it."""
    document = peer_documents.WholePeerDocument(peers.find(actor, name))
    headers = {"Location": f"/api/v1/peers/{name}"}
    return Response(document.data, status=201, headers=headers)


@described.extend_schema_view(
    get=listed(
        "listPeers",
        "Other nodes, the last to be introduced first",
        peer_documents.PeerDocument,
        queries.Peers,
    ),
    post=written(
        "introducePeer",
        "Introduce another node by its address",
        peer_documents.WholePeerDocument,
        forms.PeerForm,
        description="Its card is fetched there and kept. Another system administrator confirms it.",
    ),
)
class Peers(Collection):
    document = peer_documents.PeerDocument
    scope = "manage"
    listed_by = queries.Peers
    is_of_registries = False

    def rows(self, actor, *, after, limit):
        return newest_first(peers.visible(actor).order_by("-pk"), after=after, limit=limit)

    def post(self, request):
        form = read_form(forms.PeerForm, request)
        made = introduce_peer(actor=request.actor, url=form["url"], at=timezone.now())
        return answer(request.actor, made.name)


@described.reads("getPeer", "One other node", peer_documents.WholePeerDocument)
class PeerThing(Thing):
    document = peer_documents.WholePeerDocument
    is_of_registries = False

    def find(self, actor, name):
        return peers.find(actor, name)


@described.extend_schema_view(
    post=written(
        "confirmPeer",
        "Pin another node whose fingerprint has been compared",
        peer_documents.WholePeerDocument,
        forms.FingerprintForm,
    )
)
class Confirmation(Resource):
    scope = "approve"

    def post(self, request, name):
        form = read_form(forms.FingerprintForm, request)
        given = {"fingerprint": form["fingerprint"], "at": timezone.now()}
        confirm_peer(actor=request.actor, name=name, **given)
        return answer(request.actor, name)


class Change(Resource):
    """The state that the exchange with a peer takes."""

    scope = "manage"
    state = None

    def post(self, request, name):
        read_form(forms.EmptyForm, request)
        keep_peer.set_state(actor=request.actor, name=name, state=self.state, at=timezone.now())
        return answer(request.actor, name)


def changed(name, summary):
    """Documents a change of the state."""
    document = peer_documents.WholePeerDocument
    return described.extend_schema_view(post=written(name, summary, document, forms.EmptyForm))


@changed("pausePeer", "Send nothing to another node, and have it wait with what it sends")
class Pause(Change):
    state = Peer.State.PAUSED


@changed("resumePeer", "Go on with another node after a pause")
class Resumption(Change):
    state = Peer.State.PINNED


@changed("endPeer", "End the exchange with another node for good")
class Ending(Change):
    state = Peer.State.ENDED


@described.extend_schema_view(
    post=written(
        "testPeer",
        "Send another node a test message",
        peer_documents.SentDocument,
        forms.TestForm,
    )
)
class Test(Resource):
    scope = "manage"

    def post(self, request, name):
        form = read_form(forms.TestForm, request)
        body = {"text": form["text"]}
        row = keep_peer.say(
            actor=request.actor, name=name, kind="test", body=body, at=timezone.now()
        )
        document = peer_documents.SentDocument(row)
        return Response(document.data, status=201, headers={"Location": f"/api/v1/peers/{name}"})


@described.reads("getNode", "This node, as others are told of it", peer_documents.NodeDocument)
class Node(Thing):
    document = peer_documents.NodeDocument
    reading_is_kept = False

    def find(self, actor):
        permissions.require_actor(actor)
        at = timezone.now()
        card = make_card(at=at)
        return {"card": card, "fingerprint": cards.read(card).fingerprint(at)}
