"""Who could approve a proposal: the M of its N of M."""

from dataclasses import dataclass

from django.db.models import Q

from registry import permissions
from registry.models import Person, Representative, Role, RoleAssignment


@dataclass(frozen=True)
class Approvers:
    """`roles` are those that the type lets approve; `persons` is how many people, besides the
    proposer, have one of them here now, or may approve for every account that gives units."""

    roles: tuple
    persons: int


def approvers(found, lines) -> Approvers:
    """Of a transaction with its type; `lines` are its lines."""
    roles = found.type.approver_roles
    deciding = RoleAssignment.objects.filter(
        Q(registry__isnull=True) | Q(registry=found.registry_id),
        role__in=permissions.DECIDERS & set(roles),
    )
    people = set(deciding.values_list("person_id", flat=True))
    if Role.REPRESENTATIVE in roles:
        people |= _representatives({line.source_id or line.destination_id for line in lines})
    people.discard(found.proposer_id)
    persons = Person.objects.filter(pk__in=people, is_active=True, is_system=False).count()
    return Approvers(tuple(roles), persons)


def _representatives(accounts):
    """People who may approve for each of the accounts."""
    rows = Representative.objects.current().filter(
        account__in=accounts, right__in=permissions.APPROVE, suspended_at__isnull=True
    )
    held = {}
    for person, account in rows.values_list("person_id", "account_id"):
        held.setdefault(person, set()).add(account)
    return {person for person, own in held.items() if own >= accounts}
