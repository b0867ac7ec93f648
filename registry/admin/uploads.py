"""Uploads: a file is sent, its rows are looked at, it is submitted, and another person decides."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.api.errors import status_of
from registry.errors import DomainError, NotFound
from registry.models import LARGEST_UPLOAD, GovernanceRequest, Registry, Transaction, Upload
from registry.opening_archive import FILES
from registry.selectors import uploads
from registry.services.governance import decide
from registry.services.submit_upload import check_again, submit_upload
from registry.services.upload import MEDIA_TYPES, File, upload
from registry.services.uploaded.kinds import WORKS

from . import kept_forms, shown
from .actors import actor_of
from .base import ByCode, Ledger
from .deciding import complain
from .forms import DecisionForm
from .reauthentication import freshly_authenticated

SHOWN = 100
# By the ending of its name: what browsers say of a file's type depends on what is installed.
BY_ENDING = {form.value: media_type for media_type, form in MEDIA_TYPES.items()}
ACTS = {
    "submit": (submit_upload, _("It was submitted.")),
    "check": (check_again, _("It is checked again.")),
}


class UploadForm(forms.Form):
    """A file, what it has in its rows, and for which registry it is. The key makes a second click
    on the button the same upload."""

    registry = forms.ChoiceField(label=_("Registry"))
    kind = forms.ChoiceField(label=_("Kind of rows"), choices=Upload.Kind.choices)
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.zip"}),
        help_text=_(
            "CSV in UTF-8 or an XLSX workbook with one sheet, of at most 32 MiB and 200,000 rows; "
            "opening balances as a ZIP file."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args, registries, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["registry"].choices = [(row.code, str(row)) for row in registries]

    def sent(self) -> File:
        """The file, with what was said of it; what is too large is read no further than that."""
        said, file = self.cleaned_data, self.cleaned_data["file"]
        media_type = BY_ENDING.get(file.name.rpartition(".")[2].lower(), file.content_type)
        content = file.read(LARGEST_UPLOAD + 1)
        return File(said["kind"], file.name[-200:], media_type, content, said["reason"])


@admin.register(Upload)
class UploadAdmin(Ledger):
    list_display = (
        *("pk", "kind", shown.code_of("registry", _("registry")), "name", "state"),
        *("rows_checked", "errors_total", "person", "uploaded_at"),
    )
    list_filter = ("state", "kind", ("registry", ByCode))
    list_select_related = ("registry", "person")
    search_fields = ("name", "person__username")
    change_list_template = "registry/admin/uploads.html"
    change_form_template = "registry/admin/upload.html"
    fields = ("kind", "registry", "name", "state")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.new), name="registry_upload_new"),
            path("<int:number>/act/<str:act>/", view(self.act), name="registry_upload_act"),
            path("<int:number>/decide/", view(self.decide), name="registry_upload_decide"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {"uploads": bool(_registries(actor_of(request)))}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def new(self, request):
        """The form; a POST takes the file, and leads to its page."""
        registries = _registries(actor_of(request))
        if not registries:
            raise PermissionDenied
        typed = {name: values[0] for name, values in kept_forms.kept(request).items() if values}
        form = UploadForm(
            request.POST or None,
            request.FILES or None,
            registries=registries,
            initial={**typed, "key": get_random_string(32)},
        )
        status = 200
        if request.method == "POST":
            status = 400
            if form.is_valid():
                try:
                    made = self._take(request, form, registries)
                except DomainError as error:
                    status = status_of(error)[0]
                    complain(request, error)
                else:
                    messages.success(request, gettext("The file was taken."))
                    return redirect("admin:registry_upload_change", made.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Upload a file"),
            "opts": self.opts,
            "form": form,
            "kinds": [(kind.label, work.columns) for kind, work in WORKS.items()],
            "files": [(Upload.Kind.OPENING_BALANCES.label, FILES)],
            "media": self.media,
        }
        return TemplateResponse(request, "registry/admin/upload_form.html", context, status=status)

    def _take(self, request, form, registries):
        code = form.cleaned_data["registry"]
        return upload(
            actor=actor_of(request),
            registry_id=next(row.pk for row in registries if row.code == code),
            file=form.sent(),
            key=form.cleaned_data["key"],
            at=timezone.now(),
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= self._told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def act(self, request, number, act):
        """Has an upload submitted or checked again; a refusal is told on its page."""
        if act not in ACTS:
            raise Http404
        if request.method != "POST":
            return redirect("admin:registry_upload_change", number)
        service, done = ACTS[act]
        try:
            service(actor=actor_of(request), upload_id=number, at=timezone.now())
        except NotFound as error:
            raise Http404 from error
        except DomainError as error:
            return self._refused(request, number, error)
        messages.success(request, done)
        return redirect("admin:registry_upload_change", number)

    @freshly_authenticated
    def decide(self, request, number):
        """Shows what is decided on; a POST says it, of exactly this payload."""
        told = self._told(request, number)
        if not told or not told["decides"]:
            raise Http404
        typed = kept_forms.kept(request).get("reason", [""])
        form = DecisionForm(request.POST or None, initial={"reason": typed[0]})
        if request.method == "POST" and form.is_valid():
            try:
                decide(
                    actor=actor_of(request),
                    request_id=told["found"].request_id,
                    approved="approve" in request.POST,
                    payload_hash=form.cleaned_data["payload_hash"],
                    at=timezone.now(),
                    reason=form.cleaned_data["reason"],
                )
            except DomainError as error:
                return self._refused(request, number, error)
            return redirect("admin:registry_upload_change", number)
        context = {
            **self.admin_site.each_context(request),
            **told,
            "title": f"{gettext('Decide on the upload')} #{number}",
            "opts": self.opts,
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "registry/admin/upload_decide.html", context)

    def _refused(self, request, number, error):
        complain(request, error)
        context = {
            **self.admin_site.each_context(request),
            **self._told(request, number),
            "title": f"#{number}",
            "opts": self.opts,
            "media": self.media,
            "refused": True,
        }
        status = status_of(error)[0]
        return TemplateResponse(request, "registry/admin/upload.html", context, status=status)

    def _told(self, request, number):
        actor = actor_of(request)
        try:
            found = uploads.find(actor, number)
        except NotFound:
            return {}
        after = request.GET.get("after", "")
        after = int(after) if after.isdecimal() and len(after) < 19 else 0
        rows = list(uploads.errors_of(found).filter(pk__gt=after)[: SHOWN + 1])
        asked = found.request
        waits = asked is not None and asked.status == GovernanceRequest.Status.WAITING
        decides = actor.roles_in(found.registry_id) & permissions.DECIDERS
        is_own = found.person_id == actor.person_id
        return {
            "found": found,
            "transaction_status": found.transaction_status is not None
            and Transaction.Status(found.transaction_status).label,
            "zone": found.registry.jurisdiction.time_zone,
            "rows": [_shown(row) for row in rows[:SHOWN]],
            "after": after,
            "next": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
            "submits": is_own and found.awaits_submission,
            "checks": is_own and found.can_be_checked_again,
            "openings": found.openings.all(),
            "decides": waits and not is_own and bool(decides),
            "payload_hash": bytes(asked.payload_hash).hex() if waits else "",
            "address": reverse("admin:registry_upload_change", args=[number]),
        }


def _registries(actor):
    """The registries of this node for which somebody may upload files."""
    rows = Registry.objects.filter(hosted=True).order_by("code")
    return [row for row in rows if actor.roles_in(row.pk) & permissions.KEEPERS]


def _shown(row):
    return {
        "row": row.row,
        "column": row.column,
        "code": row.code,
        "message": gettext(row.message),
        "hint": gettext(row.hint) if row.hint else "",
        "data": ", ".join(f"{name}: {value}" for name, value in row.data.items()),
    }
