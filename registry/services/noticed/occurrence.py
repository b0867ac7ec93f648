"""Something that persons are told of, and to whom it is told."""

from dataclasses import dataclass, field
from datetime import datetime

from registry.models import Representative, RoleAssignment


@dataclass(frozen=True)
class Occurrence:
    """`key` names it among all, `subject` what it is about; `data` is what its text is made of.

    Told are: the representatives of `accounts`; who has one of `roles` in the registry, or in
    all of them where `registry_id` is None; and `persons`. All by their ids.
    """

    kind: str
    key: str
    subject: str
    at: datetime
    data: dict
    accounts: frozenset = frozenset()
    roles: frozenset = frozenset()
    registry_id: int | None = None
    persons: frozenset = field(default_factory=frozenset)


def audience(occurrences) -> list[tuple[int, Occurrence]]:
    """(person's id, occurrence) for everybody who is told of it, each once.

    Suspended representatives read nothing, and are told nothing; neither is a system actor.
    """
    representatives = _representatives({pk for each in occurrences for pk in each.accounts})
    holders = _holders({role for each in occurrences for role in each.roles})
    told = []
    for each in occurrences:
        persons = set(each.persons)
        for account in each.accounts:
            persons |= representatives.get(account, set())
        for role, registry_id, person_id in holders:
            if role in each.roles and registry_id in (None, each.registry_id):
                persons.add(person_id)
        told += [(person_id, each) for person_id in sorted(persons)]
    return told


def _representatives(accounts):
    found = {}
    rows = Representative.objects.current().filter(
        account__any_of=list(accounts), suspended_at__isnull=True, person__is_active=True
    )
    for account_id, person_id in rows.values_list("account_id", "person_id"):
        found.setdefault(account_id, set()).add(person_id)
    return found


def _holders(roles):
    if not roles:
        return []
    rows = RoleAssignment.objects.filter(
        role__in=roles, person__is_active=True, person__is_system=False
    )
    return list(rows.values_list("role", "registry_id", "person_id"))
