"""What is compared between a registry and a partner, from the ledger as of a position.

Every answer is given under the turn of the pass that keeps the digests, so that sums and position
are of one moment.
"""

from dataclasses import dataclass

from django.db import connection

from linking.digests.grid import ROOT
from linking.digests.points import Points, type_key
from linking.digests.view import View
from linking.models import DigestNode, DigestPass
from registry.models import Registry, UnitType

TURN = "linking_digests"

# Postings after a position, also those that have no position yet.
LATER = """
later AS (
    SELECT posting_id FROM registry_position WHERE position > %(since)s
    UNION ALL
    SELECT p.id FROM registry_posting p
    WHERE p.id > (SELECT watermark FROM registry_sequencer)
        AND NOT EXISTS (SELECT FROM registry_position q WHERE q.posting_id = p.id))
"""
PLACED = """
later AS (
    SELECT posting_id FROM registry_position
    WHERE position > %(since)s AND position <= %(until)s)
"""
# Runs that came (1) and went (-1) by these postings, by pair. A mirror is kept abroad for units
# that stay in the partner's account: abroad they count as if they were held.
CHANGES = """
SELECT h.registry_id, CASE WHEN h.is_foreign THEN u.registry_id ELSE a.stands_for_id END,
    h.unit_type_id, h.first, h.last, 1
FROM later JOIN registry_holding h ON h.opened_by_id = later.posting_id
JOIN registry_account a ON a.id = h.account_id JOIN registry_unittype u ON u.id = h.unit_type_id
WHERE h.is_foreign OR a.kind = 'partner'
UNION ALL
SELECT h.registry_id, CASE WHEN h.is_foreign THEN u.registry_id ELSE a.stands_for_id END,
    h.unit_type_id, h.first, h.last, -1
FROM later JOIN registry_holding h ON h.closed_by_id = later.posting_id
JOIN registry_account a ON a.id = h.account_id JOIN registry_unittype u ON u.id = h.unit_type_id
WHERE h.is_foreign OR a.kind = 'partner'
UNION ALL
SELECT d.registry_id, u.registry_id, l.unit_type_id, l.first, l.first + l.quantity - 1, 1
FROM later JOIN registry_transaction d ON d.posting_id = later.posting_id
JOIN linking_transfer t ON t.destination_transaction_id = d.id AND t.method = 'escrow_mirror'
JOIN registry_transactionline l ON l.transaction_id = t.source_transaction_id
JOIN registry_unittype u ON u.id = l.unit_type_id
UNION ALL
SELECT d.registry_id, u.registry_id, t.unit_type_id, (b ->> 0)::bigint, (b ->> 1)::bigint, 1
FROM later JOIN registry_transaction d ON d.posting_id = later.posting_id
JOIN linking_transfer t ON t.destination_transaction_id = d.id AND t.method = 'escrow_mirror'
    AND t.source_transaction_id IS NULL
JOIN linking_inboxmessage m ON m.transfer = t.uuid AND m.kind = 'committed'
CROSS JOIN jsonb_array_elements(m.text::jsonb -> 'body' -> 'blocks') b
JOIN registry_unittype u ON u.id = t.unit_type_id
"""
# Open blocks with an end in [low, high): those that begin there, and the one before.
OPEN = """
SELECT h.first, h.last, 1 FROM (
    (SELECT first, last, account_id FROM registry_holding
     WHERE registry_id = %(keeper)s AND unit_type_id = %(unit_type)s AND closed_by_id IS NULL
         AND first >= %(low)s AND first < %(high)s)
    UNION ALL
    (SELECT first, last, account_id FROM registry_holding
     WHERE registry_id = %(keeper)s AND unit_type_id = %(unit_type)s AND closed_by_id IS NULL
         AND first < %(low)s ORDER BY first DESC LIMIT 1)) h
WHERE NOT %(is_home)s OR h.account_id IN (
    SELECT id FROM registry_account
    WHERE registry_id = %(keeper)s AND stands_for_id = %(partner)s)
UNION ALL
SELECT l.first, l.first + l.quantity - 1, 1
FROM linking_transfer t JOIN registry_transaction d ON d.id = t.destination_transaction_id
JOIN registry_transactionline l ON l.transaction_id = t.source_transaction_id
WHERE NOT %(is_home)s AND t.method = 'escrow_mirror' AND d.registry_id = %(keeper)s
    AND l.unit_type_id = %(unit_type)s AND d.posting_id IS NOT NULL
    AND l.first < %(high)s AND l.first + l.quantity >= %(low)s
UNION ALL
SELECT (b ->> 0)::bigint, (b ->> 1)::bigint, 1
FROM linking_transfer t JOIN registry_transaction d ON d.id = t.destination_transaction_id
JOIN linking_inboxmessage m ON m.transfer = t.uuid AND m.kind = 'committed'
CROSS JOIN jsonb_array_elements(m.text::jsonb -> 'body' -> 'blocks') b
WHERE NOT %(is_home)s AND t.method = 'escrow_mirror' AND t.source_transaction_id IS NULL
    AND d.registry_id = %(keeper)s AND t.unit_type_id = %(unit_type)s
    AND d.posting_id IS NOT NULL
"""


@dataclass(frozen=True)
class Pair:
    """One registry's books, one partner's share of one unit type in them."""

    keeper: Registry
    partner: Registry
    unit_type: UnitType

    @property
    def is_home(self):
        return self.unit_type.registry_id == self.keeper.pk

    @property
    def points(self) -> Points:
        home = self.keeper if self.is_home else self.partner
        return Points(type_key(registry=home.code, unit_type=self.unit_type.code))

    def key(self):
        return self.keeper.pk, self.partner.pk, self.unit_type.pk

    def rows(self):
        """The kept sums."""
        return DigestNode.objects.filter(
            keeper=self.keeper, partner=self.partner, unit_type=self.unit_type
        )


class Books:
    """A pair's units as of the position up to which the digests are kept."""

    def __init__(self, pair: Pair, position: int):
        self.pair, self.position = pair, position

    def sums(self, level, low, high):
        rows = self.pair.rows().filter(level=level, number__gte=low, number__lt=high)
        return [
            (number, int.from_bytes(digest, "big"), ends)
            for number, digest, ends in rows.values_list("number", "digest", "ends")
        ]

    def ends(self, low, high):
        found = {}
        for first, last, sign in self._runs(low, high):
            for serial, weight in ((last + 1, sign), (first, -sign)):
                if low <= serial < high:
                    found[serial] = found.get(serial, 0) + weight
        return {serial: sign for serial, sign in found.items() if sign}

    def _runs(self, low, high):
        """Runs now, and what has come and gone since, in one statement and so of one moment."""
        keeper, partner, unit_type = self.pair.key()
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {LATER}, changes (keeper, partner, unit_type, first, last, sign)"  # noqa: S608
                f" AS ({CHANGES}) {OPEN}"
                " UNION ALL SELECT first, last, -sign FROM changes WHERE keeper = %(keeper)s"
                " AND partner = %(partner)s AND unit_type = %(unit_type)s"
                " AND first < %(high)s AND last + 1 >= %(low)s",
                {
                    "since": self.position,
                    "keeper": keeper,
                    "partner": partner,
                    "unit_type": unit_type,
                    "low": low,
                    "high": min(high, 2**63 - 1),
                    "is_home": self.pair.is_home,
                },
            )
            return cursor.fetchall()


def position() -> int:
    """Up to which position the digests are kept."""
    return DigestPass.objects.values_list("position", flat=True).first() or 0


def changes(since, until) -> list[tuple]:
    """(keeper, partner, unit type, first, last, sign) by the postings since < position <= until."""
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {PLACED} {CHANGES}", {"since": since, "until": until})
        return cursor.fetchall()


def view(pair: Pair, at: int, more=()) -> View:
    """The pair's units as of the position `at`, which the digests have reached, with runs that
    are added or taken off besides.
    """
    now = position()
    assert at <= now, "the digests are not kept that far"
    since = [
        (first, last, -sign)
        for *key, first, last, sign in changes(at, now)
        if (*key,) == pair.key()
    ]
    return View(Books(pair, now), pair.points, [*since, *more])


def units(pair: Pair, at: int) -> int:
    """How many units the pair has as of the position `at`."""
    level, number = ROOT
    kept = pair.rows().filter(level=level, number=number).values_list("units", flat=True).first()
    since = [
        sign * (last - first + 1)
        for *key, first, last, sign in changes(at, position())
        if (*key,) == pair.key()
    ]
    return (kept or 0) - sum(since)
