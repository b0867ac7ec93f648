"""What would forbid asking for something, without asking for it."""

from django.db import transaction

from registry.errors import DomainError, Failure

from .governance import Request, ask


def try_request(*, actor, request: Request, at) -> list[Failure]:
    """Everything that forbids it now; nothing stays written."""
    try:
        with transaction.atomic():
            ask(actor=actor, request=request, at=at)
            transaction.set_rollback(True)
    except DomainError as error:
        return error.failures
    return []
