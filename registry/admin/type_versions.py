"""Versions of transaction types: proposed on the page of a type, decided here by somebody else."""

from dataclasses import replace

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from registry.errors import Conflict, DomainError, NotFound
from registry.models import Registry, TransactionType, TypeProposal
from registry.selectors import type_versions
from registry.services.transaction_types import (
    NewVersion,
    approve_version,
    propose_version,
    reject_version,
    withdraw_version,
)

from . import kept_forms, shown
from .actors import actor_of, administers_the_system
from .base import ReadOnly
from .deciding import STALE, Decided
from .reference_changes import PROPOSED
from .type_forms import VersionForm, words

CHANGE = "admin:registry_typeproposal_change"


def _withdraw(*, payload_hash, **said):
    return withdraw_version(**said)


# What a person can say of a version that waits: the service, the heading, the button.
ACTS = {
    "approve": (approve_version, _("Approve version"), _("Approve")),
    "reject": (reject_version, _("Reject version"), _("Reject")),
    "withdraw": (_withdraw, _("Withdraw version"), _("Withdraw")),
}


class TypePages:
    """For the admin class of transaction types: the versions of one, and the next one's form."""

    change_form_template = "registry/admin/type.html"

    def get_urls(self):
        propose = path(
            "<int:number>/propose/",
            self.admin_site.admin_view(self.propose),
            name="registry_transactiontype_propose",
        )
        return [propose, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        if found is not None and self.has_view_permission(request):
            context |= {
                "versions": type_versions.versions(found.code),
                "waiting": type_versions.waiting(found.code, found.registry_id),
                "proposes": administers_the_system(request),
            }
        return super().change_view(request, object_id, form_url, context)

    def propose(self, request, number):
        """The rules of the latest version to be changed; a POST proposes what they say."""
        if not administers_the_system(request):
            raise PermissionDenied
        known = TransactionType.objects.filter(pk=number).first()
        if known is None:
            raise Http404
        found = type_versions.latest(known.code, known.registry_id)
        kept = MultiValueDict(kept_forms.kept(request))
        typed = request.POST if request.method == "POST" else kept
        form, status = VersionForm(typed or None, follows=found, places=_places(found)), 200
        if request.method == "POST" and form.is_valid():
            try:
                made = self._propose(request, form, found)
            except DomainError as error:
                status = STALE if isinstance(error, Conflict) else 200
                form.complain(error)
            else:
                messages.success(request, PROPOSED)
                return redirect(CHANGE, made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Propose a version"),
            "subtitle": f"{found}",
            "opts": self.opts,
            "original": found,
            "form": form,
            "address": reverse("admin:registry_transactiontype_change", args=[found.pk]),
            "waiting": type_versions.waiting(found.code, found.registry_id),
            "media": self.media,
        }
        return TemplateResponse(request, "registry/admin/type_propose.html", context, status=status)

    def _propose(self, request, form, found):
        """The proposal; where the same click came twice, the one that the first click made."""
        said, at = form.cleaned_data, timezone.now()
        version = NewVersion(
            found.code,
            form.rules(),
            said["valid_from"] or at,
            registry_id=said["registry"] or None,
            follows=said["follows"],
        )
        try:
            return propose_version(
                actor=actor_of(request), version=version, at=at, reason=said["reason"]
            )
        except Conflict:
            made = type_versions.waiting(version.code, version.registry_id)
            if made is None or not _is_same(made, actor_of(request), version, said["reason"]):
                raise
            return made


def _is_same(made, actor, version, reason):
    return (
        made.proposer_id == actor.person_id
        and made.reason == reason
        and all(made.rules[name] == value for name, value in version.rules.items())
    )


def _places(found):
    """Where a version that follows this one may hold: in its registry; the general one in all
    registries, or in one that has no version of its own."""
    if found.registry_id is not None:
        return [(found.registry_id, str(found.registry))]
    own = TransactionType.objects.filter(code=found.code).exclude(registry=None)
    rows = Registry.objects.filter(hosted=True).exclude(pk__in=own.values("registry"))
    return [("", _("all registries")), *((row.pk, str(row)) for row in rows.order_by("code"))]


@admin.register(TypeProposal)
class TypeProposalAdmin(Decided, ReadOnly):
    """The list of all proposed versions, and the page on which one is decided."""

    acts = ACTS
    told_template = "registry/admin/type_proposal_told.html"
    change_form_template = "registry/admin/told_page.html"
    list_display = (
        "number",
        "code",
        "place",
        "state",
        "proposer",
        "proposed_at",
        "decider",
        "version",
    )
    list_filter = ("status", "code")
    list_select_related = ("registry", "proposer", "decider", "version")
    search_fields = ("code", "reason", "proposer__username")
    ordering = ("-pk",)
    fields = ("code", "registry")

    def get_urls(self):
        return [self.decision_path(), *super().get_urls()]

    def _say(self, request, number, service, said):
        service(actor=actor_of(request), proposal_id=number, **said)
        done = TypeProposal.objects.get(pk=number)
        text = _("Version #%(number)s: %(status)s.")
        return text % {"number": number, "status": done.get_status_display()}

    def _told(self, request, number):
        actor = actor_of(request)
        try:
            found = type_versions.find(actor, number)
        except NotFound:
            return {}
        follows = type_versions.before(found)
        return {
            "found": found,
            "heading": follows.name,
            "badge": self.state(found),
            "follows": follows,
            "differences": [_in_words(each) for each in type_versions.differences(found)],
            "payload_hash": bytes(found.payload_hash).hex(),
            "acts": [(act, ACTS[act][2]) for act in type_versions.open_acts(actor, found)],
        }

    @admin.display(description=_("proposed version of a transaction type"), ordering="pk")
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("registry"), ordering="registry")
    def place(self, row):
        return row.registry.code if row.registry else _("all registries")

    @admin.display(description=_("status"), ordering="status")
    def state(self, row):
        return shown.badge(TypeProposal.Status(row.status).name.lower(), row.get_status_display())


def _in_words(each):
    return replace(each, old=words(each.field, each.old), new=words(each.field, each.new))
