"""The answers that were given under idempotency keys."""

from dataclasses import dataclass

from registry.models import StoredAnswer


@dataclass(frozen=True)
class Answer:
    """An answer as it was given; `fingerprint` is that of the request, `body` is compressed."""

    fingerprint: bytes
    status: int
    headers: dict
    body: bytes


def find(*, person_id, address, key) -> Answer | None:
    """What a person was answered at an address under a key."""
    row = (
        StoredAnswer.objects.filter(person_id=person_id, address=address, key=key)
        .values_list("fingerprint", "status", "headers", "body")
        .first()
    )
    return row and Answer(bytes(row[0]), row[1], row[2], bytes(row[3]))
