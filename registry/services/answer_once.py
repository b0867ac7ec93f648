"""A request under an idempotency key is carried out once; repeated, it gets the first answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import turns
from registry.errors import Conflict, Failure
from registry.models import StoredAnswer, Transaction
from registry.selectors import answers
from registry.selectors.answers import Answer

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Sent:
    """A request: whose, where to, under which key, and the SHA-256 of what it said."""

    person_id: int
    address: str
    key: str
    fingerprint: bytes


@transaction.atomic
def answer_once(sent: Sent, answer: Callable[[], Answer], *, at) -> tuple[Answer, bool]:
    """The answer, and whether it was given before.

    What the request does and its answer are committed together. Whoever comes with the same key
    meanwhile is told so at once.

    Raises: Conflict (REQUEST_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED), and what `answer` raises.
    """
    if not turns.take_if_free(f"answer {sent.person_id} {sent.address} {sent.key}"):
        raise Conflict(
            Failure(
                "REQUEST_IN_PROGRESS",
                _("The request with this idempotency key is being answered."),
                _("Send it again in a moment, with the same key."),
            )
        )
    earlier = answers.find(person_id=sent.person_id, address=sent.address, key=sent.key)
    if earlier is not None:
        return replay(sent, earlier), True
    given = answer()
    _keep(sent, given, at)
    return given, False


def replay(sent: Sent, earlier: Answer) -> Answer:
    """The earlier answer, if the request is the same.   Raises: Conflict."""
    if earlier.fingerprint != sent.fingerprint:
        raise key_reused()
    return earlier


def keep_refusal(sent: Sent, given: Answer, *, is_misread, at) -> None:
    """Keeps the refusal of a proposal, whose success the ledger keeps.

    A request that could not even be read is another one than that which the ledger knows.

    Raises: Conflict (IDEMPOTENCY_KEY_REUSED).
    """
    if Transaction.objects.filter(proposer_id=sent.person_id, key=sent.key).exists():
        if is_misread:
            raise key_reused()
        return
    _keep(sent, given, at)


def forget(*, at) -> int:
    """Removes the answers that are old enough; returns how many."""
    return StoredAnswer.objects.filter(created_at__lt=at - KEPT).delete()[0]


def key_reused():
    return Conflict(
        Failure(
            "IDEMPOTENCY_KEY_REUSED",
            _("This idempotency key was used for another request."),
            _("Use a new key for a new request."),
        )
    )


def _keep(sent, given, at):
    StoredAnswer.objects.bulk_create(
        [
            StoredAnswer(
                person_id=sent.person_id,
                address=sent.address,
                key=sent.key,
                fingerprint=sent.fingerprint,
                status=given.status,
                headers=given.headers,
                body=given.body,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )
