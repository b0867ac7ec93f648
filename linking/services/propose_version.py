"""Propose a text: the first of an agreement, or an amendment of the one in force."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Sum

from linking import documents, permissions
from linking.edges.findings import Finding
from linking.errors import failure, refused_document
from linking.models import Agreement, AgreementParty, AgreementVersion, LinkEdge
from linking.selectors import agreements
from registry import turns
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.keys import jwk, signing
from registry.keys.algorithms import ED25519
from registry.models import KeyRecord, LimitCounter

from .restate import scales_in_force
from .tell_parties import require_free, tell_version


@transaction.atomic
def propose_version(*, actor, agreement, party, said, at) -> AgreementVersion:
    """Proposes `said` (`title`, `clauses`, `edges`) for a party, in place of an earlier proposal.

    An amendment changes only edges that the party accepts itself. Every party pins the key that
    it signs with in the text.

    Raises: NotPermitted (NOT_A_PARTY, EDGE_OF_ANOTHER), NotFound, InvalidInput with all findings,
    KeyUnavailable.
    """
    of = agreements.agreement(agreement)
    proposing = permissions.require_party(actor, of, party)
    version = write_version(Proposal(of, proposing, said, actor.person_id, at))
    tell_version(version, at=at)
    return version


@dataclass(frozen=True)
class Proposal:
    """What a party proposes, by whom, and when. `written` is (number, canonical text) where another
    node has written it already."""

    of: Agreement
    party: AgreementParty
    said: dict
    person_id: int
    at: datetime
    written: tuple[int, str] | None = None


def write_version(proposal: Proposal) -> AgreementVersion:
    """The text that is proposed, in place of an earlier proposal.

    Raises: NotPermitted (EDGE_OF_ANOTHER), InvalidInput with all findings, RuleViolated
    (QUOTA_BELOW_USE), Conflict (VERSION_EXISTS, SIGNATURE_BINDS), KeyUnavailable.
    """
    of, proposing, said, at = proposal.of, proposal.party, proposal.said, proposal.at
    turns.take(f"linking_agreement_{of.pk}")
    parties = list(of.parties.select_related("jurisdiction", "registry").order_by("id"))
    edges, findings = documents.read_edges(said, agreements.known())
    places = {each.jurisdiction.code: each.jurisdiction_id for each in parties}
    outside = agreements.mechanisms()
    findings.extend(
        Finding("TOO_FEW_PARTIES", f"/edges/{number}")
        for number, edge in enumerate(edges)
        if edge is not None and not _joins(edge, places, outside)
    )
    if findings:
        raise refused_document(findings)
    earlier = agreements.proposed(of)
    if earlier is not None:
        require_free(earlier, proposing)
    _require_own(of, proposing, edges, said["edges"])
    _require_room(of, edges)
    last = of.versions.aggregate(last=Max("number"))["last"] or 0
    if proposal.written is None:
        number = last + 1
        canonical = _canonical(of, number, parties, said, at)
    else:
        number, canonical = proposal.written
    if number <= last:
        raise Conflict(failure("VERSION_EXISTS", version=str(number)))
    of.versions.filter(status="proposed").update(status="dropped")
    version = AgreementVersion.objects.create(
        agreement=of,
        number=number,
        canonical=canonical,
        digest=hashlib.sha256(canonical.encode()).digest(),
        proposed_by=proposing,
        proposer_id=proposal.person_id,
        proposed_at=at,
    )
    LinkEdge.objects.bulk_create(
        LinkEdge(
            version=version,
            edge_id=edge.edge_id,
            source_id=(outside | places)[edge.source],
            acceptor_id=places[edge.acceptor],
            document=document,
        )
        for edge, document in zip(edges, said["edges"], strict=True)
    )
    return version


def _joins(edge, places, outside):
    """Whether an edge is between parties; a mechanism outside signs nothing that recognises it."""
    if edge.acceptor not in places:
        return False
    return edge.source in places or (edge.form == "indirect" and edge.source in outside)


def _canonical(of, number, parties, said, at):
    """Raises: InvalidInput for what has no canonical form."""
    keys = [{"registry": p.registry.code, "jurisdiction": p.jurisdiction.code, "key": _key(p, at)}
            for p in parties]  # fmt: skip
    try:
        return documents.built(code=of.code, number=number, parties=keys, said=said)
    except ValueError as error:
        wrong = Finding("WRONG_TYPE", "", {"reason": str(error)[:200]})
        raise refused_document([wrong]) from error


def _key(party, at):
    """The public key that a party signs with, as a JWK with its name."""
    if party.public_key is not None:
        algorithm, public_key = ED25519, bytes(party.public_key)
    else:
        record = signing.signing_key(
            KeyRecord.Purpose.ISSUANCE, registry_id=party.registry_id, at=at
        )
        algorithm, public_key = record.algorithm, bytes(record.public_key)
    return {"kid": jwk.thumbprint(algorithm, public_key), **jwk.public_jwk(algorithm, public_key)}


def _require_own(of, party, edges, said):
    """Raises: NotPermitted (EDGE_OF_ANOTHER) where an edge of another acceptor would change."""
    before = agreements.in_force(of)
    if before is None:
        return
    old = {row.edge_id: row.document for row in before.edges.all()}
    new = {edge.edge_id: document for edge, document in zip(edges, said, strict=True)}
    foreign = []
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        acceptors = {document["acceptor"] for document in (one, other) if document is not None}
        if one != other and acceptors != {party.jurisdiction.code}:
            foreign.append(failure("EDGE_OF_ANOTHER", edge=name))
    if foreign:
        raise NotPermitted(*foreign)


def _require_room(of, edges):
    """Raises: RuleViolated (QUOTA_BELOW_USE) where more than a new limit is used already."""
    scales, short = scales_in_force(agreements.in_force(of)), []
    for edge in edges:
        for number, quota in enumerate(edge.quotas):
            pool = f"link:{edge.edge_id}:{number}"
            if quota.base != "absolute" or pool not in scales:
                continue
            used = LimitCounter.objects.filter(pool=pool, entity=None).order_by().values("period")
            most = quota.limit(None) * scales[pool]
            if used.annotate(used=Sum("used_t")).filter(used__gt=most).exists():
                short.append(failure("QUOTA_BELOW_USE", edge=edge.edge_id, quota=str(number)))
    if short:
        raise RuleViolated(*short)
