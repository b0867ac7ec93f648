"""What is on its way between two registries: in one's books already or still, and not the other's.

*Abroad is what home books there, without what has not been taken in yet, and without what has been
sent home and has not come home yet.*
"""

from django.db import connection

from linking.models import Transfer

from .digests import LATER, Pair

WAYS = """
WITH {later}
SELECT t.sender_id, l.first, l.first + l.quantity - 1, s.position, d.position
FROM linking_transfer t
JOIN registry_transaction sent ON sent.id = t.source_transaction_id
JOIN registry_position s ON s.posting_id = sent.posting_id
JOIN registry_transactionline l ON l.transaction_id = sent.id
JOIN registry_account a ON a.id = t.destination_id
LEFT JOIN registry_transaction taken ON taken.id = t.destination_transaction_id
LEFT JOIN registry_position d ON d.posting_id = taken.posting_id
WHERE t.unit_type_id = %(unit_type)s AND t.method <> %(converted)s
    AND (t.sender_id, a.registry_id) IN ((%(home)s, %(abroad)s), (%(abroad)s, %(home)s))
    AND (t.state = 'accepted'
        OR taken.posting_id IN (SELECT posting_id FROM later)
        OR sent.posting_id IN (SELECT posting_id FROM later))
"""


def between(home_pair: Pair, home_at: int, abroad_at: int) -> list[tuple[int, int, int]]:
    """Runs (first, last, sign) that make of what home books with the partner as of the position
    `home_at` what the partner, kept on this node too, should have as of `abroad_at`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            WAYS.format(later=LATER),
            {
                "since": min(home_at, abroad_at),
                "unit_type": home_pair.unit_type.pk,
                "home": home_pair.keeper.pk,
                "abroad": home_pair.partner.pk,
                "converted": Transfer.Method.ISSUE_AND_CANCEL,
            },
        )
        rows = cursor.fetchall()
    found = []
    for sender, first, last, sent, taken in rows:
        goes_out = sender == home_pair.keeper.pk
        booked, held = (sent, taken) if goes_out else (taken, sent)
        at_home = booked is not None and booked <= home_at
        abroad = held is not None and held <= abroad_at
        # Out: booked at home before it is held. Back: held no longer before it is booked back.
        if goes_out and at_home != abroad:
            found.append((first, last, -1 if at_home else 1))
        elif not goes_out and at_home != abroad:
            found.append((first, last, -1 if abroad else 1))
    return found
