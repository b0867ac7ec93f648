"""Notices between nodes: those that came, and the page on which one is sent."""

from datetime import UTC, datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from linking.models import PeerNotice
from linking.selectors import peer_notices
from linking.services.give_notice import Notice, give_notice, linked
from registry.admin import kept_forms, shown
from registry.admin.actors import actor_of
from registry.admin.deciding import complain
from registry.admin.reauthentication import freshly_authenticated
from registry.admin.wizards.fields import LocalMoment
from registry.errors import DomainError

from . import peer_words
from .peers import LONGEST_TEXT, Asked, OfPeers, may_keep


class NoticeForm(Asked):
    """What is told, and to whom."""

    peers = forms.MultipleChoiceField(label=_("To"), widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(peer_words.NOTICES.items()))
    begins_at = LocalMoment(label=_("Begins at"), help_text=_("In UTC."))
    ends_at = LocalMoment(
        label=_("Ends at"), required=False, help_text=_("In UTC; empty: not known yet.")
    )
    text = forms.CharField(
        label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = list(linked().values_list("name", flat=True))
        self.fields["peers"].choices = [(name, name) for name in names]
        self.initial.setdefault("peers", names)


@admin.register(PeerNotice)
class PeerNoticeAdmin(OfPeers):
    list_display = ("received_at", "kind_badge", "peer", "begins_shown", "ends_shown", "text_said")
    list_filter = ("peer",)
    search_fields = ("=id", "peer__name")
    ordering = ("-received_at", "-pk")
    fields = ("peer", "kind_badge", "begins_shown", "ends_shown", "text_said", "received_at", "id")
    readonly_fields = ("kind_badge", "begins_shown", "ends_shown", "text_said")

    def get_queryset(self, request):
        return peer_notices.visible(actor_of(request))

    def get_urls(self):
        send = path("send/", self.admin_site.admin_view(self.send), name="linking_peernotice_send")
        return [send, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = []
        if may_keep(request):
            tools = [(reverse("admin:linking_peernotice_send"), _("Send a notice"))]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def send(self, request):
        """The page on which a notice is written; who may not is told so before anything else."""
        if not may_keep(request):
            raise PermissionDenied
        return self._send(request)

    @freshly_authenticated
    def _send(self, request):
        form = NoticeForm(request.POST or None, initial=_begun(request))
        if request.method == "POST" and form.is_valid():
            try:
                sent = give_notice(actor=actor_of(request), **_told(form.cleaned_data))
            except DomainError as error:
                complain(request, error)
            else:
                text = ngettext(
                    "The notice is on its way to %(count)s node.",
                    "The notice is on its way to %(count)s nodes.",
                    len(sent),
                )
                messages.success(request, text % {"count": len(sent)})
                return redirect("admin:linking_peernotice_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "title": _("Send a notice"),
            "button": _("Send a notice"),
            "address": reverse("admin:linking_peernotice_changelist"),
            "media": self.media,
        }
        return TemplateResponse(request, "linking/admin/peer_act.html", context)

    @admin.display(description=_("kind"), ordering="notice_kind")
    def kind_badge(self, row):
        return shown.badge(row.notice_kind, peer_words.notice(row.notice_kind))

    @admin.display(description=_("begins at"), ordering="begins")
    def begins_shown(self, row):
        return datetime.fromisoformat(row.begins)

    @admin.display(description=_("ends at"), ordering="ends")
    def ends_shown(self, row):
        return datetime.fromisoformat(row.ends) if row.ends else _("not known yet")

    @admin.display(description=_("text"))
    def text_said(self, row):
        return row.said


def _begun(request):
    """What was typed before the person had to sign in again; else a notice that begins now."""
    kept = kept_forms.kept(request)
    if not kept:
        return {"begins_at": timezone.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M")}
    return {name: values if name == "peers" else values[0] for name, values in kept.items()}


def _told(said):
    ends = said["ends_at"]
    notice = Notice(
        said["kind"],
        datetime.fromisoformat(said["begins_at"]),
        datetime.fromisoformat(ends) if ends else None,
        said["text"],
    )
    return {"notice": notice, "names": said["peers"], "at": timezone.now()}
