"""Certificates of blocks: a registry's signature over an issuance, and a range inside it."""

from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.certificates import documents
from registry.errors import Failure, NotFound, RuleViolated, Unavailable
from registry.models import Issuance, IssuanceSignature

from . import blocks


def certificate(actor, *, unit_type, first, last) -> dict:
    """The certificate of the serials first..last of one issuance.

    It proves where the units come from, not that anybody still holds them. It is for whoever may
    read the ledger of a registry that issued the units or where they are held.

    Raises: NotPermitted, NotFound (SERIALS_NOT_ISSUED), RuleViolated (SEVERAL_ISSUANCES),
    Unavailable (ISSUANCE_NOT_SIGNED).
    """
    _require_readable(actor, unit_type, first, last)
    (issuance,) = _require_one(issuances(unit_type.pk, first, last, limit=2), first, last)
    return of_issuance(issuance, first=first, last=last)


def of_issuance(issuance, *, first, last) -> dict:
    """The certificate of a range that lies inside an issuance.

    Raises: Unavailable (ISSUANCE_NOT_SIGNED).
    """
    found = (
        IssuanceSignature.objects.filter(issuance=issuance)
        .select_related("key")
        .order_by("-pk")
        .first()
    )
    # A signature that a revocation made void proves nothing; another one is being made.
    is_void = found and found.key.revoked_at and found.key.revoked_at <= found.signed_at
    if found is None or is_void:
        raise Unavailable(
            Failure(
                "ISSUANCE_NOT_SIGNED",
                _("The issuance has no signature yet."),
                _("Ask again in a few seconds; if it stays so, see the node's health."),
                data={"issuance": str(issuance.pk)},
            )
        )
    signed = documents.issuance(issuance, key=found.key, signed_at=found.signed_at)
    return documents.certificate(signed, bytes(found.signature), first=first, last=last)


def issuances(unit_type_id, first, last, *, limit) -> list[Issuance]:
    """The issuances on this node that have any of the serials, in their order."""
    # By the index on the last serial: of issuances, which exclude each other, the ends follow
    # each other as the beginnings do.
    rows = (
        Issuance.objects.filter(unit_type_id=unit_type_id, last__gte=first, posting__isnull=False)
        .select_related("unit_type__registry", "posting")
        .order_by("last")[:limit]
    )
    return [issuance for issuance in rows if issuance.first <= last]


def _require_readable(actor, unit_type, first, last):
    readable = permissions.readable_registries(actor)
    if readable is None or unit_type.registry_id in readable:
        return
    held = blocks.at_serials(actor, unit_type_id=unit_type.pk, first=first, last=last, limit=1)
    if not held:
        raise not_issued(first, last)


def _require_one(found, first, last):
    if len(found) > 1:
        raise RuleViolated(
            Failure(
                "SEVERAL_ISSUANCES",
                _("These serials were issued in several acts, each of which has a signature."),
                _("Ask for the serials of one issuance; the first of them ends as told here."),
                data={"first": str(max(first, found[0].first)), "last": str(found[0].last)},
            )
        )
    if not found or not found[0].first <= first <= last <= found[0].last:
        raise not_issued(first, last)
    return found


def not_issued(first, last) -> NotFound:
    """The error for serials that no issuance has, or none that this actor may know of."""
    return NotFound(
        Failure(
            "SERIALS_NOT_ISSUED",
            _("Not all of these serials were issued on this node, or not for you to see."),
            _("Ask the node of the registry that issued them."),
            data={"first": str(first), "last": str(last)},
        )
    )
