"""Messages between two registries of one node, on which postings across the border rest."""

from registry import canonical
from registry.models import MessageBlock, VerifiedMessage


def write_message(*, ends, unit_type, blocks, about, at) -> str:
    """Keeps what the sender says of `blocks`, (first, last) each; its SHA-256 as hexadecimal text.

    `ends` are the sending and the receiving registry; `about` tells one message from every other.
    Both are written by the same database, so
    the message carries no signature: what it says is the sender's posting, and its digest stands
    in the receiver's.
    """
    sender, receiver = ends
    digest = canonical.digest(
        {
            "format": "concord-local-message-1",
            "sender": sender.code,
            "receiver": receiver.code,
            "about": about,
            "blocks": [[unit_type.code, str(first), str(last)] for first, last in blocks],
        }
    )
    message = VerifiedMessage.objects.create(
        digest=digest, sender=sender, receiver=receiver, verified_at=at
    )
    MessageBlock.objects.bulk_create(
        MessageBlock(message=message, unit_type=unit_type, serials=(first, last + 1))
        for first, last in blocks
    )
    return digest.hex()
