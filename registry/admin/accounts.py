"""Accounts, with what they hold and held, and a statement of what came and went."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import account_numbers
from registry.errors import DomainError
from registry.models import Account, Right, TransactionType
from registry.selectors import (
    holdings,
    marks,
    positions,
    representatives,
    statements,
    trusted,
)

from . import shown, starts
from .actors import actor_of
from .base import ByCode, Ledger
from .forms import AsOfForm

ENTRIES = 50
SHOWN = 20
# Blocks of a unit type and vintage from which on merging them is worth an administrator's while.
FRAGMENTED = 50
# What a right lets its representative do in a proposal that needs two persons.
PARTS = {
    Right.READ: _("reads only"),
    Right.INITIATE: _("proposes; somebody else approves"),
    Right.APPROVE: _("approves what somebody else has proposed"),
    Right.INITIATE_AND_APPROVE: _("proposes, or approves what somebody else has proposed"),
    Right.SURRENDER: _("surrenders only, alone"),
}


@admin.register(Account)
class AccountAdmin(Ledger):
    list_display = (
        "number",
        "name",
        "kind",
        shown.code_of("registry", _("registry")),
        "holder",
        "state",
    )
    list_filter = ("status", "kind", ("registry", ByCode))
    list_select_related = ("registry__jurisdiction", "holder", "stands_for", "account_class")
    search_fields = ("number", "name", "holder__code", "holder__name")
    search_help_text = _("An account number, or a part of a name.")
    ordering = ("pk",)
    change_form_template = "registry/admin/account.html"
    fields = (
        "number",
        "name",
        "kind",
        "registry",
        "holder",
        "stands_for",
        "status",
        "holding_limit",
        "opened_at",
        "closed_at",
    )

    def get_search_results(self, request, queryset, search_term):
        """A whole account number is looked up by its index."""
        if account_numbers.is_valid(search_term.strip()):
            return queryset.filter(number=search_term.strip()), False
        return super().get_search_results(request, queryset, search_term)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if request.method == "GET" and object_id.isdecimal():
            found = self.get_object(request, object_id)
            if found is not None:
                context |= _told(found, request.GET) | _around(found)
                context["starts"] = starts.of_account(actor_of(request), found)
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description=_("status"), ordering="status")
    def state(self, account):
        return shown.badge(account.status, account.get_status_display())


def _told(account, asked):
    """What the account holds and its statement, now or as of what was asked for."""
    form, zone = AsOfForm(asked or None), account.registry.jurisdiction.time_zone
    as_of, problems = None, []
    if form.is_valid():
        try:
            as_of = _position(form.cleaned_data, zone)
        except DomainError as error:
            problems = error.failures
    held = list(holdings.balances(account_id=account.pk, as_of=as_of))
    entries = statements.statement(account_id=account.pk, as_of=as_of, limit=ENTRIES)
    types = TransactionType.objects.in_bulk({entry.type_id for entry in entries})
    for entry in entries:
        entry.type_name = types[entry.type_id].name
    return {
        "as_of_form": form,
        "as_of": as_of,
        "problems": problems,
        "zone": zone,
        "held": held,
        "blocks": sum(row["blocks"] for row in held),
        "fragmented": [row for row in held if row["blocks"] >= FRAGMENTED],
        "statement": entries,
        "statement_goes_on": len({entry.posting_id for entry in entries}) >= ENTRIES,
    }


def _around(account):
    """Who may do what with the account, what stands on its units, and what happened to it."""
    standing = marks.blocking(account.pk, limit=SHOWN)
    entries = list(trusted.of_account(account)[: SHOWN + 1])
    events = representatives.latest_events(account, limit=SHOWN)
    return {
        "representatives": [
            (each, PARTS[Right(each.right)]) for each in representatives.in_force(account)
        ],
        "trusted": entries[:SHOWN],
        "marks": standing[:SHOWN],
        "events": events[:SHOWN],
        "goes_on": {
            "trusted": len(entries) > SHOWN,
            "marks": len(standing) > SHOWN,
            "events": len(events) > SHOWN,
        },
    }


def _position(asked, zone):
    """The position that was asked for; a date means its end in the zone of the registry.

    Raises: InvalidInput.
    """
    now, instant = timezone.now(), None
    if asked["date"]:
        ends = datetime.combine(asked["date"] + timedelta(days=1), time(), ZoneInfo(zone))
        is_today = asked["date"] == now.astimezone(ZoneInfo(zone)).date()
        instant = now if is_today else ends
    return positions.resolve(position=asked["position"], instant=instant, now=now)
