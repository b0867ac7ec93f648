"""Transactions: what was proposed, and a person's decision on it."""

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import account_numbers, canonical, ports
from registry.errors import GATE_TEXTS, DomainError, NotFound
from registry.models import Account, Transaction
from registry.selectors import foreseen, log, tasks, transactions
from registry.services.approve import approve_now, reject
from registry.services.cancel_delayed import cancel_delayed
from registry.services.make_receipt import make_receipt
from registry.services.withdraw import withdraw

from . import shown, starts
from .actors import actor_of
from .base import ByCode, Ledger
from .deciding import Decided, complain

SHOWN = 100


def _withdraw(*, payload_hash, at, **said):
    return withdraw(**said)


def _cancel(*, payload_hash, at, **said):
    return cancel_delayed(**said)


# What can still lead to a posting.
_STATUS = Transaction.Status
MAY_MOVE = (
    *(_STATUS.AWAITING_APPROVAL, _STATUS.PROPOSED, _STATUS.CHECKED_NO_DISCREPANCY),
    *(_STATUS.ACCEPTED, _STATUS.DELAYED),
)
# What a person can say of a waiting transaction: the service, the heading, the button.
ACTS = {
    "approve": (approve_now, _("Approve transaction"), _("Approve")),
    "reject": (reject, _("Reject transaction"), _("Reject")),
    "withdraw": (_withdraw, _("Withdraw transaction"), _("Withdraw")),
    "cancel": (_cancel, _("Stop the delayed transaction"), _("Stop")),
}


@admin.register(Transaction)
class TransactionAdmin(Decided, Ledger):
    acts = ACTS
    told_template = "registry/admin/told.html"
    list_display = (
        "number",
        "type_name",
        "state",
        shown.code_of("registry", _("registry")),
        "proposer",
        "proposed_at",
    )
    list_filter = ("status", ("registry", ByCode))
    list_select_related = ("type", "registry", "proposer")
    search_fields = ("pk",)
    search_help_text = _("A transaction's number, or the number of an account.")
    change_form_template = "registry/admin/transaction.html"
    fields = ("type", "registry", "status", "proposer", "at", "proposed_at", "reason")

    def get_search_results(self, request, queryset, search_term):
        term = search_term.strip().removeprefix("#").replace(",", "")
        if not term:
            return queryset, False
        if account_numbers.is_valid(term):
            account = Account.objects.filter(number=term).first()
            return queryset.filter(pk__in=transactions.of_account(account)), False
        return queryset.filter(pk=int(term) if term.isdecimal() and len(term) < 19 else 0), False

    def get_urls(self):
        receipt = path(
            "<int:number>/receipt.json",
            self.admin_site.admin_view(self.receipt),
            name="registry_transaction_receipt",
        )
        return [self.decision_path(), receipt, *super().get_urls()]

    def receipt(self, request, number):
        """The node's signed promise that the posting comes into the log, as a file."""
        try:
            found = make_receipt(actor=actor_of(request), number=number, at=timezone.now())
        except NotFound as error:
            raise Http404(str(error)) from error
        except DomainError as error:
            return self._sorry(request, number, error)
        answer = HttpResponse(canonical.encode(found), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="transaction-{number}.receipt.json"'
        return answer

    def _sorry(self, request, number, error):
        complain(request, error)
        return redirect("admin:registry_transaction_change", number)

    def _say(self, request, number, service, said):
        service(
            actor=actor_of(request),
            transaction_id=number,
            payload_hash=said["payload_hash"],
            at=timezone.now(),
            reason=said["reason"],
        )
        done = transactions.find(actor_of(request), number)
        text = _("Transaction #%(number)s: %(status)s.")
        return text % {"number": number, "status": done.get_status_display()}

    def _beside(self, told):
        """Holdings before and after."""
        changes = foreseen.changes(told["found"], told["found"].type.effect)
        return {"sides": foreseen.side_by_side(changes, limit=SHOWN) if told["acts"] else None}

    def _told(self, request, number):
        try:
            found = transactions.detail(actor_of(request), number, limit=SHOWN)
        except NotFound:
            return {}
        task = tasks.of_transaction(number)
        batch = found.batch_item.batch_id if hasattr(found, "batch_item") else None
        said = transactions.open_acts(actor_of(request), found)
        acts = [(act, ACTS[act][2]) for act in said]
        for mark in found.reserved_blocks:
            mark.printed = shown.serial(mark.home_code, mark.unit_type_code, mark.first, mark.last)
        return {
            "found": found,
            "zone": found.registry.jurisdiction.time_zone,
            "proof": _proof(found),
            "may_move": found.status in MAY_MOVE,
            "failures": _failures(found),
            "approvals_given": sum(each.approved for each in found.approvals.all()),
            "task": task,
            "claim": task is None and tasks.WAITING_OR_FAILED.issuperset([found.status]),
            "checks": [check.code for each in ports.checks() for check in each.checks],
            "status_word": Transaction.Status(found.status).name.lower(),
            "lines": found.first_lines,
            "movements": [
                move
                | {
                    "printed": shown.serial(
                        move["home"], move["unit_type"], move["first"], move["last"]
                    )
                }
                for move in found.first_movements
            ],
            "digest": shown.digest(found.payload_hash),
            "payload_hash": bytes(found.payload_hash or b"").hex(),
            "batch": batch,
            "acts": [] if batch else acts,
            "starts": starts.of_transaction(actor_of(request), found),
        }

    @admin.display(description=_("transaction"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("type"), ordering="type")
    def type_name(self, row):
        return row.type.name

    @admin.display(description=_("status"), ordering="status")
    def state(self, row):
        return shown.badge(Transaction.Status(row.status).name.lower(), row.get_status_display())


def _proof(found):
    """That the log has the posting of a transaction: its leaf, and the proof once there is one."""
    if found.posting_id is None:
        return None
    try:
        leaf = log.leaf_of_posting(found.posting_id)
        included = log.inclusion(leaf)
    except DomainError as error:
        return {"failures": error.failures}
    return {"leaf": leaf, "included": included, "checkpoint": log.checkpoint(included.size)}


def _failures(found):
    """What failed when it was due, in words: the reason of its end has the codes."""
    last = found.timeline[-1]
    if last.status != Transaction.Status.FAILED:
        return []
    return [GATE_TEXTS[code] for code in last.reason.split(", ") if code in GATE_TEXTS]
