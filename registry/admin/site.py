"""The site: its header, its home page, and what must be done before anything else."""

from collections import Counter
from functools import partial
from http import HTTPStatus

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from registry import ports
from registry.selectors import notices, overview

from . import block_page, charts, kept_forms, readings_kept, searching, second_factor
from .actors import actor_of, has_a_role, reads_a_ledger, represents
from .forms import OwnPasswordForm
from .notices import NoticePages
from .recoveries import DeactivationPage, PersonChangePages, PersonPages, RecoveryPages
from .wizards import proposals, requests

# Whose models are not shown: groups, permissions and mail addresses decide nothing here.
NOT_SHOWN = ("django.", "allauth.")
# The order of the home page; what is in none of these is listed at the end.
SECTIONS = (
    (
        _("Ledger"),
        ("Transaction", "Account", "Holding", "Mark", "Issuance", "Use", "Posting", "Position"),
    ),
    (_("Work"), ("Task", "TaskEvent")),
    (
        _("Decisions and messages"),
        ("Approval", "Batch", "BatchDecision", "TransactionEvent", "VerifiedMessage"),
    ),
    (
        _("Requests and stops"),
        (
            *("Upload", "GovernanceRequest", "GovernanceDecision", "GovernanceDocument", "Stop"),
            *("Representative", "TrustedAccount", "AccountEvent", "HolderSuccession"),
            *("RegistryRules", "AccountClass"),
        ),
    ),
    (_("Keys and signatures"), ("KeyRecord", "IssuanceSignature")),
    (_("Log"), ("Checkpoint", "LogLeaf", "LoggedDocument", "LogTile")),
    (
        _("Reference data"),
        (
            *("ReferenceChange", "Jurisdiction", "Scheme", "Registry", "UnitType"),
            *("UnitTypeAlias", "TransactionType", "TypeProposal", "AccountHolder"),
            *("ReferenceHistory", "ReferenceLoading"),
        ),
    ),
    (
        _("Facts and limits"),
        (
            *("Fact", "Source", "Basis", "LimitCounter", "IssuanceCap", "AccountDay"),
            *("CorporateGroup", "GroupLimit", "OpeningBalance", "OpeningTotal", "LegacyBlock"),
            *("CalendarDay", "CalendarYear", "OfficeHours", "Reconciliation"),
        ),
    ),
    (_("People"), ("Person", "RoleAssignment", "ApiKey", "SecurityEvent", "Reading")),
)


# As many bars as can be read; the table has all.
CHARTED = 12


class ConcordSite(AdminSite):
    """Django's admin under the registry's own rules: roles, not Django's permissions."""

    site_title = _("Concord")
    site_header = _("Concord")
    index_title = _("Work queue")
    index_template = "registry/admin/index.html"
    site_url = None

    def get_urls(self):
        serials = "block/<str:unit_type>/<int:first>-<int:last>/"
        own = [
            path("search/", self.admin_view(searching.search), name="search"),
            path(serials, self.admin_view(block_page.block), name="block"),
            path("propose/", self.admin_view(proposals.choose), name="propose"),
            path(
                "propose/<str:registry>/<str:code>/",
                self.admin_view(proposals.propose),
                name="propose_type",
            ),
            path("ask/", self.admin_view(requests.choose), name="ask"),
            path(
                "ask/<str:registry>/<str:kind>/",
                self.admin_view(requests.ask),
                name="ask_kind",
            ),
            path(
                f"{serials}certificate.json",
                self.admin_view(block_page.certificate),
                name="block_certificate",
            ),
        ]
        parts = (NoticePages, RecoveryPages, PersonPages, PersonChangePages, DeactivationPage)
        pages = [page for part in parts for page in part().urls(self)]
        return [*own, *pages, *super().get_urls()]

    def each_context(self, request):
        """Django's, and how many notices the person has not read: asked for by whoever shows it."""
        context = super().each_context(request)
        return {**context, "unread": SimpleLazyObject(lambda: _unread(request))}

    def register(self, model_or_iterable, admin_class=None, **options):
        """Leaves out the models of NOT_SHOWN."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else None
        kept = [
            model
            for model in (models or [model_or_iterable])
            if not model.__module__.startswith(NOT_SHOWN)
        ]
        super().register(kept, admin_class, **options)

    def has_permission(self, request):
        """Who has signed in with a second factor, and has a role or represents an account."""
        return (
            super().has_permission(request)
            and not request.user.must_change_password
            and second_factor.is_given(request)
            and (has_a_role(request) or represents(request))
        )

    def admin_view(self, view, cacheable=False):
        """Whoever may not see a page is led to what is missing; what they typed is kept."""
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if view == self.password_change and self._chooses_password(request):
                return never_cache(csrf_protect(view))(request, *args, **kwargs)
            if self.has_permission(request):
                return readings_kept.kept(request, partial(inner, request, *args, **kwargs))
            if request.method == "POST":
                kept_forms.keep(request)
            return inner(request, *args, **kwargs)

        return guarded

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """One step after the other, until nothing is missing; then on to where they wanted."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        following = "?" + urlencode({REDIRECT_FIELD_NAME: wanted})
        if not request.user.is_authenticated:
            return redirect(reverse("account_login") + following)
        if self._chooses_password(request):
            return redirect("admin:password_change")
        if not second_factor.is_enrolled(request.user):
            return redirect("mfa_index")
        if not second_factor.is_given(request):
            return redirect(second_factor.address(request) + following)
        if self.has_permission(request):
            return redirect(wanted)
        return render(request, "registry/admin/no_role.html", status=403)

    def password_change(self, request, extra_context=None):
        """Django's page with a form that goes through the service."""
        context = {**self.each_context(request), **(extra_context or {})}
        done = "admin:password_change_done"
        if request.user.must_change_password:
            context["subtitle"] = _("Your password was for one time only: choose your own.")
            # Nothing else is open yet.
            context |= {"is_nav_sidebar_enabled": False, "available_apps": []}
            done = "admin:index"
        request.current_app = self.name
        answer = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse(done, current_app=self.name),
            extra_context=context,
        )(request)
        if answer.status_code == HTTPStatus.FOUND:
            # Who has just typed the old password is not asked for the new one on the next page.
            reauthenticate_by_password(request)
        return answer

    def _chooses_password(self, request):
        """Whether the person signed in with a password for one time."""
        return super().has_permission(request) and request.user.must_change_password

    def index(self, request, extra_context=None):
        actor = actor_of(request)
        panels = [panel(actor) for panel in ports.panels()]
        context = {
            **(extra_context or {}),
            "panels": [panel for panel in panels if panel.asks],
            "resting_panels": [panel for panel in panels if not panel.asks],
            "starts": [each for start in ports.starts() for each in start(actor)],
        }
        if reads_a_ledger(request):
            context |= _held(overview.overview(actor, at=timezone.now()))
        return super().index(request, context)

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
        for app in apps:
            # Those of other parts of Concord stand under the name of theirs.
            rest = [model for model in app["models"] if model["object_name"] in found]
            name = _("Other") if app["app_label"] == "registry" else app["name"]
            if rest:
                sections.append({**_section(name), "models": rest})
        return sections


def _unread(request):
    """The number of unread notices as it is shown: no further than to ninety-nine."""
    count = notices.unread(actor_of(request))
    return f"{notices.COUNTED - 1}+" if count == notices.COUNTED else str(count or "")


def _section(name):
    return {"name": name, "app_label": "", "app_url": None, "has_module_perms": True}


def _held(found):
    """What is held, as figures and as two charts: by unit type, and by jurisdiction."""
    types, jurisdictions = Counter(), Counter()
    for total in found.totals:
        types[str(total.unit_type)] += total.circulating
        jurisdictions[str(total.registry.jurisdiction)] += total.circulating
    return {
        "overview": found,
        "by_type": charts.bars(types.most_common(CHARTED)),
        "by_jurisdiction": charts.bars(jurisdictions.most_common(CHARTED)),
    }
