"""Hand in the file of a partner that can only export, on a page; it is compared at once."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linking.models import ReconciliationRun
from linking.services.reconcile_statement import LARGEST, Statement, reconcile_statement
from linking.statements import Form
from registry.admin.actors import actor_of
from registry.errors import DomainError
from registry.models import Registry, Role, UnitType

TITLE = gettext_lazy("Hand in a statement")
MOST_SHOWN = 20


class StatementForm(forms.Form):
    """A file, whose it is, of which unit type it tells, and when it was so."""

    use_required_attribute = False
    required_css_class = "required"
    unit_type = forms.ModelChoiceField(
        label=gettext_lazy("Unit type"), queryset=UnitType.objects.none()
    )
    partner = forms.ModelChoiceField(
        label=gettext_lazy("Partner registry"),
        queryset=Registry.objects.filter(hosted=False).order_by("code"),
    )
    as_of = forms.DateTimeField(
        label=gettext_lazy("When it was so"),
        help_text=gettext_lazy("In UTC, as in 2026-11-22 09:30."),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"],
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.ndjson"}),
        help_text=gettext_lazy(
            "CSV in UTF-8 with the columns first and last, or NDJSON: every run of serials of this "
            "unit type that the partner holds or has used."
        ),
    )

    def __init__(self, *args, home, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["unit_type"].queryset = home

    def said(self) -> Statement:
        """What is handed in; what is too large is read no further than that."""
        given, file = self.cleaned_data, self.cleaned_data["file"]
        is_ndjson = file.name.lower().endswith(".ndjson")
        return Statement(
            unit_type=given["unit_type"],
            partner=given["partner"],
            form=Form.NDJSON if is_ndjson else Form.CSV,
            data=file.read(LARGEST + 1),
            as_of=given["as_of"],
            name=file.name[-200:],
        )


def own_types(actor):
    """The unit types about which the actor hands in statements: those of the registries that they
    administer."""
    if actor is None:
        return UnitType.objects.none()
    homes = Registry.objects.filter(hosted=True)
    own = [each.pk for each in homes if Role.ADMINISTRATOR in actor.roles_in(each.pk)]
    rows = UnitType.objects.filter(registry__in=own).select_related("registry")
    return rows.order_by("code")


def hand_in(request):
    """The page with the form; then that of the comparison."""
    home = own_types(actor_of(request))
    if not home.exists():
        raise PermissionDenied
    form = StatementForm(request.POST or None, request.FILES or None, home=home)
    if request.method == "POST" and form.is_valid():
        try:
            run = reconcile_statement(
                actor=actor_of(request),
                said=form.said(),
                at=timezone.now(),
                clock=timezone.now,
            )
        except DomainError as error:
            _complain(request, error)
        else:
            return redirect("admin:linking_reconciliationrun_change", run.pk)
    context = {
        **admin.site.each_context(request),
        "opts": ReconciliationRun._meta,
        "form": form,
        "title": TITLE,
        "button": TITLE,
        "address": reverse("admin:linking_reconciliationrun_changelist"),
        "media": form.media,
    }
    return TemplateResponse(request, "linking/admin/statement.html", context)


def _complain(request, error):
    """Tells what is wrong, rows by their numbers; the first of them."""
    for failure in error.failures[:MOST_SHOWN]:
        text = f"{failure.message} {failure.hint}"
        row = failure.data.get("row", "0")
        if row != "0":
            text = _("Row %(row)s: %(text)s") % {"row": row, "text": text}
        messages.error(request, text)
    left = len(error.failures) - MOST_SHOWN
    if left > 0:
        messages.error(request, _("And %(count)s more.") % {"count": left})
