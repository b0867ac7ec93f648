"""Account holders, as far as an actor may know of them."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import Account, AccountHolder, Registry

from .scope import in_scope


def visible(actor):
    """Holders of accounts that the actor reads, and those of jurisdictions whose registry they
    read, which may have no account yet; with the codes of the registries in which the actor sees
    an account of theirs. In the order of their codes.

    Raises: NotPermitted (NO_ACTOR).
    """
    registries = permissions.readable_registries(actor)
    rows = AccountHolder.objects.select_related("jurisdiction", "succession__successor", "group")
    rows = rows.prefetch_related("group__limits__registry", "group__limits__unit_type")
    if registries is not None:
        places = Registry.objects.filter(pk__in=registries).values("jurisdiction")
        seen = accounts_of(actor).filter(holder__isnull=False).values("holder")
        rows = rows.filter(Q(pk__in=seen) | Q(jurisdiction__in=places))
    own = accounts_of(actor).filter(holder=OuterRef("pk")).order_by("registry__code")
    return rows.annotate(
        registry_codes=ArraySubquery(own.values_list("registry__code", flat=True).distinct())
    ).order_by("code")


def accounts_of(actor):
    """The accounts by which an actor knows of holders.   Raises: NotPermitted (NO_ACTOR)."""
    return in_scope(Account.objects.all(), actor, account="pk")


def find(actor, code) -> AccountHolder:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_ENTITY)."""
    found = visible(actor).filter(code=code).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_ENTITY",
                _("There is no such account holder."),
                _("See the list of account holders."),
                data={"entity": str(code)[:200]},
            )
        )
    return found
