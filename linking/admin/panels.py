"""Panels of the work queue about links (see the PANELS port)."""

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linking.selectors import agreements, edges
from linking.selectors.meters import nearly_used
from registry.admin.panels import SHOWN, Entry, Panel
from registry.admin.shown import units

from . import wording


def agreements_to_sign(actor) -> Panel:
    """Proposed texts that a party of the actor's has not signed."""
    rows = agreements.waiting_for(actor)
    return Panel(
        title=gettext_lazy("Agreements to read and sign"),
        entries=[_text(row) for row in rows[:SHOWN]],
        empty=gettext_lazy("No text waits for your party."),
        more_url=reverse("admin:linking_agreement_changelist") if len(rows) > SHOWN else "",
    )


def _text(row):
    told = {
        "parties": ", ".join(each.jurisdiction.code for each in row.parties),
        "by": row.proposed_by.jurisdiction.code,
        "comments": len(row.comments.all()),
    }
    return Entry(
        f"{row.agreement.code} {row.number}",
        _("for %(parties)s · proposed by %(by)s · comments: %(comments)s") % told,
        reverse("admin:linking_agreement_version", args=[row.agreement_id, row.number]),
    )


def stopped_links(actor) -> Panel:
    """Edges in force that are suspended now."""
    at = timezone.now()
    rows = [row for row in edges.told(edges.in_force(), at) if row.state == "suspended"]
    return Panel(
        title=gettext_lazy("Links that are suspended"),
        entries=[
            Entry(
                row.edge_id,
                _("%(agreement)s · for %(time)s")
                % {"agreement": row.version.agreement.code, "time": timesince(row.since, at)},
                reverse("admin:linking_linkedge_change", args=[row.pk]),
            )
            for row in rows[:SHOWN]
        ],
        empty=gettext_lazy("No link is suspended."),
        more_url=reverse("admin:linking_linkedge_changelist") if len(rows) > SHOWN else "",
        late=bool(rows),
        is_state=True,
    )


def nearly_used_quotas(actor) -> Panel:
    """Quotas of links of which more than nine tenths are used."""
    found = nearly_used(timezone.now())
    return Panel(
        title=gettext_lazy("Quotas that are nearly used up"),
        entries=[
            Entry(
                _("%(edge)s, quota %(number)s, %(period)s")
                % {"edge": row.edge_id, "number": meter.number + 1, "period": meter.key.period},
                _("%(left)s left of %(capacity)s, %(tested)s")
                % {
                    "left": units(meter.left),
                    "capacity": units(meter.capacity),
                    "tested": wording.word("quotas.at", meter.at),
                },
                reverse("admin:linking_linkedge_change", args=[row.pk]),
            )
            for row, meter in found[:SHOWN]
        ],
        empty=gettext_lazy("No quota of a link is nearly used up."),
        more_url=reverse("admin:linking_linkedge_changelist") if len(found) > SHOWN else "",
        is_state=True,
        late=bool(found),
    )
