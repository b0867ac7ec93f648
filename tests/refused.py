"""Calls that the registry must refuse."""

from django.db import transaction

from registry.errors import DomainError


def refused(call, *args, **kwargs) -> DomainError:
    """The error with which a call is refused.

    The call runs in a savepoint, so that a test within one database transaction can look at what
    is there afterwards.

    Raises: AssertionError when the call goes through.
    """
    try:
        with transaction.atomic():
            outcome = call(*args, **kwargs)
    except DomainError as error:
        return error
    raise AssertionError(f"{call.__name__} was not refused: {outcome}")
