"""Issuances without a signature that stands: a second after the posting there should be none."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now

from registry.models import Issuance, IssuanceSignature, IssuanceSigner

# Whoever asks for the node's health does not wait until a million are counted.
COUNTED = 10_000


@dataclass(frozen=True)
class Unsigned:
    """How many wait for a signature, up to COUNTED, and how long the oldest of these has."""

    count: int
    oldest: timedelta | None


def unsigned(*, after: int):
    """Issuances of postings with an id beyond `after` that have no signature that stands."""
    standing = IssuanceSignature.objects.filter(
        Q(key__revoked_at=None) | Q(key__revoked_at__gt=F("signed_at")),
        issuance=OuterRef("pk"),
        replaced_by=None,
    )
    return Issuance.objects.filter(~Exists(standing), posting_id__gt=after)


def waiting() -> Unsigned:
    """What the signer has still to sign."""
    rows = unsigned(after=IssuanceSigner.objects.values_list("through", flat=True).get())
    first = rows.order_by("posting_id", "pk").values_list("pk", flat=True)[:COUNTED]
    found = Issuance.objects.filter(pk__in=list(first)).aggregate(
        oldest=Now() - Min("posting__recorded_at")
    )
    return Unsigned(len(first), found["oldest"])
