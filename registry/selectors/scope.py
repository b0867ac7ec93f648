"""What an actor may read: the registries in which a role of theirs reads, and nothing else."""

from registry import permissions


def in_scope(queryset, actor, field="registry"):
    """The rows of registries that the actor may read.   Raises: NotPermitted (NO_ACTOR)."""
    registries = permissions.readable_registries(actor)
    if registries is None:
        return queryset
    return queryset.filter(**{f"{field}__in": registries})
