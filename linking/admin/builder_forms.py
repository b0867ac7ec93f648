"""The pages of the builder: parties, the text, one page for each edge."""

from dataclasses import dataclass

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry.admin.wizards.flow import Step
from registry.models import Registry

from . import wording
from .edge_document import typed
from .edge_form import EDGE, edge_fields, field_of, phase_fields, quota_fields

HIDDEN = {"widget": forms.HiddenInput, "required": False, "max_length": 8}
LONGEST_CLAUSE = 10_000


class Begin(Step):
    """The code of an agreement, and who its parties are."""

    heading = _("Parties")
    code = forms.RegexField(
        "^[A-Z0-9][A-Z0-9-]*$",
        label=_("Code"),
        max_length=40,
        help_text=_("Capital letters, digits and hyphens, as in CITY-PILOT."),
    )
    registries = forms.MultipleChoiceField(
        label=_("Registries of the parties"), widget=forms.CheckboxSelectMultiple
    )
    keys = forms.CharField(
        label=_("Public keys"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Of registries on other nodes: one a line, the code, a colon, the Base64url."),
    )

    def fit(self):
        rows = Registry.objects.select_related("jurisdiction").order_by("jurisdiction__code")
        self.fields["registries"].choices = [
            (row.code, f"{row.code} ({row.jurisdiction.code}) {row.name}") for row in rows
        ]


@dataclass(frozen=True)
class Counts:
    """How many quotas an edge's page has room for, and for each phase how many of its own."""

    quotas: int
    phases: tuple


class Text(Step):
    """What the text says besides its edges, and which of them change."""

    heading = _("Text")
    template_name_inside = "linking/admin/text_fields.html"
    clause_count = 0
    base = forms.CharField(**HIDDEN)
    clauses_count = forms.CharField(**HIDDEN)
    party = forms.ChoiceField(label=_("You act for"))
    title = forms.CharField(label=_("Title"), max_length=200)
    edit = forms.MultipleChoiceField(
        label=_("Edges that change"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remove = forms.MultipleChoiceField(
        label=_("Edges that are left out"), required=False, widget=forms.CheckboxSelectMultiple
    )
    add_form = forms.ChoiceField(
        label=_("New link of the form"), required=False, widget=forms.RadioSelect
    )
    add_source = forms.ChoiceField(label=_("Source: who issues"), required=False)
    add_acceptor = forms.ChoiceField(label=_("Acceptor: who recognises"), required=False)
    add_both = forms.BooleanField(label=_("Both ways: an edge back as well"), required=False)

    def fit(self):
        wizard = self.wizard
        base = wizard.base
        self.initial.setdefault("base", str(wizard.latest.number if wizard.latest else 0))
        self.initial.setdefault("title", base["title"])
        self.initial["clauses_count"] = str(self.clause_count)
        for number, clause in enumerate(base["clauses"]):
            for name, value in clause.items():
                self.initial.setdefault(f"clauses_{number}_{name}", value)
        parties = [(each.jurisdiction.code, str(each.jurisdiction)) for each in wizard.own]
        self.fields["party"].choices = parties
        if len(parties) == 1:
            del self.fields["party"]
        words = [(name, name) for name in wizard.changeable]
        for name in ("edit", "remove"):
            self.fields[name].choices = words
            if not words:
                del self.fields[name]
        self.fields["add_form"].choices = [("", _("none")), *wording.FORMS.items()]
        places = [("", "–"), *wizard.places.items()]
        self.fields["add_acceptor"].choices = places
        outside = list(wizard.mechanisms.items())
        self.fields["add_source"].choices = [
            *places,
            *([(_("Mechanisms, for an indirect link"), outside)] if outside else []),
        ]

    @property
    def clauses(self):
        return [
            (number, self[f"clauses_{number}_id"], self[f"clauses_{number}_text"])
            for number in range(self.clause_count)
        ]

    @property
    def forms(self):
        return [(name, wording.ABOUT_FORMS[code]) for code, name in wording.FORMS.items()]

    def clean(self):
        said = self.cleaned_data
        if said.get("add_form"):
            for name in ("add_source", "add_acceptor"):
                if not said.get(name):
                    self.add_error(name, _("Say between whom the new link is."))
            if said.get("add_source") and said.get("add_source") == said.get("add_acceptor"):
                self.add_error("add_acceptor", _("An edge joins two jurisdictions."))
            is_outside = said.get("add_source") in self.wizard.mechanisms
            if said.get("add_source") and is_outside != (said["add_form"] == "indirect"):
                text = _(
                    "An indirect link leads from a mechanism, and every other one from a party."
                )
                self.add_error("add_source", text)
        elif not self.wizard.base["edges"]:
            self.add_error("add_form", _("Choose a form: a text has at least one edge."))
        return said


def text_step(wizard, data):
    """The page of the text, with room for its clauses."""
    count = _count(data, "clauses_count", max(1, len(wizard.base["clauses"])))
    fields = {"clause_count": count}
    for number in range(count):
        fields[f"clauses_{number}_id"] = forms.CharField(
            label=_("Clause"), required=False, max_length=40
        )
        fields[f"clauses_{number}_text"] = forms.CharField(
            label=_("Text of the clause"),
            required=False,
            max_length=LONGEST_CLAUSE,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    return type("TextStep", (Text,), fields)


class Edge(Step):
    """One edge, field by field. `edge` is the document that it begins with."""

    template_name_inside = "linking/admin/edge_fields.html"
    key, edge, counts = "", {}, Counts(0, ())

    def fit(self):
        self.initial[f"{self.key}_quotas_count"] = str(self.counts.quotas)
        self.initial[f"{self.key}_phases_count"] = str(len(self.counts.phases))
        for number, quotas in enumerate(self.counts.phases):
            name = f"{self.key}_phases_{number}_overrides_quotas_count"
            self.initial[name] = str(quotas)
        if f"{self.key}_edge_id" not in self.initial:
            self.initial = {**typed(self.edge, self.key), **self.initial}

    def clean(self):
        """What the reader of documents complains of, each at its field."""
        said = self.known | self.cleaned_data
        for pointer, message, hint, code in self.wizard.complaints(self.key, said):
            text = format_html("{} {} <code>{}</code>", message, hint, code)
            self.add_error(field_of(pointer, self.key, self.fields), text)
        return self.cleaned_data

    @property
    def counters(self):
        """The hidden numbers of what there is room for."""
        return [self[name] for name in self.fields if name.endswith("_count")]

    @property
    def sections(self):
        """(heading, fields, parts, what can be added) of each group."""
        for heading, names in wording.GROUPS:
            fields = [self[f"{self.key}_{each}"] for name in names for each in _own(name)]
            if "quotas" in names:
                prefix = f"{self.key}_quotas"
                parts = [self._quota(prefix, number) for number in range(self.counts.quotas)]
                yield heading, fields, parts, (prefix, _("One more quota"))
            elif "phases" in names:
                parts = [self._phase(number) for number in range(len(self.counts.phases))]
                yield heading, fields, parts, (f"{self.key}_phases", _("One more phase"))
            else:
                yield heading, fields, [], None

    def _quota(self, prefix, number):
        names = [name for name, _field in quota_fields(f"{prefix}_{number}")]
        title = _("Quota %(number)s") % {"number": number + 1}
        return {"title": title, "fields": [self[name] for name in names], "parts": []}

    def _phase(self, number):
        prefix = f"{self.key}_phases_{number}"
        names = [name for name, _field in phase_fields(prefix, 0)]
        quotas = f"{prefix}_overrides_quotas"
        return {
            "title": _("Phase, place %(number)s") % {"number": number + 1},
            "fields": [self[name] for name in names],
            "parts": [self._quota(quotas, each) for each in range(self.counts.phases[number])],
            "add": (quotas, _("One more quota of this phase")),
        }


def edge_step(key, edge, data):
    """The page of one edge, with room for its quotas and phases."""
    counts = _counts(key, edge, data)
    fields = dict(edge_fields(key))
    names = [f"{key}_quotas", f"{key}_phases"]
    for number in range(counts.quotas):
        fields.update(quota_fields(f"{key}_quotas_{number}"))
    for number, quotas in enumerate(counts.phases):
        fields.update(phase_fields(f"{key}_phases_{number}", quotas))
        names.append(f"{key}_phases_{number}_overrides_quotas")
    fields |= {f"{name}_count": forms.CharField(**HIDDEN) for name in names}
    about = {"key": key, "edge": edge, "counts": counts, "heading": edge["edge_id"]}
    return type("EdgeStep", (Edge,), {**fields, **about})


def _counts(key, edge, data):
    quotas = _count(data, f"{key}_quotas_count", len(edge.get("quotas", ())))
    phases = edge.get("phases", ())
    known = [len(phase.get("overrides", {}).get("quotas", ())) for phase in phases]
    count = _count(data, f"{key}_phases_count", len(known))
    given = [*known, *[0] * count][:count]
    return Counts(
        quotas,
        tuple(
            _count(data, f"{key}_phases_{number}_overrides_quotas_count", each)
            for number, each in enumerate(given)
        ),
    )


def _count(data, name, otherwise):
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else otherwise


def _own(name):
    """The fields of the form that belong to a field of the document."""
    return [each for each in EDGE if each == name or each.startswith(f"{name}_")]
