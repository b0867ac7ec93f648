"""What a party on another node does to an agreement, as its node tells it.

A text comes with the keys of all parties: those of registries on this node must be in force here,
and those of others must be known as their nodes' keys. So nobody is held to a key of a stranger.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from linking import documents
from linking.cards import in_force
from linking.errors import failure
from linking.models import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Comment,
    PeerKey,
    PeerRegistry,
)
from linking.selectors import agreements, peers
from registry import canonical, turns
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted
from registry.keys import jwk, signing, text_forms
from registry.keys.algorithms import ALGORITHMS, ED25519
from registry.models import KeyRecord, Registry

from .change_edge import Act, write_change
from .propose_version import Proposal, write_version
from .reject_version import write_rejection
from .return_in_flight import return_over
from .sign_version import write_signature
from .take_in import actor_of_links
from .tell_parties import pinned_key, require_free, said_of_change, said_of_rejection

MEMBERS = {"format", "agreement", "version", "parties", "title", "clauses", "edges"}
# So long the text that a message is about may come after it.
PATIENCE = timedelta(days=1)
OF_A_PARTY = {"registry", "jurisdiction", "key"}


def version_received(peer, row, message, at) -> None:
    """A text that a party of the peer's proposes, with what was signed so far.

    The agreement begins with it where there is none yet.

    Raises: InvalidInput (TEXT_MALFORMED, KEY_NOT_PINNED and all findings of a text), NotFound
    (UNKNOWN_REGISTRY), NotPermitted (NOT_A_PARTY, EDGE_OF_ANOTHER), Conflict (VERSION_EXISTS).
    """
    said = _read(message.body["text"])
    entries = {entry["registry"]: entry for entry in said["parties"]}
    turns.take(f"linking_agreement_of_{said['agreement']}")
    of = Agreement.objects.filter(code=said["agreement"]).first()
    keys = _keys(peer, entries, at)
    if of is None:
        of = _begin(said["agreement"], entries, keys, at)
    parties = {each.registry.code: each for each in _parties(of)}
    if parties.keys() != entries.keys():
        raise InvalidInput(failure("TEXT_MALFORMED", reason="parties"))
    proposing = _party_of(peer, parties.values())
    version = of.versions.filter(number=said["version"]).first()
    if version is None:
        text = {name: said[name] for name in ("title", "clauses", "edges")}
        proposal = Proposal(
            of, proposing, text, _person(), at, (said["version"], message.body["text"])
        )
        version = write_version(proposal)
    elif version.canonical != message.body["text"]:
        raise Conflict(failure("VERSION_EXISTS", version=str(version.number)))
    for each in message.body["signatures"]:
        _sign(peer, of, version, each, at)


def signature_received(peer, row, message, at) -> None:
    """The signature of a party of the peer's under a text that this node has.

    Raises: as _meant; NotPermitted (NOT_A_PARTY), InvalidInput (SIGNED_ANOTHER_VERSION), Conflict
    (NOT_PROPOSED).
    """
    version = _meant(message, at)
    _sign(peer, version.agreement, version, message.body, at)


def comment_received(peer, row, message, at) -> None:
    """What a party of the peer's says about a text that this node has. It is kept also where the
    text has come into force, or was dropped, while the message was on its way.

    Raises: as _meant; NotPermitted (NOT_A_PARTY).
    """
    body = message.body
    version = _meant(message, at)
    Comment.objects.create(
        version=version,
        party=_kept_party(peer, version.agreement, body["party"]),
        person_id=_person(),
        clause=body["clause"],
        text=body["text"],
        at=datetime.fromisoformat(body["at"]),
    )


def rejection_received(peer, row, message, at) -> None:
    """That a party of the peer's rejects a text, signed by its registry. A text that was dropped
    meanwhile stays so.

    Raises: as _meant; NotPermitted (NOT_A_PARTY, MESSAGE_SIGNATURE_INVALID), Conflict
    (NOT_PROPOSED, SIGNATURE_BINDS).
    """
    body = message.body
    version = _meant(message, at)
    party = _kept_party(peer, version.agreement, body["party"])
    _verify(version, party, body, said_of_rejection(body), at)
    turns.take(f"linking_agreement_{version.agreement_id}")
    version.refresh_from_db(fields=["status"])
    if version.status == AgreementVersion.Status.DROPPED:
        return
    if version.status != AgreementVersion.Status.PROPOSED:
        raise Conflict(failure("NOT_PROPOSED"))
    require_free(version, party)
    since = datetime.fromisoformat(body["at"])
    write_rejection(version, party, body["reason"], _person(), since)


def change_received(peer, row, message, at) -> None:
    """A change of an edge that its acceptor has made, a registry of the peer's.

    Raises: NotFound (UNKNOWN_AGREEMENT, UNKNOWN_EDGE), NotPermitted (NOT_A_PARTY,
    MESSAGE_SIGNATURE_INVALID), RuleViolated (NOT_SUSPENDED).
    """
    body = message.body
    of = agreements.agreement(body["agreement"])
    edge = agreements.edge_in_force(of, body["edge"])
    party = of.parties.select_related("registry").get(jurisdiction_id=edge.acceptor_id)
    _require_kept(peer, party)
    _verify(edge.version, party, body, said_of_change(body["agreement"], body), at)
    since = datetime.fromisoformat(body["at"])
    if of.changes.filter(edge_id=edge.edge_id, at=since, state=body["state"]).exists():
        return
    until = body["grace_until"] and date.fromisoformat(body["grace_until"])
    act = Act(body["state"], body["cause"][:40], "", until)
    return_over(write_change((of, edge, party), _person(), act, since), at=at)


def _meant(message, at):
    """The text that a message is about.

    One that is still on its way, from the node of a third party, is waited for.

    Raises: NotFound (UNKNOWN_AGREEMENT), InvalidInput (SIGNED_ANOTHER_VERSION), Conflict
    (TEXT_NOT_HERE_YET).
    """
    body = message.body
    rows = AgreementVersion.objects.filter(agreement__code=body["agreement"])
    last = rows.aggregate(last=Max("number"))["last"] or 0
    if body["version"] > last and at - message.sent_at < PATIENCE:
        raise Conflict(failure("TEXT_NOT_HERE_YET", version=str(body["version"])))
    agreements.agreement(body["agreement"])
    found = rows.select_related("agreement").filter(number=body["version"]).first()
    if found is None or bytes(found.digest).hex() != body["digest"]:
        raise InvalidInput(failure("SIGNED_ANOTHER_VERSION", version=str(body["version"])))
    return found


def _read(text):
    """The document of a text that is in its canonical form.   Raises: InvalidInput."""
    try:
        said = canonical.read_object(text.encode(), at_most=len(text) * 4)
        plain = canonical.encode(said).decode() == text
    except (ValueError, RecursionError) as error:
        raise InvalidInput(failure("TEXT_MALFORMED", reason=str(error)[:100])) from error
    if not plain or said.keys() != MEMBERS or said["format"] != documents.FORMAT:
        raise InvalidInput(failure("TEXT_MALFORMED", reason="form"))
    listed, number = said["parties"], said["version"]
    well_formed = (
        isinstance(listed, list)
        and all(isinstance(each, dict) and each.keys() == OF_A_PARTY for each in listed)
        and all(isinstance(each["key"], dict) for each in listed)
        and all(
            isinstance(each[name], str) for each in listed for name in ("registry", "jurisdiction")
        )
        and len({each["registry"] for each in listed}) == len(listed) > 1
        and type(number) is int
        and 0 < number < 2**31
        and isinstance(said["agreement"], str)
        and 0 < len(said["agreement"]) <= 40
    )
    if not well_formed:
        raise InvalidInput(failure("TEXT_MALFORMED", reason="parties"))
    return said


def _keys(peer, entries, at):
    """The public keys of the parties, by registry, none for those on this node.

    Raises: NotFound (UNKNOWN_REGISTRY), InvalidInput (KEY_NOT_PINNED).
    """
    found = {row.code: row for row in Registry.objects.filter(code__in=list(entries))}
    keys = {}
    for code, entry in entries.items():
        if code not in found:
            raise NotFound(failure("UNKNOWN_REGISTRY", registry=code[:40]))
        kid = _named(entry["key"])
        if found[code].hosted:
            own = signing.signing_key(KeyRecord.Purpose.ISSUANCE, registry_id=found[code].pk, at=at)
            known, keys[code] = own.key_id == kid, None
        else:
            row = PeerKey.objects.filter(
                registry=found[code], purpose="issuance", key_id=str(kid)[:43]
            ).first()
            known = row is not None and in_force(row, at)
            keys[code] = row and bytes(row.public_key)
        if not known:
            raise InvalidInput(failure("KEY_NOT_PINNED", registry=code[:40]))
    return keys


def _named(key):
    """The id of a key in a text, which is its thumbprint: else it would be another's name.

    Raises: InvalidInput (TEXT_MALFORMED).
    """
    try:
        kid = jwk.thumbprint(*jwk.from_jwk(key))
    except ValueError as error:
        raise InvalidInput(failure("TEXT_MALFORMED", reason=str(error)[:100])) from error
    if key.get("kid") != kid:
        raise InvalidInput(failure("TEXT_MALFORMED", reason="kid"))
    return kid


def _begin(code, entries, keys, at):
    """The agreement that a text of another node begins."""
    registries = Registry.objects.filter(code__in=list(entries)).select_related("jurisdiction")
    if any(row.jurisdiction.code != entries[row.code]["jurisdiction"] for row in registries):
        raise InvalidInput(failure("TEXT_MALFORMED", reason="jurisdictions"))
    if not any(row.hosted for row in registries):
        raise NotPermitted(failure("NOT_A_PARTY"))
    made = Agreement.objects.create(code=code, created_by_id=_person(), created_at=at)
    by_code = {row.code: row for row in registries}
    # In the order of the text, in which the parties of the next one are listed as well.
    for name in entries:
        row = by_code[name]
        AgreementParty.objects.create(
            agreement=made,
            jurisdiction_id=row.jurisdiction_id,
            registry=row,
            public_key=keys[name],
        )
    return made


def _parties(of):
    return of.parties.select_related("jurisdiction", "registry").order_by("id")


def _party_of(peer, parties):
    """The first party whose registry the peer keeps.   Raises: NotPermitted (NOT_A_PARTY)."""
    kept = set(PeerRegistry.objects.filter(peer=peer).values_list("registry_id", flat=True))
    for party in parties:
        if party.registry_id in kept:
            return party
    raise NotPermitted(failure("NOT_A_PARTY"))


def _require_kept(peer, party):
    if not peers.keeps(peer, party.registry.code):
        raise NotPermitted(failure("NOT_A_PARTY"))


def _kept_party(peer, of, code):
    """The party with this code, whose registry the peer keeps.

    Raises: NotPermitted (NOT_A_PARTY).
    """
    party = _parties(of).filter(jurisdiction__code=code).first()
    if party is None:
        raise NotPermitted(failure("NOT_A_PARTY"))
    _require_kept(peer, party)
    return party


@transaction.atomic
def _sign(peer, of, version, told, at):
    party = _kept_party(peer, of, told["party"])
    # People sign here at the same moment, and the last signature brings the text into force.
    turns.take(f"linking_agreement_{of.pk}")
    version.refresh_from_db(fields=["status"])
    if version.signatures.filter(party=party).exists():
        return
    if version.status != "proposed":
        raise Conflict(failure("NOT_PROPOSED"))
    signature = text_forms.decode(told["signature"])
    write_signature(version, party, signature, _person(), at)


def _verify(version, party, told, said, at):
    """Raises: NotPermitted (MESSAGE_SIGNATURE_INVALID) where the party's registry has not signed
    what is said."""
    public_key = _key_of(version, party, told["key_id"], at)
    signature = text_forms.decode(told["signature"])
    if not ALGORITHMS[ED25519].verify(public_key, signature, canonical.encode(said)):
        raise NotPermitted(failure("MESSAGE_SIGNATURE_INVALID", key=told["key_id"]))


def _key_of(version, party, key_id, at):
    """The key of a party's registry: the one that the text pins, or one that has followed it.

    Raises: NotPermitted (MESSAGE_SIGNATURE_INVALID).
    """
    pinned = pinned_key(version, party)
    if pinned["kid"] == key_id:
        return text_forms.decode(pinned["x"])
    row = PeerKey.objects.filter(registry=party.registry, purpose="issuance", key_id=key_id).first()
    if row is None or not in_force(row, at):
        raise NotPermitted(failure("MESSAGE_SIGNATURE_INVALID", key=key_id))
    return bytes(row.public_key)


def _person():
    return actor_of_links().person_id
