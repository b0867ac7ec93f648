"""Where the wizards begin: links on the pages on which people look for them."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.models import Mark, Transaction, TransactionType
from registry.selectors import proposable

PROPOSERS = permissions.DECIDERS


def of_home(actor):
    """(name, address) of what the actor may begin anywhere."""
    found = []
    roles = frozenset().union(*actor.roles.values())
    if roles & PROPOSERS:
        found.append((_("Propose a transaction"), reverse("admin:propose")))
    if roles & permissions.KEEPERS:
        found.append((_("Ask for something"), reverse("admin:ask")))
    return found


def of_account(actor, account):
    """(name, address) of what may begin with this account."""
    held, found = actor.roles_in(account.registry_id), []
    if held & PROPOSERS and account.status != account.Status.CLOSED:
        from_account = urlencode({"source": account.number})
        found.append((_("Propose a transaction"), f"{reverse('admin:propose')}?{from_account}"))
        found.append((_("Freeze units"), _type(account.registry.code, "freeze", from_account)))
    if held & permissions.KEEPERS:
        about = urlencode({"account": account.number})
        found.append((_("Ask for something"), f"{reverse('admin:ask')}?{about}"))
    return found


def of_transaction(actor, found):
    """(name, address) of the reversal or the release that this transaction may have."""
    if found.status != Transaction.Status.COMPLETED:
        return []
    registry = found.registry
    types = proposable.types(actor, registry, timezone.now())
    if found.type.effect == TransactionType.Effect.FREEZE and "release" in types:
        marks = Mark.objects.filter(transaction_id=found.pk, released_at=None)
        if marks.filter(kind=Mark.Kind.FREEZE).exists():
            query = urlencode({"freeze": found.pk})
            return [(_("Release the units"), _type(registry.code, "release", query))]
    if found.type.reversible and "reverse" in types and not _is_reversed(found):
        query = urlencode({"reverses": found.pk})
        return [(_("Reverse the transaction"), _type(registry.code, "reverse", query))]
    return []


def of_held(actor, rows, *, first, last):
    """The rows of the page of the serials first..last, each with what may begin with them."""
    rows = list(rows)
    for row in rows:
        named = f"{row['unit_type__code']} {max(first, row['first'])}-{min(last, row['last'])}"
        row["starts"] = _of_block(actor, row, named)
    return rows


def _of_block(actor, row, serials):
    if not actor.roles_in(row["registry_id"]) & PROPOSERS:
        return []
    query = urlencode({"source": row["account__number"], "serials": serials})
    return [
        (_("Transaction"), f"{reverse('admin:propose')}?{query}"),
        (_("Freeze"), _type(row["registry__code"], "freeze", query)),
    ]


def _is_reversed(found):
    """Whether a reversal of it waits or is done: there is only one."""
    status = Transaction.Status
    over = [status.FAILED, status.TERMINATED, status.REJECTED, status.CANCELLED]
    others = [status.CHECKED_DISCREPANCY, status.MANUALLY_CANCELLED]
    return found.reversals.exclude(status__in=[*over, *others]).exists()


def _type(registry_code, code, query):
    return f"{reverse('admin:propose_type', args=[registry_code, code])}?{query}"
