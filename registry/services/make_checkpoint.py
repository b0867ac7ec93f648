"""Sign what the log has come to, so that it can be held against the node for ever."""

from django.db import transaction

from registry import appending
from registry.keys import signing
from registry.log import checkpoint, note
from registry.selectors import log


def make_checkpoint(*, at) -> int | None:
    """Signs the log as it is with the node's key for it; the size, or None if nothing is new.

    Leaves that are signed are committed: a signature over leaves that a rollback takes back would
    make the node contradict itself. So this is a database transaction of its own.

    Raises: KeyUnavailable.
    """
    with transaction.atomic(durable=True):
        appending.take_turn()
        last, size = log.latest(), log.size()
        if last is not None and last.size >= size:
            return None
        key = signing.usable_key("log", at=at)
        root = log.root(size)
        signed = note.sign(
            checkpoint.Checkpoint(key.node, size, root).text,
            note.Verifier(key.node, key.algorithm, bytes(key.public_key)),
            lambda message: signing.sign(key, message),
        )
        appending.write_checkpoint(size=size, root=root, key_id=key.pk, note=signed)
    return size
