"""The only module that writes the log: it calls the log's SQL functions, a round trip each."""

from django.db import connection

from . import posting, turns

TURN = "registry_log"


def take_turn() -> None:
    """Waits until nobody else appends, and keeps the turn until the transaction has ended."""
    turns.take(TURN)


def append_leaves(first: int, leaves) -> int:
    """Appends (posting, digest, leaf hash) from index `first` on; the size of the log then.

    Where another was first nothing is written, and the size tells it.
    """
    postings, digests, hashes = zip(*leaves, strict=True)
    return _call(
        "SELECT registry_append_leaves(%s,%s,%s::bytea[],%s::bytea[])",
        [first, list(postings), list(digests), list(hashes)],
    )


def record_document(kind: str, subject: str, digest: bytes) -> int:
    """The id of a document that waits for its leaf, or has it already.

    Raises: Conflict (DOCUMENT_DIFFERS) where another digest is recorded of this kind and subject.
    """
    return _call("SELECT registry_record_document(%s,%s,%s)", [kind, subject, digest])


def append_documents(first: int, leaves) -> int:
    """Appends (document, leaf hash) from index `first` on; the size of the log then.

    Where another was first nothing is written, and the size tells it.
    """
    documents, hashes = zip(*leaves, strict=True)
    return _call(
        "SELECT registry_append_documents(%s,%s,%s::bytea[])",
        [first, list(documents), list(hashes)],
    )


def write_checkpoint(*, size: int, root: bytes, key_id: int, note: str) -> bool:
    """Keeps a signed checkpoint; false where there is one of this size or a larger one.

    `key_id` is that of the key's record.
    """
    return _call("SELECT registry_write_checkpoint(%s,%s,%s,%s)", [size, root, key_id, note])


def _call(sql, parameters):
    with posting.explained(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]
