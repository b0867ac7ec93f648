"""Issuances without a signature that stands: a second after the posting there should be none."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Min
from django.db.models.functions import Now

from registry.models import Issuance, IssuanceSigner

# Whoever asks for the node's health does not wait until a million are counted.
COUNTED = 10_000

# A signature stands unless its key was revoked by the moment at which it was made. OFFSET keeps the
# inner query what it is, a look into an index for each issuance in the order of postings: as a join
# it is planned for as few signatures as there were when statistics were last gathered.
UNSIGNED = """
SELECT i.id, i.posting_id FROM registry_issuance i
JOIN registry_unittype u ON u.id = i.unit_type_id
WHERE i.posting_id > %(after)s AND u.registry_id <> ALL (%(without)s::bigint[])
    AND NOT EXISTS (
        SELECT FROM registry_issuancesignature s
        WHERE s.issuance_id = i.id AND NOT EXISTS (
            SELECT FROM registry_keyrecord k
            WHERE k.id = s.key_id AND k.revoked_at <= s.signed_at)
        OFFSET 0)
ORDER BY i.posting_id, i.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Unsigned:
    """How many wait for a signature, up to COUNTED, and how long the oldest of these has."""

    count: int
    oldest: timedelta | None


def unsigned(*, after: int, limit: int, without=()) -> list[int]:
    """The next issuances to sign, of postings with an id beyond `after`, in their order.

    `without` has the ids of registries that are left out.
    """
    with connection.cursor() as cursor:
        parameters = {"after": after, "limit": limit, "without": list(without)}
        cursor.execute(UNSIGNED, parameters)
        return [issuance_id for issuance_id, _posting_id in cursor.fetchall()]


def waiting() -> Unsigned:
    """What the signer has still to sign."""
    through = IssuanceSigner.objects.values_list("through", flat=True).get()
    ids = unsigned(after=through, limit=COUNTED)
    oldest = Issuance.objects.filter(pk__in=ids[:1]).aggregate(
        age=Now() - Min("posting__recorded_at")
    )
    return Unsigned(len(ids), oldest["age"])
