"""What must be refused, with every code that it is refused by."""

from contextlib import contextmanager

import pytest
from django.db import transaction


@contextmanager
def refused(kind, *codes):
    """In a savepoint, so that a test can look at what is there afterwards."""
    from registry.errors import DomainError

    with pytest.raises(DomainError) as caught, transaction.atomic():
        yield caught
    assert (type(caught.value), caught.value.codes) == (kind, list(codes))
