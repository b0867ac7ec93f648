"""What an actor may read: the registries in which a role of theirs reads, the accounts that they
represent, and nothing else."""

from django.db.models import Q

from registry import permissions


def in_scope(queryset, actor, field="registry", account=None):
    """The rows of registries that the actor may read and, where `account` names the path to an
    account, of the accounts that they represent.

    Raises: NotPermitted (NO_ACTOR).
    """
    registries = permissions.readable_registries(actor)
    if registries is None:
        return queryset
    allowed = Q(**{f"{field}__in": registries})
    if account is not None:
        allowed |= Q(**{f"{account}__in": permissions.represented(actor)})
    return queryset.filter(allowed)


def own_accounts(actor, registry_id):
    """Ids of the accounts to which the actor's view of a registry is limited; None: no limit.

    Raises: NotPermitted (NO_ACTOR).
    """
    registries = permissions.readable_registries(actor)
    if registries is None or registry_id in registries:
        return None
    return permissions.represented(actor)
