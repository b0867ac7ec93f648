"""The node's log as it is: leaves, the tree's nodes, checkpoints, proofs, and what is not in yet.

Everything up to a checkpoint is for everybody: leaves tell digests and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from registry import posting_leaves
from registry.errors import Failure, InvalidInput, NotFound, Unavailable
from registry.log import leaf, merkle, receipt, tiles
from registry.models import (
    Checkpoint,
    Holding,
    LoggedDocument,
    LogLeaf,
    Position,
    Posting,
    Transaction,
)

# Of those that are not covered, the first so many are looked through for the oldest.
LOOKED_AT = 1000
UNCOVERED = """
SELECT count(*), clock_timestamp() - min(recorded_at) FROM (
    (SELECT p.recorded_at FROM registry_position q JOIN registry_posting p ON p.id = q.posting_id
    WHERE q.position > %(covered)s ORDER BY q.position LIMIT %(limit)s)
    UNION ALL
    (SELECT p.recorded_at FROM registry_posting p
    WHERE p.id > (SELECT watermark FROM registry_sequencer)
        AND NOT EXISTS (SELECT FROM registry_position q WHERE q.posting_id = p.id)
    ORDER BY p.id LIMIT %(limit)s)
) uncovered
"""

AGE = "SELECT clock_timestamp() - at FROM registry_checkpoint ORDER BY size DESC LIMIT 1"

TILES = """
SELECT t.level, t.number, t.hashes
FROM unnest(%s::smallint[], %s::bigint[]) AS w (level, number)
JOIN registry_logtile t USING (level, number)
"""


@dataclass(frozen=True)
class Inclusion:
    """That the log of `size` leaves has this one: hashes from the leaf's sibling up."""

    log: str
    leaf: LogLeaf
    size: int
    hashes: list[bytes]


@dataclass(frozen=True)
class Consistency:
    """That the log of `new` leaves begins with that of `old` leaves."""

    log: str
    old: int
    new: int
    hashes: list[bytes]


@dataclass(frozen=True)
class Lag:
    """Postings that no checkpoint covers, counted to two thousand; how old the oldest one is."""

    uncovered: int
    oldest: timedelta | None


def size() -> int:
    """The number of leaves."""
    last = LogLeaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def waiting(limit: int) -> list[int]:
    """The next postings to be logged, at most so many, in the order of positions."""
    rows = Position.objects.filter(position__gt=_last_position()).order_by("position")
    return list(rows.values_list("posting_id", flat=True)[:limit])


def waiting_documents(limit: int) -> list[LoggedDocument]:
    """The next documents to be logged, at most so many, in the order in which they were begun."""
    return list(LoggedDocument.objects.filter(leaf=None).order_by("pk")[:limit])


def block_counts(posting_ids) -> dict[int, int]:
    """How many blocks each of the postings closed and opened."""
    counts = dict.fromkeys(posting_ids, 0)
    for end in ("closed_by", "opened_by"):
        rows = Holding.objects.filter(**{f"{end}__any_of": posting_ids}).values_list(end)
        for posting_id, count in rows.annotate(Count("pk")):
            counts[posting_id] += count
    return counts


def root(leaves: int) -> bytes:
    """The root over the first leaves."""
    return merkle.root(leaves, tiles.reader(_tiles))


def latest() -> Checkpoint | None:
    """The last checkpoint, with its key."""
    return _checkpoints().order_by("-size").first()


def now() -> datetime:
    """The database's clock, which has also written when postings were recorded and promised: a
    node's own may be wrong, and must neither delay a checkpoint nor keep its key from signing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def age() -> timedelta | None:
    """How old the last checkpoint is, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(AGE)
        found = cursor.fetchone()
    return found and found[0]


def checkpoint(leaves: int | None = None) -> Checkpoint:
    """The checkpoint of a size, or the last one.   Raises: NotFound (NO_CHECKPOINT)."""
    found = latest() if leaves is None else _checkpoints().filter(pk=leaves).first()
    if found is None:
        raise NotFound(
            Failure(
                "NO_CHECKPOINT",
                _("There is no such checkpoint."),
                _("The latest one is at /api/v1/log/checkpoint; not every size has one."),
            )
        )
    return found


def leaf_of_posting(number: int) -> LogLeaf:
    """The leaf of a posting.   Raises: NotFound (UNKNOWN_POSTING), Unavailable (NOT_LOGGED_YET)."""
    found = LogLeaf.objects.filter(posting=number).select_related("posting").first()
    if found is not None:
        return found
    posting = Posting.objects.filter(pk=number).first()
    if posting is None:
        raise NotFound(
            Failure(
                "UNKNOWN_POSTING",
                _("There is no such posting."),
                _("A transaction names its posting once it is completed."),
                data={"posting": str(number)},
            )
        )
    raise not_logged_yet(posting.recorded_at)


def leaf_of_document(kind: str, subject: str) -> LogLeaf:
    """The leaf of a document.

    Raises: NotFound (UNKNOWN_LOGGED_DOCUMENT), Unavailable (NOT_LOGGED_YET).
    """
    rows = LoggedDocument.objects.filter(kind=kind, subject=subject)
    document = rows.select_related("leaf").first()
    if document is None:
        raise NotFound(
            Failure(
                "UNKNOWN_LOGGED_DOCUMENT",
                _("The log has no such document."),
                _("Give the kind and the subject that the document itself says."),
                data={"kind": kind, "subject": subject},
            )
        )
    if document.leaf is None:
        raise not_logged_yet(document.recorded_at)
    return document.leaf


def leaf_at(index: int) -> LogLeaf:
    """The leaf of an index.   Raises: NotFound (UNKNOWN_LEAF)."""
    found = LogLeaf.objects.filter(pk=index).select_related("posting", "document").first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_LEAF",
                _("The log has no such leaf yet."),
                _("Leaves are counted from 0 to one less than the size of the last checkpoint."),
                data={"index": str(index)},
            )
        )
    return found


def inclusion(found: LogLeaf, leaves: int | None = None) -> Inclusion:
    """The proof that the log of so many leaves has this one; of the last checkpoint if not given.

    Raises: Unavailable (NOT_LOGGED_YET), InvalidInput (TREE_SIZE_IN_THE_FUTURE, TREE_TOO_SMALL).
    """
    name, signed = _head()
    if found.index >= signed:
        raise not_logged_yet(_logged(found).recorded_at)
    leaves = signed if leaves is None else leaves
    _require_published("size", leaves, signed)
    if found.index >= leaves:
        raise InvalidInput(
            Failure(
                "TREE_TOO_SMALL",
                _("The tree of this size ends before the leaf."),
                _("Give a size above the index of the leaf."),
                data={"parameter": "size", "index": str(found.index)},
            )
        )
    hashes = merkle.inclusion(found.index, leaves, tiles.reader(_tiles))
    return Inclusion(name, found, leaves, hashes)


def consistency(old: int, new: int | None = None) -> Consistency:
    """The proof that the log of `new` leaves begins with that of `old` leaves.

    `new` is the last checkpoint's if not given.

    Raises: InvalidInput (TREE_SIZE_IN_THE_FUTURE, TREE_SIZES_BACKWARDS), NotFound (NO_CHECKPOINT).
    """
    last = checkpoint()
    new = last.size if new is None else new
    _require_published("from", old, last.size)
    _require_published("to", new, last.size)
    if old > new:
        raise InvalidInput(
            Failure(
                "TREE_SIZES_BACKWARDS",
                _("The first tree is larger than the second one."),
                _("A log only grows: exchange the sizes."),
                data={"parameter": "from"},
            )
        )
    hashes = merkle.consistency(old, new, tiles.reader(_tiles))
    return Consistency(last.key.node, old, new, hashes)


def entry(found: LogLeaf) -> bytes:
    """The data of a leaf, of which its hash is."""
    if found.posting_id is None:
        return document_entry(found.document)
    return posting_leaves.entry(found.posting_id, found.posting.recorded_at, found.digest)


def document_entry(document: LoggedDocument) -> bytes:
    """The data of the leaf that a document has or will have."""
    return leaf.entry(
        kind=document.kind,
        subject=document.subject,
        recorded_at=document.recorded_at,
        sha256=bytes(document.digest),
    )


def lag() -> Lag:
    """What was committed and is in no checkpoint yet, with or without a position."""
    last = latest()
    covered = _last_position(last.size if last else 0)
    with connection.cursor() as cursor:
        cursor.execute(UNCOVERED, {"covered": covered, "limit": LOOKED_AT})
        return Lag(*cursor.fetchone())


def posting_of(transaction: Transaction) -> Posting:
    """The posting that completed a transaction.   Raises: NotFound (NO_POSTING)."""
    if transaction.posting_id is None:
        raise NotFound(
            Failure(
                "NO_POSTING",
                _("The transaction has no posting."),
                _("Only a completed transaction that moves units has one."),
                data={"transaction": str(transaction.pk)},
            )
        )
    return transaction.posting


def not_logged_yet(recorded_at) -> Unavailable:
    """The error for what no checkpoint covers yet; the same request succeeds later."""
    return Unavailable(
        Failure(
            "NOT_LOGGED_YET",
            _("This is not in a signed checkpoint of the log yet."),
            _("Ask again in some seconds."),
            data={"log_by": (recorded_at + receipt.PROMISE).isoformat()},
        )
    )


def _logged(found):
    return found.document if found.posting_id is None else found.posting


def _head():
    """The name of the log and the size of the last checkpoint; 0 where there is none."""
    rows = Checkpoint.objects.order_by("-size").values_list("key__node", "size")
    return rows.first() or ("", 0)


def _checkpoints():
    return Checkpoint.objects.select_related("key")


def _tiles(wanted):
    """The tiles by level and number, by one query: the reader of registry/log/tiles.py."""
    levels, numbers = zip(*wanted, strict=True) if wanted else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(TILES, [list(levels), list(numbers)])
        return {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}


def _last_position(leaves=None):
    """The position of the last posting in the log, or among its first leaves; 0 for none."""
    rows = LogLeaf.objects.filter(kind=LogLeaf.POSTING)
    if leaves is not None:
        rows = rows.filter(index__lt=leaves)
    return rows.order_by("-index").values_list("posting__place__position", flat=True).first() or 0


def _require_published(name, leaves, published):
    """Raises: InvalidInput (TREE_SIZE_IN_THE_FUTURE)."""
    if leaves > published:
        raise InvalidInput(
            Failure(
                "TREE_SIZE_IN_THE_FUTURE",
                _("The log has not signed so many leaves yet."),
                _("Give a size up to that of the last checkpoint."),
                data={"parameter": name, "size": str(published)},
            )
        )
