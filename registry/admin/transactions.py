"""Transactions: what was proposed, and a person's decision on it."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import account_numbers, canonical, ports
from registry.errors import GATE_TEXTS, Conflict, DomainError, NotFound
from registry.models import Account, Transaction
from registry.selectors import foreseen, log, tasks, transactions
from registry.services.approve import approve, reject
from registry.services.cancel_delayed import cancel_delayed
from registry.services.make_receipt import make_receipt
from registry.services.withdraw import withdraw

from . import kept_forms, shown, starts
from .actors import actor_of
from .base import ByCode, Ledger
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

SHOWN = 100
# Somebody else was first: what the page shows is not so any more.
STALE = 409


def _withdraw(*, payload_hash, at, **said):
    return withdraw(**said)


def _cancel(*, payload_hash, at, **said):
    return cancel_delayed(**said)


# What a person can say of a waiting transaction: the service, the heading, the button.
ACTS = {
    "approve": (approve, _("Approve transaction"), _("Approve")),
    "reject": (reject, _("Reject transaction"), _("Reject")),
    "withdraw": (_withdraw, _("Withdraw transaction"), _("Withdraw")),
    "cancel": (_cancel, _("Stop the delayed transaction"), _("Stop")),
}


@admin.register(Transaction)
class TransactionAdmin(Ledger):
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
        decide = path(
            "<int:number>/decide/<str:act>/",
            self.admin_site.admin_view(self.decide),
            name="registry_transaction_decide",
        )
        receipt = path(
            "<int:number>/receipt.json",
            self.admin_site.admin_view(self.receipt),
            name="registry_transaction_receipt",
        )
        return [decide, receipt, *super().get_urls()]

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

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The whole of a transaction, and what this person may do with it."""
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= self._told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    @freshly_authenticated
    def decide(self, request, number, act):
        """Shows exactly what is decided; a POST says it through the service."""
        if act not in ACTS:
            raise Http404
        told = self._told(request, number)
        if not told:
            raise Http404
        service, heading, button = ACTS[act]
        address = reverse("admin:registry_transaction_change", args=[number])
        typed = kept_forms.kept(request).get("reason", [""])
        form, status = DecisionForm(request.POST or None, initial={"reason": typed[0]}), 200
        if request.method == "POST" and form.is_valid():
            error = self._said(request, number, service, form.cleaned_data)
            if error is None:
                return redirect(address)
            status = STALE if isinstance(error, Conflict) else 200
            told = self._told(request, number)
        changes = foreseen.changes(told["found"], told["found"].type.effect)
        context = {
            **self.admin_site.each_context(request),
            **told,
            "title": f"{heading} #{number}",
            "opts": self.opts,
            "form": form,
            "act": act,
            "button": button,
            "address": address,
            "media": self.media,
            "sides": foreseen.side_by_side(changes, limit=SHOWN) if told["acts"] else None,
        }
        return TemplateResponse(request, "registry/admin/decide.html", context, status=status)

    def _sorry(self, request, number, error):
        for failure in error.failures:
            messages.error(request, f"{failure.message} {failure.hint}")
        return redirect("admin:registry_transaction_change", number)

    def _said(self, request, number, service, said):
        """The error that the service answers with, told to the person; None where it did it."""
        try:
            service(
                actor=actor_of(request),
                transaction_id=number,
                payload_hash=said["payload_hash"],
                at=timezone.now(),
                reason=said["reason"],
            )
        except DomainError as error:
            for failure in error.failures:
                messages.error(request, f"{failure.message} {failure.hint}")
            return error
        done = transactions.find(actor_of(request), number)
        text = _("Transaction #%(number)s: %(status)s.")
        messages.success(request, text % {"number": number, "status": done.get_status_display()})
        return None

    def _told(self, request, number):
        try:
            found = transactions.detail(actor_of(request), number, limit=SHOWN)
        except NotFound:
            return {}
        task = tasks.of_transaction(number)
        for mark in found.reserved_blocks:
            mark.printed = shown.serial(mark.home_code, mark.unit_type_code, mark.first, mark.last)
        return {
            "found": found,
            "zone": found.registry.jurisdiction.time_zone,
            "proof": _proof(found),
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
            "acts": [
                (act, ACTS[act][2]) for act in transactions.open_acts(actor_of(request), found)
            ],
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
