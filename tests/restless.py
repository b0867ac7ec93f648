"""Reference data that change again before anything that was checked against them is written."""

from contextlib import contextmanager
from unittest import mock

from registry import facts
from registry.models import UnitType


@contextmanager
def restless_reference_data():
    read = facts.read

    def read_and_change(*arguments):
        found = read(*arguments)
        UnitType.objects.filter(code="KAU").update(description="")
        return found

    with mock.patch.object(facts, "read", read_and_change):
        yield
