"""The site: its header, its home page, and what must be done before anything else."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import PasswordChangeView
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from registry import ports

from .actors import actor_of, has_a_role
from .forms import OwnPasswordForm

ENVIRONMENTS = {
    "evaluation": _("Evaluation: these units are not real."),
    "test": _("Test: these units are not real."),
}
# The order of the home page; what is in none of these is listed at the end.
SECTIONS = (
    (
        _("Ledger"),
        ("Transaction", "Account", "Holding", "Mark", "Issuance", "Use", "Posting", "Position"),
    ),
    (_("Decisions and messages"), ("Approval", "TransactionEvent", "VerifiedMessage")),
    (_("Keys and signatures"), ("KeyRecord", "IssuanceSignature")),
    (
        _("Reference data"),
        ("Jurisdiction", "Scheme", "Registry", "UnitType", "TransactionType", "AccountHolder"),
    ),
    (_("Facts and limits"), ("Fact", "Source", "Basis", "LimitCounter")),
    (_("People"), ("Person", "RoleAssignment", "ApiKey")),
)


class ConcordSite(AdminSite):
    """Django's admin under the registry's own rules: roles, not Django's permissions."""

    site_title = _("Concord")
    site_header = _("Concord")
    index_title = _("Work queue")
    index_template = "registry/admin/index.html"
    site_url = None

    def register(self, model_or_iterable, admin_class=None, **options):
        """Leaves out Django's own models: groups and permissions decide nothing here."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else None
        kept = [
            model
            for model in (models or [model_or_iterable])
            if not model.__module__.startswith("django.")
        ]
        super().register(kept, admin_class, **options)

    def has_permission(self, request):
        return super().has_permission(request) and has_a_role(request)

    def each_context(self, request):
        return {
            **super().each_context(request),
            "environment": settings.CONCORD["ENVIRONMENT"],
            "environment_text": ENVIRONMENTS.get(settings.CONCORD["ENVIRONMENT"], ""),
            "site_languages": [get_language_info(code) for code, _name in settings.LANGUAGES],
        }

    def admin_view(self, view, cacheable=False):
        """Whoever signed in with a one-time password chooses another before anything else."""
        inner = super().admin_view(view, cacheable)
        if view in (self.password_change, self.logout, self.i18n_javascript):
            return inner

        def guarded(request, *args, **kwargs):
            if request.user.is_authenticated and request.user.must_change_password:
                return redirect("admin:password_change")
            return inner(request, *args, **kwargs)

        return guarded

    def password_change(self, request, extra_context=None):
        """Django's page with a form that goes through the service."""
        context = {**self.each_context(request), **(extra_context or {})}
        if request.user.must_change_password:
            context["subtitle"] = _("Your password was for one time only: choose your own.")
        request.current_app = self.name
        return PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context=context,
        )(request)

    def index(self, request, extra_context=None):
        panels = [panel(actor_of(request)) for panel in ports.panels()]
        return super().index(request, {**(extra_context or {}), "panels": panels})

    def get_app_list(self, request, app_label=None):
        """The models in the sections of SECTIONS instead of one long list."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        found = {model["object_name"]: model for app in apps for model in app["models"]}
        sections = []
        for name, models in SECTIONS:
            listed = [found.pop(model) for model in models if model in found]
            if listed:
                sections.append({**_section(name), "models": listed})
        if found:
            sections.append({**_section(_("Other")), "models": list(found.values())})
        return sections


def _section(name):
    return {"name": name, "app_label": "", "app_url": None, "has_module_perms": True}
