"""Persons who sign in to the administrators' pages."""

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.signing_in import sign_in as sign_in_person


class Pages(Client):
    """A browser; what the database refuses ends only its own part of the test."""

    def request(self, **request):
        if not connection.in_atomic_block:
            return super().request(**request)
        with transaction.atomic():
            answer = super().request(**request)
            if answer.status_code >= 500:
                transaction.set_rollback(True)
            return answer


@pytest.fixture
def signed_in(world):
    """signed_in("auditor") is the browser of the person with that username."""
    from registry.models import Person

    def sign_in(username):
        person = Person.objects.get(username=username)
        person.is_staff = True
        person.save(update_fields=["is_staff"])
        return sign_in_person(Pages(), person)

    return sign_in


@pytest.fixture
def system_administrator(world, signed_in):
    """The browser of someone who has that role only."""
    return _newcomer(world, signed_in, "system_administrator", None)


@pytest.fixture
def other(world, system_administrator, signed_in):
    """The browser of a second system administrator: from now on, four eyes are asked for."""
    from registry.services import people

    person = people.add_person(actor=world.system, username="second", display_name="second")
    people.give_role(
        actor=world.system, person_id=person.pk, role="system_administrator", registry_id=None
    )
    return signed_in("second")


@pytest.fixture
def elsewhere(world, signed_in):
    """The browser of an administrator of `neighbour` only."""
    return _newcomer(world, signed_in, "administrator", world.neighbour.pk)


def _newcomer(world, signed_in, role, registry_id):
    from registry.services import people

    person = people.add_person(actor=world.system, username=role, display_name=role)
    people.give_role(actor=world.system, person_id=person.pk, role=role, registry_id=registry_id)
    return signed_in(role)


@pytest.fixture
def proposed(world):
    """A transfer of 100 KAU that administrator 1 has proposed."""
    from registry.lines import Line
    from registry.models import Transaction
    from registry.services.transfer import transfer
    from tests.world import stock

    stock(world, operator_a=1000, operator_b=10)
    lines = [Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 100)]
    outcome = transfer(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    return Transaction.objects.get(pk=outcome.transaction_id)
