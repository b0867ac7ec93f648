"""Batches: many transactions that were proposed as one, and are decided as one."""

from django.contrib import admin, messages
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.errors import DomainError, NotFound
from registry.models import Batch, BatchDecision, Transaction, TransactionLine
from registry.selectors import batches, foreseen
from registry.services.decide_batch import cancel_batch, decide_batch, withdraw_batch

from .actors import actor_of
from .base import Ledger
from .deciding import Decided

# As many transactions and accounts as a page can show; the lists and the API have all.
SHOWN = 100
TOLD = 10


def _approve(**said):
    return decide_batch(approved=True, **said)


def _reject(**said):
    return decide_batch(approved=False, **said)


def _withdraw(*, payload_hash, at, **said):
    return withdraw_batch(**said)


def _cancel(*, payload_hash, at, **said):
    return cancel_batch(**said)


# What a person can say of a batch that waits: the service, the heading, the button.
ACTS = {
    "approve": (_approve, gettext_lazy("Approve batch"), gettext_lazy("Approve")),
    "reject": (_reject, gettext_lazy("Reject batch"), gettext_lazy("Reject")),
    "withdraw": (_withdraw, gettext_lazy("Withdraw batch"), gettext_lazy("Withdraw")),
    "cancel": (_cancel, gettext_lazy("Stop what is delayed of the batch"), gettext_lazy("Stop")),
}


class OfBatches(Ledger):
    """What is seen by those who see any of a batch's transactions: once, however many those are."""

    def get_queryset(self, request):
        seen = super().get_queryset(request).values("pk")
        return self.model._default_manager.filter(pk__in=seen)


@admin.register(Batch)
class BatchAdmin(Decided, OfBatches):
    """The list of batches, and the page on which one is decided."""

    acts = ACTS
    told_template = "registry/admin/batch_told.html"
    scope = "items__transaction__registry"
    list_display = ("pk", "mode", "proposer", "approvals_needed", "reason", "at")
    list_filter = ("mode",)
    change_form_template = "registry/admin/told_page.html"
    fields = ("mode", "proposer")
    list_select_related = ("proposer",)

    def get_urls(self):
        return [self.decision_path(), *super().get_urls()]

    def _say(self, request, number, service, said):
        answers = service(actor=actor_of(request), batch_id=number, at=timezone.now(), **said)
        refused = [each for each in answers if isinstance(each.result, DomainError)]
        for each in refused[:TOLD]:
            for failure in each.result.failures:
                told = f"#{each.transaction_id}: {failure.message} {failure.hint}"
                messages.warning(request, told)
        text = _("Batch #%(number)s: said of %(said)s transactions, refused for %(refused)s.")
        words = {"number": number, "said": len(answers) - len(refused), "refused": len(refused)}
        return text % words

    def _beside(self, told):
        """Holdings before and after, of all transactions that wait."""
        if not told["acts"]:
            return {"sides": None}
        waiting = told["rows"].filter(status__in=batches.WAITING)
        changes = foreseen.changes_together(waiting)
        return {
            "sides": foreseen.side_by_side(changes, limit=SHOWN),
            "has_more_sides": len(changes) > SHOWN,
        }

    def _told(self, request, number):
        actor = actor_of(request)
        try:
            found = batches.detail(actor, number)
        except NotFound:
            return {}
        rows = batches.of_batch(actor, found)
        items = list(rows.select_related("type", "registry", "batch_item")[: SHOWN + 1])
        for item, lines in zip(items, _lines_of(items[:SHOWN]), strict=False):
            item.units = lines
        return {
            "found": found,
            "heading": found.get_mode_display(),
            "states": [
                (Transaction.Status(each["status"]).label, each["count"]) for each in found.states
            ],
            "rows": rows,
            "items": items[:SHOWN],
            "has_more_items": len(items) > SHOWN,
            "payload_hash": bytes(found.payload_hash).hex(),
            "acts": [(act, ACTS[act][2]) for act in batches.open_acts(actor, found)],
        }


@admin.register(BatchDecision)
class BatchDecisionAdmin(OfBatches):
    scope = "batch__items__transaction__registry"
    list_display = ("batch", "person", "approved", "reason", "at")
    list_filter = ("approved",)
    list_select_related = ("batch", "person")


def _lines_of(items):
    """For each transaction: (unit type, units, number of lines)."""
    rows = TransactionLine.objects.filter(transaction_id__in=[item.pk for item in items])
    counted = rows.values_list("transaction_id", "unit_type__code").order_by("unit_type__code")
    found = {}
    for pk, code, units, lines in counted.annotate(units=Sum("quantity"), lines=Count("pk")):
        found.setdefault(pk, []).append((code, units, lines))
    return [found.get(item.pk, []) for item in items]
