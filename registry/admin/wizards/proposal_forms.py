"""The pages on which a transaction is said: accounts, units, attributes of an issuance."""

from datetime import datetime

from django import forms
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from registry.admin import shown
from registry.models import AccountHolder, Holding, Mark, UnitType
from registry.selectors import holdings, reference
from registry.templatetags.shown import moment

from .fields import AccountNumber, Day, LocalMoment, NamedBlocks, Reason, Suggesting, Units
from .fields import block_text as as_text
from .flow import Step

# Blocks that are offered to be ticked; others are named by their serials.
TICKED = 50
# Between a unit type and the first day of its vintage, in the value of a choice.
OF_VINTAGE = "|"


class Accounts(Step):
    """Which account gives, which one receives."""

    heading = _("Accounts")
    source = AccountNumber(label=_("From account"))
    destination = AccountNumber(label=_("To account"))

    def fit(self):
        self._offer("source", self.wizard.type.source_kinds)
        if self.wizard.names_destination:
            self._offer("destination", self.wizard.type.destination_kinds)
        else:
            del self.fields["destination"]

    def _offer(self, name, kinds):
        field = self.fields[name]
        field.actor = self.wizard.actor
        field.suggest(self.wizard.registry, kinds)
        field.help_text = self.wizard.kind_words(kinds)

    def shown(self, name):
        return self.wizard.account_words(self.cleaned_data.get(name))


class ConversionAccounts(Accounts):
    """Which account gives; units end in the conversion account of its registry."""

    heading = _("Accounts")
    account = AccountNumber(label=_("Account that receives the issued units"))

    def fit(self):
        super().fit()
        self.fields["destination"].suggest(self.wizard.registry, ["conversion"])
        self.fields["destination"].label = _("Conversion account")
        self.fields["destination"].help_text = ""
        self.fields["account"].actor = self.wizard.actor


class UnitsTaken(Step):
    """Which units of the account, and how many: by a rule, or by their serials."""

    heading = _("Units")
    template_name_inside = "registry/admin/wizard_units.html"
    pick = forms.ChoiceField(label=_("Units of"), required=False)
    quantity = Units(label=_("Quantity (units)"), required=False)
    blocks = forms.MultipleChoiceField(
        label=_("Whole blocks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    serials = NamedBlocks(
        label=_("Other serials"),
        required=False,
        help_text=_("One block a line, as it is printed or as KAU 1,000-1,999."),
    )
    entity = forms.CharField(
        label=_("Used by"),
        required=False,
        max_length=40,
        widget=Suggesting,
        help_text=_("The code of an account holder; empty: the holder of the account."),
    )
    period = forms.CharField(
        label=_("Period"),
        required=False,
        max_length=32,
        help_text=_("What the units are used for, as in 2025."),
    )
    execute_at = LocalMoment(label=_("Not before"), required=False)
    reason = Reason(required=False)

    def fit(self):
        wizard = self.wizard
        account = wizard.account(self.known["source"])
        self.rows = _held_by(account, wizard.type.unit_kinds)
        self.marked = _marked_in(account)
        self.fields["pick"].choices = list(_picks(self.rows))
        listed = list(_blocks_of(account, wizard.type.unit_kinds))
        self.has_more_blocks = len(listed) > TICKED
        self.fields["blocks"].choices = [*listed[:TICKED], *self._carried(listed)]
        if wizard.names_use:
            holders = AccountHolder.objects.filter(jurisdiction=wizard.registry.jurisdiction)
            suggested = holders.order_by("code")[:50].values_list("code", "name")
            self.fields["entity"].widget.suggestions = list(suggested)
        else:
            del self.fields["entity"], self.fields["period"]
        if wizard.schedules:
            zone = wizard.registry.jurisdiction.time_zone
            self.fields["execute_at"].zone = zone
            text = _("In the time of the registry (%(zone)s); empty: as soon as it is approved.")
            self.fields["execute_at"].help_text = text % {"zone": zone}
        else:
            del self.fields["execute_at"]
        self.fields["reason"].required = wizard.type.reason_required

    def _carried(self, listed):
        """A block that was ticked and is not there any more stays one, and is told so later."""
        ticked = self.data.getlist("blocks") if self.is_bound else self.initial.get("blocks", [])
        known = {value for value, _label in listed[:TICKED]}
        for value in ticked:
            if value not in known and len(value) < 100:
                yield value, value

    def clean(self):
        said = self.cleaned_data
        named = [*said.get("blocks", ()), *(said.get("serials") or ())]
        if said.get("quantity") and named:
            self.add_error("quantity", _("Give a quantity or blocks, not both."))
        elif said.get("quantity") and not said.get("pick"):
            self.add_error("pick", _("Say of which units."))
        elif not named and not said.get("quantity") and "serials" in said:
            self.add_error("quantity", _("Give a quantity, or name blocks."))
        return said

    def shown(self, name):
        value = self.cleaned_data.get(name)
        if name == "serials":
            return "; ".join(value or ())
        if name == "pick" and not self.cleaned_data.get("quantity"):
            return ""
        if name == "quantity" and value and value.isdecimal() and len(value) < 19:
            return shown.units(int(value))
        if name == "execute_at" and value:
            zone = self.wizard.registry.jurisdiction.time_zone
            return moment(datetime.fromisoformat(value), zone)
        return super().shown(name)


class IssuedUnits(Step):
    """What the units that are issued share, and who receives them."""

    heading = _("Units")
    account = AccountNumber(label=_("To account"))
    unit_type = forms.ChoiceField(label=_("Unit type"))
    quantity = Units(label=_("Quantity (units)"))
    vintage_label = forms.CharField(label=_("Vintage"), max_length=32, help_text=_("As in 2025."))
    vintage_from = Day(label=_("Vintage begins on"))
    vintage_to = Day(
        label=_("Vintage ends before"),
        help_text=_("The last day is exclusive: a calendar year ends on 1 January."),
    )
    usable_until = Day(label=_("Usable until"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), required=False, max_length=300)
    project = forms.CharField(label=_("Project"), required=False, max_length=100)
    activity = forms.CharField(label=_("Activity"), required=False, max_length=100)
    sector = forms.CharField(label=_("Sector"), required=False, max_length=100)
    mitigation_type = forms.CharField(label=_("Mitigation type"), required=False, max_length=32)
    reason = Reason(required=False)

    def fit(self):
        wizard = self.wizard
        rows = UnitType.objects.filter(kind__in=wizard.type.unit_kinds, registry=wizard.registry)
        self.fields["unit_type"].choices = [("", "–"), *_named(rows)]
        self.fields["account"].actor = wizard.actor
        self.fields["account"].suggest(wizard.registry, wizard.type.destination_kinds)
        self.fields["account"].help_text = wizard.kind_words(wizard.type.destination_kinds)
        self.fields["reason"].required = wizard.type.reason_required

    def shown(self, name):
        value = self.cleaned_data.get(name)
        if name == "account":
            return self.wizard.account_words(value)
        if name == "quantity" and value and value.isdecimal() and len(value) < 19:
            return shown.units(int(value))
        return super().shown(name)


class ConvertedUnits(IssuedUnits):
    """What is issued for the units that end: as many of the type that they convert to."""

    heading = _("Issued instead")
    account = quantity = reason = None

    def fit(self):
        convertible = UnitType.objects.exclude(converts_to=None)
        rows = UnitType.objects.filter(pk__in=convertible.values("converts_to"))
        self.fields["unit_type"].choices = [("", "–"), *_named(rows)]


class Consolidated(Step):
    """The account and the unit type whose blocks are merged."""

    heading = _("Account")
    account = AccountNumber(label=_("Account"))
    unit_type = forms.ChoiceField(label=_("Unit type"))

    def fit(self):
        self.fields["account"].actor = self.wizard.actor
        self.fields["account"].suggest(self.wizard.registry, self.wizard.type.source_kinds)
        self.fields["unit_type"].choices = [("", "–"), *_named(reference.unit_types())]

    def shown(self, name):
        if name == "account":
            return self.wizard.account_words(self.cleaned_data.get(name))
        return super().shown(name)


class Released(Step):
    """Which freeze ends."""

    heading = _("Freeze")
    freeze = Units(label=_("Number of the transaction that froze the units"))
    reason = Reason(required=False)

    def fit(self):
        self.fields["reason"].required = self.wizard.type.reason_required


class Reversed(Step):
    """Which transaction is undone."""

    heading = _("Transaction")
    reverses = Units(label=_("Number of the transaction to reverse"))
    reason = Reason(required=False)

    def fit(self):
        self.fields["reason"].required = self.wizard.type.reason_required


def _held_by(account, unit_kinds):
    """What an account holds now of the kinds of units that the type takes, by vintage."""
    kinds = dict(UnitType.objects.values_list("code", "kind"))
    rows = holdings.balances(account_id=account.pk)
    return [row for row in rows if kinds[row["unit_type__code"]] in unit_kinds]


def _marked_in(account):
    """(unit type, units) that stand under a reservation, a lien or a freeze in an account."""
    marks = Mark.objects.filter(account=account, blocking=True, released_at=None)
    units = Sum(F("last") - F("first") + 1)
    rows = marks.values_list("unit_type__code").annotate(units=units)
    return list(rows.order_by("unit_type__code"))


def _picks(rows):
    """Every unit type, the oldest units first; and each of its vintages alone."""
    yield "", "–"
    types, names = {}, reference.unit_type_names()
    for row in rows:
        types.setdefault(row["unit_type__code"], []).append(row)
    for code, vintages in types.items():
        total = shown.units(sum(row["units"] for row in vintages))
        label = _("%(type)s, the oldest first (%(units)s)")
        named = f"{code} {names.get(code, '')}".strip()
        choices = [(code, label % {"type": named, "units": total})]
        label = _("%(type)s of %(vintage)s (%(units)s)")
        for row in vintages:
            value = f"{code}{OF_VINTAGE}{row['vintage_from'].isoformat()}"
            words = {"type": named, "vintage": row["issuance__vintage_label"]}
            choices.append((value, label % {**words, "units": shown.units(row["units"])}))
        yield named, choices


def _blocks_of(account, unit_kinds):
    """(value, label) of the first blocks of an account, the oldest vintage first."""
    rows = Holding.objects.filter(closed_by=None, account=account, unit_type__kind__in=unit_kinds)
    columns = ("unit_type__code", "first", "last", "issuance__vintage_label")
    rows = rows.order_by("unit_type__code", "vintage_from", "first").values_list(*columns)
    for code, first, last, vintage in rows[: TICKED + 1]:
        text = _("%(type)s %(first)s – %(last)s · vintage %(vintage)s · %(units)s units")
        numbers = {"first": first, "last": last, "units": last - first + 1}
        words = {name: shown.units(number) for name, number in numbers.items()}
        yield as_text(code, first, last), text % {"type": code, "vintage": vintage, **words}


def _named(unit_types):
    return [(row.code, f"{row.code} {row.name}") for row in unit_types.order_by("code")]
