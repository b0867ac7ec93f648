"""The one-time password that comes of a request has two parts: one is for who asked, one for who
approved. Neither of them can sign in alone as the person whom they let in.

The first part is worked out from the request and the node's secret, so that nothing of it is kept.
"""

from datetime import UTC

from django.utils.crypto import salted_hmac

from registry.models import GovernanceRequest
from registry.services.people import ALPHABET, GROUP, grouped

from .of_node import VALID_FOR

SALT = "registry.services.requested.parts"


def first_part(request: GovernanceRequest) -> str:
    """What who asked hands to the person; the same at each call."""
    told = f"{request.pk} {request.requested_at.astimezone(UTC).isoformat()}"
    digest = salted_hmac(SALT, told + bytes(request.payload_hash).hex(), algorithm="sha256")
    number, letters = int.from_bytes(digest.digest()), []
    for _ in range(2 * GROUP):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return grouped("".join(letters))


def part_for(actor, request: GovernanceRequest, *, at) -> str | None:
    """The first part, for who asked: until the request is decided, and an hour longer.

    None for everybody else, and for requests that no password comes of.
    """
    kinds = (GovernanceRequest.Kind.RECOVERY, GovernanceRequest.Kind.PERSON)
    if request.kind not in kinds or request.requested_by_id != actor.person_id:
        return None
    is_waiting = request.status == GovernanceRequest.Status.WAITING
    is_approved = request.status == GovernanceRequest.Status.APPROVED
    if is_waiting or (is_approved and at < request.closed_at + VALID_FOR):
        return first_part(request)
    return None
