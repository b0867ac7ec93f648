"""Versions of transaction types that hold in tests, also for moments long ago.

The service lets no version begin in the past; tests act at a moment of their world. So the owner of
the database writes what the service would: a proposal, the version, and the decision.
"""

import secrets

from django.db import connections, transaction
from django.utils import timezone

from registry.actors import actor_for
from registry.models import Person, RoleAssignment, TransactionType, TypeProposal
from registry.services.transaction_types import NewVersion, approve_version, propose_version


def new_version(world, code, *, registry_id=None, **rules):
    """The next version of a type with these columns; it holds from the beginning of its type."""
    version = TransactionType.objects.using("owner").filter(code=code).order_by("-version")[0]
    proposal = TypeProposal(
        code=code,
        registry_id=registry_id,
        rules={},
        valid_from=version.valid_from,
        reason="for a test",
        payload_hash=secrets.token_bytes(32),
        proposer_id=world.administrator_1.person_id,
        proposed_at=timezone.now(),
    )
    with transaction.atomic(using="owner"):
        proposal.save(using="owner", force_insert=True)
        version.pk, version.version = None, version.version + 1
        version.registry_id, version.digest = registry_id, proposal.payload_hash
        for name, value in rules.items():
            setattr(version, name, value)
        version.save(using="owner", force_insert=True)
        TypeProposal.objects.using("owner").filter(pk=proposal.pk).update(
            status=TypeProposal.Status.APPROVED,
            decider_id=world.administrator_2.person_id,
            decided_at=timezone.now(),
            version=version,
        )
    connections["owner"].close()
    return version


def system_administrators():
    """Two persons who may change the rules."""
    actors = []
    for name in ("system_administrator_1", "system_administrator_2"):
        person, is_new = Person.objects.get_or_create(
            username=name, defaults={"display_name": name, "password": "!"}
        )
        if is_new:
            RoleAssignment.objects.create(person=person, role="system_administrator")
        actors.append(actor_for(person))
    return actors


def approved_version(code, *, valid_from=None, registry_id=None, **rules):
    """The next version of a type by the services; it holds from now."""
    one, two = system_administrators()
    at = timezone.now()
    proposal = propose_version(
        actor=one,
        version=NewVersion(code, rules, valid_from or at, registry_id=registry_id),
        at=at,
        reason="for a test",
    )
    return approve_version(
        actor=two, proposal_id=proposal.pk, payload_hash=bytes(proposal.payload_hash)
    )
