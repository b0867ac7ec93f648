"""Sign what was issued: each issuance once, by the key of its registry."""

from datetime import datetime

from django.db import transaction

from registry import canonical, posting, turns
from registry.certificates import documents
from registry.errors import KeyUnavailable
from registry.keys import signing
from registry.models import Issuance, IssuanceSignature, IssuanceSigner, KeyRecord, Sequencer
from registry.selectors.unsigned import unsigned

# About a second's work, so that whoever waits behind it in the queue waits no longer.
BATCH = 2000
TURN = "registry_sign_issuances"


def sign_issuances(*, at: datetime, limit: int = BATCH) -> int:
    """Signs at most `limit` issuances that have no signature that stands; how many it signed.

    The oldest come first. A registry whose key is not to be had does not hold up the others, and
    is told at the end. It is nobody's act: what was issued is signed, and no right is asked for.

    Raises: KeyUnavailable, after what could be signed is.
    """
    with transaction.atomic():
        turns.take(TURN)
        signer = IssuanceSigner.objects.get()
        # Read first: no statement after this one misses an issuance up to here.
        watermark = Sequencer.objects.values_list("watermark", flat=True).get()
        issuances, keys, failures = _waiting(signer.through, limit, at)
        _sign(issuances, keys, at)
        if not failures:
            _advance(signer, watermark, issuances if len(issuances) == limit else None)
    if failures:
        raise KeyUnavailable(*failures)
    return len(issuances)


def sign_all(clock) -> int:
    """Signs until nothing waits, a batch at a time; how many that were.

    `clock` gives the moment of each batch.

    Raises: KeyUnavailable.
    """
    total = 0
    while count := sign_issuances(at=clock()):
        total += count
    return total


def _waiting(after, limit, at):
    """The next issuances to sign, the keys of their registries, and why other registries have none.

    The issuances come in the order of postings, with all that a signed document tells.
    """
    keys: dict[int, KeyRecord | None] = {}
    failures = []
    rows = Issuance.objects.select_related("unit_type__registry", "posting")
    while True:
        without = [registry_id for registry_id, key in keys.items() if key is None]
        ids = unsigned(after=after, limit=limit, without=without)
        found = list(rows.filter(pk__in=ids).order_by("posting_id", "pk"))
        unknown = {issuance.unit_type.registry_id for issuance in found} - keys.keys()
        if not unknown:
            return found, keys, failures
        for registry_id in unknown:
            try:
                keys[registry_id] = signing.usable_key("issuance", registry_id=registry_id, at=at)
            except KeyUnavailable as error:
                keys[registry_id] = None
                failures += error.failures


def _sign(issuances, keys, at):
    # Whatever signatures these have are void; a new one replaces the newest.
    void = dict(
        IssuanceSignature.objects.filter(issuance__in=[issuance.pk for issuance in issuances])
        .order_by("pk")
        .values_list("issuance_id", "pk")
    )
    with posting.explained():
        IssuanceSignature.objects.bulk_create(
            [
                _signature(issuance, keys[issuance.unit_type.registry_id], at, void)
                for issuance in issuances
            ]
        )


def _signature(issuance, key, at, void):
    signed = documents.issuance(issuance, key=key, signed_at=at)
    return IssuanceSignature(
        issuance=issuance,
        key=key,
        signature=signing.sign(key, canonical.encode(signed)),
        signed_at=at,
        replaces_id=void.get(issuance.pk),
    )


def _advance(signer, watermark, full_batch):
    """Moves on over issuances that are all signed, where no other can still appear.

    Behind a full batch more may wait, from its last posting on.
    """
    through = min(watermark, full_batch[-1].posting_id - 1) if full_batch else watermark
    if Issuance.objects.filter(posting_id__gt=signer.through, posting_id__lte=through).exists():
        IssuanceSigner.objects.filter(pk=signer.pk).update(through=through)
