"""People of tests: persons with roles, representatives, and requests that others approve."""

from registry.actors import actor_for
from registry.models import Person, Representative, RoleAssignment
from registry.services.governance import Request, ask, decide


def person(world, username, role=None, registry=None):
    """An actor; with a role in one registry, where one is given."""
    found = Person.objects.create(username=username, display_name=username, password="!")
    if role is not None:
        RoleAssignment.objects.create(person=found, role=role, registry=registry)
    return actor_for(found)


def represents(world, username, account, right, **columns):
    """A person who represents an account since the world began."""
    actor = person(world, username)
    values = {"valid_from": world.at, **columns}
    Representative.objects.create(
        person_id=actor.person_id, account_id=account, right=right, **values
    )
    return actor


def asked(world, kind, about, /, *, by=None, **payload):
    """A request of administrator 1 about an account of `home`."""
    request = Request(kind, world.home.pk, about, payload, "a reason")
    return ask(actor=by or world.administrator_1, request=request, at=world.at)


def approved(world, request, *, by=..., yes=True):
    """The request as administrator 2 (or another one) has decided it."""
    return decide(
        actor=world.administrator_2 if by is ... else by,
        request_id=request.pk,
        approved=yes,
        payload_hash=bytes(request.payload_hash),
        at=world.at,
        reason="looked at",
    )
