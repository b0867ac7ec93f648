"""What an edge would decide of credits retired elsewhere, without stating it."""

from django.db import transaction

from registry.errors import DomainError

from .retire_elsewhere import state_retirement


@transaction.atomic
def try_retirement(**statement) -> tuple[dict, list]:
    """(the decision as it would be kept, the failures) of state_retirement, which is taken back."""
    outcome, failures = {}, []
    try:
        with transaction.atomic():
            outcome = state_retirement(**statement).decision.outcome
    except DomainError as error:
        failures = error.failures
    transaction.set_rollback(True)
    return outcome, failures
