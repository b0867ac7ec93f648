"""The wizard that proposes a transaction: its type, its accounts, its units, a dry run, and then
the very proposal that was tried.

What is said goes through the reader of the API's proposals: one form and one set of failures for
both faces.
"""

from types import SimpleNamespace
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.admin import shown
from registry.admin.actors import actor_of
from registry.api import proposals as reader
from registry.api.forms import MOVEMENTS, USES
from registry.errors import DomainError
from registry.models import Account, Role, Transaction, TransactionType, UnitType
from registry.selectors import accounts, foreseen, proposable, reference
from registry.services.dry_run import SHOWN, dry_run

from .fields import named_block
from .flow import Wizard
from .places import proposal_places
from .proposal_forms import (
    OF_VINTAGE,
    Accounts,
    Consolidated,
    ConversionAccounts,
    ConvertedUnits,
    IssuedUnits,
    Released,
    Reversed,
    UnitsTaken,
)

STEPS = {
    **dict.fromkeys((*MOVEMENTS, *USES, "freeze"), (Accounts, UnitsTaken)),
    "convert": (ConversionAccounts, UnitsTaken, ConvertedUnits),
    "issue": (IssuedUnits,),
    "consolidate": (Consolidated,),
    "release": (Released,),
    "reverse": (Reversed,),
}
# What an issuance says of its units besides their number, in the words of the API.
ATTRIBUTES = (
    *("unit_type", "vintage_from", "vintage_to", "vintage_label", "usable_until", "legal_basis"),
    *("project", "activity", "sector", "mitigation_type"),
)
LIMITS = {
    "daily": _("left of the daily limit (units)"),
    "holding": _("left of the holding limit (units)"),
    "group": _("left of the limit of the corporate group (units)"),
    "pool": _("left of the entitlement (t)"),
    "cap": _("left of the issuance cap (units)"),
}
# What a link to the wizard may fill in.
PREFILLED = ("source", "destination", "serials", "account", "unit_type", "freeze", "reverses")


def choose(request):
    """The first page: in which registry, and of which type."""
    actor, at = actor_of(request), timezone.now()
    places = [
        (registry, types)
        for registry in proposable.registries(actor)
        if (types := proposable.types(actor, registry, at))
    ]
    if not places:
        raise PermissionDenied
    given = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    account = _account(actor, given.get("source"))
    wanted = account.registry.code if account else request.GET.get("registry")
    registry, types = next((each for each in places if each[0].code == wanted), places[0])
    listed = [_card(registry, types[code], given) for code in STEPS if code in types]
    context = {
        **admin.site.each_context(request),
        "title": _("Propose a transaction"),
        "registries": [each for each, _types in places],
        "registry": registry,
        "account": account,
        "types": [card for card in listed if _fits(card["type"], account)],
    }
    return TemplateResponse(request, "registry/admin/wizard_types.html", context)


def propose(request, registry, code):
    """All further pages, at one address: what was typed is found again there."""
    actor = actor_of(request)
    try:
        place = reference.registry(registry)
    except DomainError as error:
        raise Http404(str(error)) from error
    if code not in STEPS or not place.hosted:
        raise Http404
    found = proposable.types(actor, place, timezone.now()).get(code)
    if found is None:
        raise PermissionDenied
    return Proposing(request, place, found).respond()


def address(registry_code, code, **given):
    """Where the wizard of a type begins, with what a link fills in."""
    query = f"?{urlencode(given)}" if given else ""
    return reverse("admin:propose_type", args=[registry_code, code]) + query


def _account(actor, number):
    try:
        return accounts.find(actor, number) if number else None
    except DomainError:
        return None


def _card(registry, row, given):
    names = {name for step in STEPS[row.code] for name in step.base_fields}
    known = {name: value for name, value in given.items() if name in names}
    if "source" in given and row.code == "consolidate":
        known["account"] = given["source"]
    return {
        "type": row,
        "address": address(registry.code, row.code, **known),
        "sources": kind_words(row.source_kinds),
        "destinations": kind_words(row.destination_kinds),
    }


def _fits(row, account):
    """Whether a transaction of the type can begin with units of this account."""
    if account is None:
        return True
    return account.kind in row.source_kinds and not set(STEPS[row.code]) & {Released, Reversed}


def kind_words(kinds):
    """The kinds of accounts in the reader's language."""
    if len(kinds) > 6:
        return _("nearly every kind of account")
    return ", ".join(str(Account.Kind(kind).label) for kind in kinds)


class Proposing(Wizard):
    """The pages of one type in one registry. `type` is the version in force."""

    preview_template = "registry/admin/wizard_proposal.html"
    last_heading = _("Check and propose")
    submit_word = _("Propose")
    start_word = _("Propose a transaction")

    def __init__(self, request, registry, type_):
        super().__init__(request)
        self.registry, self.type = registry, type_
        self.steps = STEPS[type_.code]
        self.title = type_.name
        self._accounts = {}

    @property
    def start(self):
        return f"{reverse('admin:propose')}?{urlencode({'registry': self.registry.code})}"

    @property
    def schedules(self):
        return self.type.code in MOVEMENTS

    @property
    def names_use(self):
        return self.type.code in USES

    @property
    def names_destination(self):
        return self.type.code in (*MOVEMENTS, "convert")

    def kind_words(self, kinds):
        return kind_words(kinds)

    def account(self, number):
        """The account with this number, which was found to be there."""
        if number not in self._accounts:
            self._accounts[number] = Account.objects.select_related("holder").get(number=number)
        return self._accounts[number]

    def account_words(self, number):
        if not number:
            return ""
        found = self.account(number)
        holder = str(found.holder or "")
        return f"{found.number} {found.name}" + (f" ({holder})" if holder not in found.name else "")

    def context(self):
        return {
            "registry": self.registry,
            "type": self.type,
            "zone": self.registry.jurisdiction.time_zone,
        }

    def place_of(self, failure):
        return proposal_places(failure)

    def preview(self, known):
        """What would move, what would be held, who must approve, and until when it would wait."""
        now = timezone.now()
        try:
            proposal = self._read(known)
        except DomainError as error:
            return {}, error.failures
        (trial,) = dry_run(actor=self.actor, acts=[proposal], at=now)
        if trial.failures:
            return {}, trial.failures
        return {
            "trial": trial,
            "status": Transaction.Status(trial.status),
            "moves": _moves(trial.moves),
            "has_more_moves": len(trial.moves) >= SHOWN,
            "sides": foreseen.side_by_side(trial.changes, limit=SHOWN),
            "limits": [(LIMITS[left.what], left) for left in trial.limits],
            "roles": _people(getattr(trial.approvers, "roles", ())),
            "holds": self.type.effect == TransactionType.Effect.FREEZE,
        }, []

    def submit(self, known, key):
        outcome = self._read(known)(actor=self.actor, key=key, at=timezone.now())
        found = Transaction.objects.get(pk=outcome.transaction_id)
        text = _("Transaction #%(number)s: %(status)s.")
        messages.success(
            self.request, text % {"number": found.pk, "status": found.get_status_display()}
        )
        return redirect("admin:registry_transaction_change", found.pk)

    def _read(self, known):
        """The proposal, as the API reads it.   Raises: InvalidInput, RuleViolated."""
        body = body_of(self.type.code, known)
        return reader.read(SimpleNamespace(actor=self.actor, data=body))


def body_of(code, known):
    """What the pages were told, as the body of a request that proposes it."""
    body = {"type": code}
    for name in ("reason", "execute_at", "freeze", "reverses"):
        if known.get(name):
            body[name] = known[name]
    if code == "consolidate":
        return body | {name: known[name] for name in ("account", "unit_type")}
    if "source" in known:
        body["lines"] = list(_lines(code, known))
    if "vintage_label" in known:
        body["issuances"] = [_issuance(known, body.get("lines", ()))]
    return body


def _lines(code, known):
    names = ("source", "destination", *(("entity", "period") if code in USES else ()))
    ends = {name: known[name] for name in names if known.get(name)}
    blocks = [*known.get("blocks", ()), *(known.get("serials") or ())]
    for block in blocks:
        yield ends | {"block": named_block(block)}
    if not blocks:
        unit_type, _bar, vintage_from = known["pick"].partition(OF_VINTAGE)
        line = ends | {"unit_type": unit_type, "quantity": known["quantity"]}
        yield line | ({"vintage_from": vintage_from} if vintage_from else {})


def _issuance(known, lines):
    quantity = known["quantity"] if not lines else str(sum(_units(line) for line in lines))
    attributes = {name: known[name] for name in ATTRIBUTES if known.get(name)}
    return attributes | {"blocks": [{"account": known["account"], "quantity": quantity}]}


def _units(line):
    """Units of a line; 0 for what is no number, which is told of the line itself."""
    if "block" in line:
        return int(line["block"]["last"]) - int(line["block"]["first"]) + 1
    text = line["quantity"]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _people(roles):
    """What those are called who could approve; the system itself is nobody to ask."""
    return [Role(role).label for role in roles if role != Role.SYSTEM]


def _moves(moves):
    """The first blocks that would move, by public names."""
    ends = {end for source, destination, *_rest in moves for end in (source, destination)}
    found = Account.objects.in_bulk(ends - {None})
    unit_types = UnitType.objects.select_related("registry").in_bulk({move[2] for move in moves})
    return [
        {
            "source": found.get(source),
            "destination": found.get(destination),
            "unit_type": unit_types[unit_type],
            "first": first,
            "last": last,
            "quantity": last - first + 1,
            "printed": shown.serial(
                unit_types[unit_type].registry.code, unit_types[unit_type].code, first, last
            ),
        }
        for source, destination, unit_type, first, last in moves
    ]
