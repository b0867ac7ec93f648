"""Agreements: the list, the page of one with all that has happened to it, and each of its texts."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import Agreement, AgreementVersion
from linking.permissions import own_parties
from linking.selectors import agreements, edges
from registry.admin import shown
from registry.admin.actors import actor_of, reads_a_ledger
from registry.admin.base import ReadOnly
from registry.errors import NotFound

from . import builder, reading
from .agreement_acts import REJECT, TAKE_BACK, AgreementActs
from .texts import found_version, told_version

STATUS = AgreementVersion.Status


@admin.register(Agreement)
class AgreementAdmin(AgreementActs, ReadOnly):
    read_paths = ("parties__registry",)
    list_display = ("code", "between", "state", "created_by", "created_at")
    list_select_related = ("created_by",)
    search_fields = ("code",)
    ordering = ("-pk",)
    fields = ("code", "created_by", "created_at")
    change_form_template = "linking/admin/agreement.html"

    def has_view_permission(self, request, obj=None):
        return reads_a_ledger(request)

    def get_queryset(self, request):
        return agreements.visible(actor_of(request)).prefetch_related("versions")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("begin/", view(builder.begin), name="linking_agreement_begin"),
            path("<int:pk>/propose/", view(builder.propose), name="linking_agreement_propose"),
            path(
                "<int:pk>/versions/<int:number>/",
                view(self.version),
                name="linking_agreement_version",
            ),
            *self.act_paths(),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if builder.may_begin(actor_of(request)):
            tools = [(reverse("admin:linking_agreement_begin"), _("Begin an agreement"))]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= _told(actor_of(request), int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def version(self, request, pk, number):
        """One text as people read it: signatures, clauses, edges, and what differs."""
        of, text = found_version(actor_of(request), pk, number)
        context = {
            **self.admin_site.each_context(request),
            **told_version(of, text),
            "title": f"{of.code} {text.number}",
            "opts": self.opts,
            "of": of,
            "acts": open_acts(actor_of(request), of),
            "media": self.media,
        }
        return TemplateResponse(request, "linking/admin/version.html", context)

    @admin.display(description=_("between"))
    def between(self, row):
        return ", ".join(str(each.jurisdiction) for each in row.parties.all())

    @admin.display(description=_("state"))
    def state(self, row):
        states = [version.status for version in row.versions.all()]
        for status in (STATUS.PROPOSED, STATUS.IN_FORCE, STATUS.TERMINATED):
            if status in states:
                return shown.badge(status, STATUS(status).label)
        return "–"


def _told(actor, pk):
    """Everything about one agreement, nothing where the person may not see it."""
    try:
        of = agreements.find_by_id(actor, pk)
    except NotFound:
        return {}
    at = timezone.now()
    versions = list(agreements.versions(of))
    rows = edges.told(edges.in_force().filter(version__agreement=of), at)
    for row in rows:
        row.words = reading.brief(row.now)
    return {
        "of": of,
        "parties": list(of.parties.all()),
        "versions": versions,
        "proposed": next((each for each in versions if each.status == STATUS.PROPOSED), None),
        "in_force": next((each for each in versions if each.status == STATUS.IN_FORCE), None),
        "edges": rows,
        "changes": reading.changes(agreements.changes(of)),
        "acts": open_acts(actor, of),
    }


def open_acts(actor, of) -> list:
    """(name of the address, words) of what the actor may do with an agreement now."""
    own = own_parties(actor, of)
    if not own:
        return []
    text, in_force = agreements.proposed(of), agreements.in_force(of)
    found = []
    if text is not None:
        signed = set(text.signatures.values_list("party_id", flat=True))
        if any(each.pk not in signed for each in own):
            found.append(("sign", _("Sign")))
        found.append(("comment", _("Comment")))
        is_own = any(each.pk == text.proposed_by_id for each in own)
        found.append(("reject", TAKE_BACK if is_own else REJECT))
    if of.versions.exists():
        found.append(("propose", _("Amend")))
    else:
        found.append(("propose", _("Propose the first text")))
    accepts = {each.jurisdiction_id for each in own}
    if in_force is not None and in_force.ends_at is None:
        if in_force.edges.filter(acceptor__in=accepts).exists():
            found.append(("terminate", _("Withdraw with notice")))
    return found
