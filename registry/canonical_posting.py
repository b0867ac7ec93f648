"""The canonical bytes of a posting: what is promised to the log, and what an auditor recomputes.

Everything comes from the ledger's rows, so the bytes can be derived again at any time. Accounts
and entities appear as digests under the posting's own salt: who knows the salt and the account
can check an entry, others learn nothing and can not link two postings. docs/canonical-posting.md
describes each field.
"""

import hashlib
import hmac
from datetime import UTC

from . import canonical
from .models import Holding, Issuance, Posting, Use

FORMAT = "concord-posting-1"


def hidden(salt, kind, value):
    """A confidential value as text: HMAC-SHA256 under the salt, of its kind, a zero byte and it."""
    if value is None:
        return None
    message = f"{kind}\0{value}".encode()
    return hmac.new(bytes(salt), message, hashlib.sha256).hexdigest()


def document(posting_id) -> dict:
    """What a posting did, with confidential parts hidden.   Raises: Posting.DoesNotExist."""
    posting = Posting.objects.select_related("transaction__type", "message").get(pk=posting_id)
    moved = posting.transaction
    return {
        "format": FORMAT,
        "posting": str(posting.pk),
        "kind": posting.kind,
        "recorded_at": posting.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "transaction": str(moved.pk),
        "type": moved.type.code,
        "type_version": moved.type.version,
        "request": bytes(moved.request_hash).hex(),
        "payload": moved.payload_hash and bytes(moved.payload_hash).hex(),
        "reverses": moved.reverses_id and str(moved.reverses_id),
        "message": posting.message and bytes(posting.message.digest).hex(),
        "closed": _blocks(Holding.objects.filter(closed_by=posting), posting.salt),
        "opened": _blocks(Holding.objects.filter(opened_by=posting), posting.salt),
        "issued": _issued(posting),
        "used": _used(posting),
    }


def posting_bytes(posting_id) -> bytes:
    """The canonical JSON (RFC 8785) of the posting's document."""
    return canonical.encode(document(posting_id))


def _blocks(holdings, salt):
    rows = holdings.order_by("registry__code", "unit_type__code", "first").values_list(
        "registry__code", "unit_type__code", "first", "last", "account__number"
    )
    return [
        [registry, unit_type, str(first), str(last), hidden(salt, "account", account)]
        for registry, unit_type, first, last, account in rows
    ]


def _issued(posting):
    return [
        {
            "unit_type": issuance.unit_type.code,
            "first": str(issuance.first),
            "last": str(issuance.last),
            "vintage": issuance.vintage_label,
            "vintage_from": issuance.vintage_from.isoformat(),
            "vintage_to": issuance.vintage_to.isoformat(),
            "usable_until": issuance.usable_until and issuance.usable_until.isoformat(),
            "legal_basis": issuance.legal_basis,
            "project": issuance.project,
            "activity": issuance.activity,
            "sector": issuance.sector,
            "mitigation_type": issuance.mitigation_type,
        }
        for issuance in Issuance.objects.filter(posting=posting)
        .select_related("unit_type")
        .order_by("unit_type__code", "first")
    ]


def _used(posting):
    rows = (
        Use.objects.filter(posting=posting)
        .order_by("registry__code", "unit_type__code", "first")
        .values_list(
            "registry__code",
            "unit_type__code",
            "first",
            "last",
            "kind",
            "period",
            "entity__code",
            "credited_tonnes",
            "factor_version",
        )
    )
    return [
        [
            registry,
            unit_type,
            str(first),
            str(last),
            kind,
            period,
            hidden(posting.salt, "entity", entity),
            str(credited),
            factor,
        ]
        for registry, unit_type, first, last, kind, period, entity, credited, factor in rows
    ]
