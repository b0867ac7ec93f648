"""Sign a proposed version for a party; with the last signature it comes into force."""

from django.db import transaction

from linking import documents, permissions
from linking.errors import failure
from linking.lifecycle.states import OPEN
from linking.models import AgreementVersion, EdgeChange, VersionSignature
from linking.selectors import agreements
from registry import turns
from registry.errors import Conflict, InvalidInput
from registry.keys import text_forms
from registry.keys.algorithms import ALGORITHMS, ED25519
from registry.keys.provider import provider

from .restate import restate, scales_in_force
from .tell_parties import tell_signature


@transaction.atomic
def sign_version(*, actor, agreement, party, digest, signature=None, at) -> AgreementVersion:
    """Signs the version whose digest the actor has read.

    The key of a registry on this node signs here; the signature of a party whose registry another
    node keeps is given, and verified by the key that the text pins.

    Raises: NotPermitted (NOT_A_PARTY), NotFound, Conflict (NOT_PROPOSED, ALREADY_SIGNED),
    InvalidInput (SIGNED_ANOTHER_VERSION), KeyUnavailable.
    """
    of = agreements.agreement(agreement)
    signing = permissions.require_party(actor, of, party)
    turns.take(f"linking_agreement_{of.pk}")
    version = agreements.proposed(of)
    if version is None:
        raise Conflict(failure("NOT_PROPOSED"))
    if digest != bytes(version.digest):
        raise InvalidInput(failure("SIGNED_ANOTHER_VERSION", version=str(version.number)))
    if version.signatures.filter(party=signing).exists():
        raise Conflict(failure("ALREADY_SIGNED"))
    if signing.public_key is None:
        signature = provider().sign(_pinned(version, signing)["kid"], version.canonical.encode())
    row = write_signature(version, signing, signature or b"", actor.person_id, at)
    tell_signature(row, at=at)
    return version


def write_signature(version, party, signature, person_id, at) -> VersionSignature:
    """Keeps a signature by the key that the text pins; with the last one the text is in force.

    Raises: InvalidInput (SIGNED_ANOTHER_VERSION).
    """
    of = version.agreement
    key = _pinned(version, party)
    message = version.canonical.encode()
    public_key = text_forms.decode(key["x"])
    if not ALGORITHMS[ED25519].verify(public_key, signature, message):
        raise InvalidInput(failure("SIGNED_ANOTHER_VERSION", version=str(version.number)))
    row = VersionSignature.objects.create(
        version=version,
        party=party,
        person_id=person_id,
        key_id=key["kid"],
        signature=signature,
        signed_at=at,
    )
    if version.signatures.count() == of.parties.count():
        _enter_into_force(of, version, person_id, at)
    return row


def _pinned(version, party):
    """The key that the text pins for a party."""
    for entry in documents.content(version)["parties"]:
        if entry["registry"] == party.registry.code:
            return entry["key"]
    raise InvalidInput(failure("KEY_NOT_PINNED", registry=party.registry.code))


def _enter_into_force(of, version, person_id, at):
    """The version takes the place of the one before; new edges take the state that it gives."""
    scales = scales_in_force(agreements.in_force(of))
    of.versions.filter(status="in_force").update(status="replaced")
    restate(scales, scales_in_force(version))
    version.status, version.in_force_at = AgreementVersion.Status.IN_FORCE, at
    version.save(update_fields=["status", "in_force_at"])
    known = set(of.changes.values_list("edge_id", flat=True))
    for edge in version.edges.order_by("id"):
        if edge.edge_id not in known and edge.document["state"] in OPEN:
            EdgeChange.objects.create(
                agreement=of,
                edge_id=edge.edge_id,
                at=at,
                state=edge.document["state"],
                cause="in_force",
                by=version.proposed_by,
                person_id=person_id,
            )
