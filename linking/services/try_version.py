"""What forbids a text of an agreement, without proposing it."""

from django.db import transaction

from registry.errors import DomainError

from .propose_version import propose_version


@transaction.atomic
def try_version(**proposal) -> list:
    """The failures of propose_version, which runs and is taken back."""
    failures = []
    try:
        with transaction.atomic():
            propose_version(**proposal)
    except DomainError as error:
        failures = error.failures
    transaction.set_rollback(True)
    return failures
