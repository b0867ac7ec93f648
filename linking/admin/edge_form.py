"""The form of one edge: fields made from the parts of its document, and back again.

A field is named after its place in the document: /quotas/0/value is quotas_0_value. So whatever a
reader of the document complains of is shown at its field. What the fields say is not judged here:
linking/documents.py does.
"""

import json

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from linking.edges.suspension import TRIGGERS, WITH_THRESHOLD
from registry.admin.wizards.fields import Day

from . import wording

MOST_QUOTAS, MOST_PHASES = 6, 8
NAMES_HELP = _("Several with spaces or commas between them.")
EXACT_HELP = _("Exact: 0.8, 4/5 or 1.")


def text(**options):
    return forms.CharField(required=False, max_length=200, **options)


def names():
    return text(help_text=NAMES_HELP)


def exact():
    return text(help_text=EXACT_HELP)


def whole():
    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return forms.CharField(required=False, max_length=20, widget=widget)


def day():
    return Day(required=False)


def yes():
    return forms.BooleanField(required=False)


def choice(key, *, empty=False):
    words = wording.WORDS[key]
    return forms.ChoiceField(
        required=False, choices=[*([("", "–")] if empty else []), *words.items()]
    )


def lines(help_text, rows=2):
    widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
    return forms.CharField(required=False, max_length=4000, widget=widget, help_text=help_text)


# The fields of an edge by group; a name without a label of its own is labelled by LABELS.
EDGE = {
    "edge_id": text,
    "source": text,
    "acceptor": text,
    "form": lambda: choice("form"),
    "legal_basis": lambda: choice("legal_basis"),
    "method": lambda: choice("method"),
    "state": lambda: choice("state"),
    "symmetric_with": text,
    "accept_unit_types": names,
    "accept_project_types": names,
    "deny_project_types": names,
    "vintage_window_oldest": whole,
    "vintage_window_newest": whole,
    "min_issue_date": day,
    "facility_limit_t": whole,
    "holder_classes": lambda: choice("holder_classes"),
    "converts_to": lambda: lines(_("One a line, as in BEA: TK-BEA.")),
    "factor_kind": lambda: choice("factor.kind"),
    "factor_value": exact,
    "factor_review": day,
    "rounding": lambda: choice("rounding"),
    "residue": lambda: choice("residue"),
    "remainder_to": lambda: choice("remainder_to"),
    "remainder_to_share": exact,
    "reserve_share": exact,
    "banking_allowed": yes,
    "banking_limit": lambda: choice("banking.limit"),
    "banking_limit_share": exact,
    "banking_counts_as_net_sales": yes,
    "re_export": lambda: choice("re_export"),
    "transfer_windows": lambda: lines(
        _("One a line: TUE, or TUE THU 09:00-17:00 Asia/Tokyo; empty: always.")
    ),
    "suspension_notice_days": whole,
    "suspension_triggers": lambda: forms.MultipleChoiceField(
        required=False,
        choices=list(wording.TRIGGERS.items()),
        widget=forms.CheckboxSelectMultiple,
    ),
    "suspension_price_gap_above": exact,
    "suspension_price_gap_days": whole,
    "suspension_volume_above": exact,
    "suspension_volume_days": whole,
    "suspension_in_flight": lambda: choice("suspension.in_flight"),
    "suspension_held": lambda: choice("suspension.held"),
    "suspension_held_share": exact,
    "suspension_grace": whole,
    "acceptance": lambda: choice("acceptance"),
    "article6_authorisation_id": text,
    "article6_first_transfer": lambda: choice("article6.first_transfer", empty=True),
    "article6_ca_required": yes,
    "article6_annual_report": yes,
}
QUOTA = {
    name: exact if name in ("value", "carry_forward_max") else None
    for name in (
        *("scope", "base", "value", "measure", "at", "direction", "period"),
        *("carry_forward_max", "allocation", "on_exceed", "key", "pool"),
    )
}
PHASE = {
    "n": whole,
    "from": day,
    "to": day,
    "gate_min_readiness": exact,
    "gate_no_blockers": yes,
    "gate_min_must": whole,
    "overrides_state": lambda: choice("state", empty=True),
    "overrides_factor_kind": lambda: choice("factor.kind", empty=True),
    "overrides_factor_value": exact,
    "overrides_accept_unit_types": names,
    "overrides_other": lambda: lines(_("Other fields that the phase changes, as JSON.")),
}
LABELS = {
    "vintage_window_oldest": _("oldest vintage (years from the year of compliance)"),
    "vintage_window_newest": _("newest vintage (years from the year of compliance)"),
    "remainder_to_share": _("share that the reserve keeps"),
    "banking_limit_share": _("share that may be kept"),
    "suspension_price_gap_above": _("gap between prices above (ratio)"),
    "suspension_price_gap_days": _("gap between prices, days in a row"),
    "suspension_volume_above": _("volume above (t)"),
    "suspension_volume_days": _("volume, days in a row"),
    "suspension_held_share": _("cut factor"),
    "suspension_grace": _("grace after the end of the year (days)"),
    "overrides_state": _("state in this phase"),
    "overrides_factor_kind": _("kind of factor in this phase"),
    "overrides_factor_value": _("tonnes for one unit in this phase"),
    "overrides_accept_unit_types": _("unit types in this phase"),
    "overrides_other": _("other changes"),
}
OBJECTS = ("factor", "banking", "suspension", "article6", "gate")


def label_of(name, of=""):
    """What a field is called; `of` is the list that its object is in."""
    if name in LABELS:
        return LABELS[name]
    for each in OBJECTS:
        if name.startswith(f"{each}_"):
            return wording.LABELS[f"{each}.{name.removeprefix(f'{each}_')}"]
    return wording.LABELS.get(f"{of}.{name}") or wording.LABELS[name]


def quota_fields(prefix):
    """The fields of one quota, each with its whole name; a quota without `whose` is none."""
    for name, kind in QUOTA.items():
        empty = name == "scope"
        field = kind() if kind else choice(f"quotas.{name}", empty=empty)
        field.label = capfirst(label_of(name, "quotas"))
        yield f"{prefix}_{name}", field


def phase_fields(prefix, quotas):
    for name, kind in PHASE.items():
        field = kind()
        field.label = capfirst(label_of(name, "phases"))
        yield f"{prefix}_{name}", field
    for number in range(quotas):
        yield from quota_fields(f"{prefix}_overrides_quotas_{number}")


def edge_fields(prefix):
    for name, kind in EDGE.items():
        field = kind()
        field.label = capfirst(label_of(name))
        yield f"{prefix}_{name}", field


def field_of(pointer, prefix, known) -> str | None:
    """The field that a JSON pointer inside the edge is about: the nearest that there is."""
    parts = pointer.strip("/").split("/")
    while parts:
        name = "_".join([prefix, *parts])
        for each in (name, f"{name}_value", f"{name}_oldest", f"{name}_scope", f"{name}_n"):
            if each in known:
                return each
        if len(parts) > 2 and parts[0] == "phases" and f"{prefix}_phases_{parts[1]}_n" in known:
            other = f"{prefix}_phases_{parts[1]}_overrides_other"
            return other if "overrides" in parts else f"{prefix}_phases_{parts[1]}_n"
        parts.pop()
    return None


def triggers_said(said, prefix):
    """The triggers that were ticked, with the thresholds of those that need one."""
    for kind in TRIGGERS:
        if kind not in said.get(f"{prefix}_triggers", ()):
            continue
        if kind not in WITH_THRESHOLD:
            yield kind
            continue
        above = said.get(f"{prefix}_{kind}_above") or None
        days = said.get(f"{prefix}_{kind}_days") or "1"
        yield {"kind": kind, "above": above, "days": number(days)}


def number(value):
    """A whole number where it is one; else what was typed, of which the reader complains."""
    plain = value.removeprefix("-")
    return int(value) if plain.isascii() and plain.isdecimal() and len(plain) < 19 else value


def listed(value):
    return value.replace(",", " ").split()


def object_of(value):
    """What a field with JSON says; the text itself where it is none."""
    try:
        return json.loads(value) if value else {}
    except ValueError:
        return value
