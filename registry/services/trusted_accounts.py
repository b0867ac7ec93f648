"""Entries of trusted account lists are removed at once; they are added by request."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import AccountEvent, TrustedAccount
from registry.selectors.scope import in_scope

from .account_events import record

RIGHTS = permissions.INITIATE | permissions.APPROVE


@transaction.atomic
def remove_trusted(*, actor, entry_id, at, reason="") -> TrustedAccount:
    """A representative of the account or an administrator takes an entry off the list.

    Raises: NotPermitted, NotFound (UNKNOWN_TRUSTED_ENTRY).
    """
    rows = TrustedAccount.objects.select_related("account", "trusted")
    found = in_scope(rows, actor, "account__registry", "account").filter(pk=entry_id).first()
    if found is not None and not actor.roles_in(found.account.registry_id) & permissions.KEEPERS:
        permissions.require_right(actor, RIGHTS, {found.account_id})
    removed = TrustedAccount.objects.filter(pk=entry_id, removed_at__isnull=True)
    if found is None or not removed.update(removed_at=at):
        raise NotFound(
            Failure(
                "UNKNOWN_TRUSTED_ENTRY",
                _("The list has no such entry."),
                _("See the trusted account list of the account."),
                data={"entry": str(entry_id)},
            )
        )
    record(
        actor=actor,
        account_id=found.account_id,
        kind=AccountEvent.Kind.TRUSTED_REMOVED,
        at=at,
        reason=reason,
        account=found.trusted.number,
    )
    found.removed_at = at
    return found
