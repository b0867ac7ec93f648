"""What this node has promised to take in: each serial once, and none that lies here already.

A node that proposes units which it has sent before is at fault, or out of step with its own books.
It is refused when it asks: after its commit nothing could be refused any more.
"""

from django.db import DatabaseError, IntegrityError, transaction

from linking.errors import failure
from linking.models import PromisedBlock, Transfer
from registry.errors import RuleViolated
from registry.models import Holding

METHOD = Transfer.Method


def require_free(half: Transfer, ranges) -> None:
    """The units, (first, last) each, are in no account here, used or not, and promised to nobody.

    Raises: RuleViolated (BLOCK_HELD_HERE, BLOCK_PROMISED), a failure for each run.
    """
    wrong = []
    promised = PromisedBlock.objects.filter(unit_type=half.unit_type, released_at=None)
    wrong += _touching(promised, ranges, "BLOCK_PROMISED")
    if half.method != METHOD.REPATRIATION:
        held = Holding.objects.filter(unit_type=half.unit_type, closed_by=None)
        wrong += _touching(held, ranges, "BLOCK_HELD_HERE")
    if wrong:
        raise RuleViolated(*wrong)


def promise(half: Transfer, ranges) -> None:
    """Keeps that the units may come.   Raises: RuleViolated (BLOCK_PROMISED)."""
    rows = [
        PromisedBlock(transfer=half, unit_type=half.unit_type, first=first, last=last)
        for first, last in ranges
    ]
    try:
        with transaction.atomic():
            PromisedBlock.objects.bulk_create(rows)
    except IntegrityError as error:
        if not _is_promised(error):
            raise
        # Another proposal of them was accepted at the same moment.
        raise RuleViolated(*(_failure("BLOCK_PROMISED", *run) for run in ranges)) from error


def release(half: Transfer, at) -> None:
    """Frees the serials of a half that has ended, if their account tells where they are now."""
    if may_come_again(half):
        half.promised.filter(released_at=None).update(released_at=at)


def may_come_again(half: Transfer) -> bool:
    """Whether the units never came, or lie here as what they are; of those that were converted or
    mirrored other units were issued, and no account has their serials."""
    other_units = half.method in (METHOD.ISSUE_AND_CANCEL, METHOD.ESCROW_MIRROR)
    return half.state == Transfer.State.ABORTED or not other_units


def _touching(rows, ranges, code):
    found = []
    for first, last in ranges:
        touched = rows.filter(first__lte=last, last__gte=first).order_by("first")
        for begin, end in touched.values_list("first", "last"):
            found.append(_failure(code, max(first, begin), min(last, end)))
    return found


def _failure(code, first, last):
    return failure(code, first=str(first), last=str(last))


def _is_promised(error: DatabaseError) -> bool:
    return error.__cause__.diag.constraint_name == "unit_is_promised_once"
