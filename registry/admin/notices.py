"""What the person who is signed in is told, and how they want to be told."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import notice_texts
from registry.errors import DomainError
from registry.models import Notice
from registry.selectors import notices
from registry.services.people import Preferences, set_preferences
from registry.services.read_notices import mark_all_read, mark_read

from .actors import actor_of
from .reauthentication import freshly_authenticated

SHOWN = 50
# The page of what a notice is about, by the first word of its subject.
PAGES = {
    "transaction": "admin:registry_transaction_change",
    "request": "admin:registry_governancerequest_change",
    "stop": "admin:registry_stop_change",
}
LARGEST = 2**63 - 1


class PreferencesForm(forms.Form):
    """Language and mail."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of your mails"), choices=settings.LANGUAGES
    )
    email = forms.CharField(
        label=gettext_lazy("Mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    mail_notices = forms.BooleanField(
        label=gettext_lazy("Send me my notices by mail as well"), required=False
    )


class NoticePages:
    """The pages of notices; each person sees their own, whatever their role is."""

    def urls(self, site):
        return [
            path("notices/", site.admin_view(self.listed), name="notices"),
            path("notices/preferences/", site.admin_view(self.preferences), name="preferences"),
        ]

    def listed(self, request):
        """The newest first; a POST marks one or all of those that were shown as read."""
        actor = actor_of(request)
        if request.method == "POST":
            self._mark(actor, request.POST)
            return redirect(request.get_full_path())
        asked = {name: request.GET.get(name, "") for name in ("kind", "unread", "before")}
        rows = notices.own(actor).order_by("-pk")
        if asked["kind"] in Notice.Kind.values:
            rows = rows.filter(kind=asked["kind"])
        if asked["unread"]:
            rows = rows.filter(read_at__isnull=True)
        rows = rows.filter(pk__lt=_number(asked["before"]) or LARGEST)
        found = list(rows[: SHOWN + 1])
        context = {
            **admin.site.each_context(request),
            "title": _("Notices"),
            "found": [
                (notice, notice_texts.text_of(notice.kind, notice.data), _address(notice))
                for notice in found[:SHOWN]
            ],
            "registries_read": {
                notice.data["registry"] for notice in found[:SHOWN] if notice.data.get("registry")
            },
            "upto": found[0].pk if found else 0,
            "before": found[SHOWN - 1].pk if len(found) > SHOWN else None,
            "asked": asked,
            "kinds": Notice.Kind.choices,
        }
        return TemplateResponse(request, "registry/admin/notices.html", context)

    @freshly_authenticated
    def preferences(self, request):
        person = request.user
        initial = {name: getattr(person, name) for name in PreferencesForm.base_fields}
        form = PreferencesForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid() and self._set(request, form):
            return redirect("admin:notices")
        context = {
            **admin.site.each_context(request),
            "title": _("How you are told"),
            "form": form,
            "mail_is_sent": settings.CONCORD["MAIL"],
        }
        return TemplateResponse(request, "registry/admin/preferences.html", context)

    def _mark(self, actor, said):
        at = timezone.now()
        if _number(said.get("upto", "")):
            mark_all_read(actor=actor, upto=_number(said["upto"]), at=at)
        elif _number(said.get("read", "")) and notices.own(actor).filter(pk=said["read"]).exists():
            mark_read(actor=actor, notice_id=int(said["read"]), at=at)

    def _set(self, request, form):
        try:
            set_preferences(actor=actor_of(request), chosen=Preferences(**form.cleaned_data))
        except DomainError as error:
            for failure in error.failures:
                field = failure.data.get("pointer", "").strip("/") or None
                form.add_error(field, ValidationError(f"{failure.message} {failure.hint}"))
            return False
        messages.success(request, _("Your choice was kept."))
        return True


def _number(text):
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 19 else 0


def _address(notice):
    """The page of what the notice is about; nothing where there is none."""
    kind, _colon, number = notice.subject.partition(":")
    if kind not in PAGES:
        return ""
    try:
        return reverse(PAGES[kind], args=[number])
    except NoReverseMatch:
        return ""
