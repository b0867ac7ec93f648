"""Panels of the work queue about links (see the PANELS port)."""

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linking.models import ReconciliationRun
from linking.selectors import agreements, cases, edges, transfers
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
        "parties": ", ".join(str(each.jurisdiction) for each in row.parties),
        "by": row.proposed_by.jurisdiction,
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


def incoming_transfers(actor) -> Panel:
    """Transfers that people of the actor's registries have to accept."""
    rows = list(transfers.waiting_for(actor)[: SHOWN + 1])
    return Panel(
        title=gettext_lazy("Incoming transfers to accept or refuse"),
        entries=[
            Entry(
                f"#{row.pk}",
                _("%(units)s units of %(unit_type)s from %(sender)s")
                % {
                    "units": units(row.quantity),
                    "unit_type": row.unit_type.code,
                    "sender": row.sender.code,
                },
                reverse("admin:linking_transfer_change", args=[row.pk]),
            )
            for row in rows[:SHOWN]
        ],
        empty=gettext_lazy("No transfer waits for your registry."),
        more_url=reverse("admin:linking_transfer_changelist") if len(rows) > SHOWN else "",
    )


def unreconciled(actor) -> Panel:
    """Open cases, and comparisons that partners have not answered."""
    open_cases = list(cases.under_way(actor)[: SHOWN + 1])
    failed = [
        run for run in cases.latest_runs(actor) if run.result == ReconciliationRun.Result.FAILED
    ]
    entries = [
        Entry(
            _("Case #%(number)s") % {"number": case.pk},
            _("%(units)s units of %(unit_type)s with %(partner)s · %(state)s")
            % {
                "units": units(case.units),
                "unit_type": case.unit_type.code,
                "partner": case.partner.code,
                "state": case.get_state_display(),
            },
            reverse("admin:linking_reconciliationcase_change", args=[case.pk]),
            late=True,
        )
        for case in open_cases[:SHOWN]
    ]
    entries += [
        Entry(
            f"{run.unit_type.code}, {run.partner.code}",
            run.get_result_display(),
            reverse("admin:linking_reconciliationrun_change", args=[run.pk]),
            late=True,
        )
        for run in failed[:SHOWN]
    ]
    more = len(open_cases) > SHOWN
    return Panel(
        title=gettext_lazy("Unreconciled"),
        entries=entries,
        empty=gettext_lazy("No difference from another registry is open."),
        more_url=reverse("admin:linking_reconciliationcase_changelist") if more else "",
        late=bool(entries),
    )
