"""What a transfer over a link would do, without doing any of it."""

from dataclasses import dataclass

from linking.models import TransferPart
from registry.services.dry_run import Trial, dry_run

from .plan import Order
from .send_onward import send_onward
from .transfer import transfer


@dataclass(frozen=True)
class Tried:
    """The trial of the sender's transaction; by which edge and method the units would go, and
    what the acceptor would decide of each part. Nothing of that where it would be refused."""

    trial: Trial
    method: str | None = None
    edge: str | None = None
    parts: tuple = ()


def try_transfer(*, actor, order: Order, at, reason="", through=None) -> Tried:
    """Runs a transfer as for `at`, a moment ahead or now, and takes all of it back. Of one that
    goes `through` an account at home, the first way is told.

    Raises: NotPermitted (NO_ACTOR).
    """
    told = {}

    def send(*, actor, key, at):
        said = {"actor": actor, "order": order, "key": key, "at": at, "reason": reason}
        sent = send_onward(through=through, **said) if through else transfer(**said)
        made = sent.transfer
        parts = TransferPart.objects.filter(transfer=made).select_related("decision")
        told.update(
            method=made.method,
            edge=made.edge and made.edge.edge_id,
            parts=tuple(parts.order_by("id")),
        )
        return sent.outcome

    (trial,) = dry_run(actor=actor, acts=[send], at=at)
    return Tried(trial, **told)
