"""What a party on this node does to an agreement is told to the nodes of the other parties.

Nothing is told of a party whose node is not pinned here: its people are shown the text by another
way, and what they sign is entered by hand.
"""

from linking import documents
from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import Peer
from registry import canonical
from registry.errors import Conflict
from registry.keys import signing, text_forms
from registry.models import KeyRecord

from .post_message import post_message

CHANGE_FORMAT = "concord-edge-change-1"
REJECTION_FORMAT = "concord-rejection-1"


def tell_version(version, *, at) -> None:
    """A text that a party on this node has proposed, with what was signed so far."""
    if not version.proposed_by.registry.hosted:
        return
    signatures = [
        _signed(row)
        for row in version.signatures.select_related("party__jurisdiction").order_by("id")
    ]
    body = {"text": version.canonical, "signatures": signatures}
    _tell(version.agreement, Kind.VERSION, body, at)


def tell_signature(row, *, at) -> None:
    """The signature of a party on this node under a text."""
    if not row.party.registry.hosted:
        return
    body = {**_text(row.version), **_signed(row)}
    _tell(row.version.agreement, Kind.SIGNATURE, body, at)


def tell_comment(row, *, at) -> None:
    """What a party on this node says about a text."""
    if not row.party.registry.hosted:
        return
    body = {**_text(row.version), **_by(row), "clause": row.clause, "text": row.text}
    _tell(row.version.agreement, Kind.COMMENT, body, at)


def tell_rejection(row, *, at) -> None:
    """That a party on this node rejects a text, signed by its registry."""
    of, registry = row.version.agreement, row.party.registry
    if not registry.hosted or not _peers(of).exists():
        return
    told = {**_text(row.version), **_by(row), "reason": row.reason}
    signed = _signed_by(registry, said_of_rejection(told), at)
    _tell(of, Kind.REJECTION, {**told, **signed}, at)


def require_free(version, party) -> None:
    """That a party has not signed a version that awaits signatures, or that nobody else can know
    of its signature: elsewhere the last one may have brought the version into force already.

    Raises: Conflict (SIGNATURE_BINDS).
    """
    signed = version.signatures.filter(party=party).exists()
    if signed and _peers(version.agreement).exists():
        raise Conflict(failure("SIGNATURE_BINDS", version=str(version.number)))


def tell_change(change, *, at) -> None:
    """A change of an edge that its acceptor, on this node, has made; the edge the other way follows
    on each node by itself."""
    if not change.by.registry.hosted or not _peers(change.agreement).exists():
        return
    said = said_of_change(
        change.agreement.code,
        {
            "edge": change.edge_id,
            "at": canonical.instant(change.at),
            "state": change.state,
            "cause": change.cause,
            "grace_until": change.grace_until and change.grace_until.isoformat(),
        },
    )
    signed = _signed_by(change.by.registry, said, at)
    said.pop("format")
    _tell(change.agreement, Kind.EDGE_CHANGE, {**said, **signed}, at)


def said_of_change(agreement, told) -> dict:
    """What the acceptor's registry signs of a change of an edge."""
    names = ("edge", "at", "state", "cause", "grace_until")
    return {
        "format": CHANGE_FORMAT,
        "agreement": agreement,
        **{name: told[name] for name in names},
    }


def said_of_rejection(told) -> dict:
    """What a party's registry signs of the rejection of a text."""
    names = ("agreement", "version", "digest", "party", "at", "reason")
    return {"format": REJECTION_FORMAT, **{name: told[name] for name in names}}


def pinned_key(version, party) -> dict | None:
    """The key that the text pins for a party, as a JWK with its name."""
    for entry in documents.content(version)["parties"]:
        if entry["registry"] == party.registry.code:
            return entry["key"]
    return None


def _signed(row):
    return {
        "party": row.party.jurisdiction.code,
        "key_id": row.key_id,
        "signature": text_forms.encode(bytes(row.signature)),
    }


def _signed_by(registry, said, at):
    """The signature of a registry on this node over a document, and the key."""
    key = signing.usable_key(KeyRecord.Purpose.ISSUANCE, registry_id=registry.pk, at=at)
    signature = signing.sign(key, canonical.encode(said))
    return {"key_id": key.key_id, "signature": text_forms.encode(signature)}


def _text(version):
    """Which text is meant."""
    return {
        "agreement": version.agreement.code,
        "version": version.number,
        "digest": bytes(version.digest).hex(),
    }


def _by(row):
    """Who said something, and when."""
    return {"party": row.party.jurisdiction.code, "at": canonical.instant(row.at)}


def _peers(agreement):
    """The pinned nodes that keep a registry of another party."""
    return Peer.objects.filter(
        registries__registry__agreements__agreement=agreement,
        state__in=(Peer.State.PINNED, Peer.State.PAUSED),
    ).distinct()


def _tell(agreement, kind, body, at):
    for peer in _peers(agreement).order_by("pk"):
        post_message(peer, kind, body, at=at)
