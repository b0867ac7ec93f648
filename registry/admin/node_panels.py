"""Panels of the work queue that tell how the node itself does: its order, its log, its signer."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.selectors import log, positions, unsigned

from .panels import Entry, Panel

# An unplaced posting is normal for a second or two; later ones mean that no sequencer runs.
LATE_AFTER_S = 60


def order_of_postings(actor) -> Panel:
    """The head of the node's order, and what waits for a place in it."""
    head, lag = positions.head(), positions.lag()
    waited = lag.oldest.total_seconds() if lag.oldest else 0
    entries = []
    if head is not None:
        entries.append(
            Entry(
                _("Position %(number)s") % {"number": number_format(head.position)},
                _("%(time)s ago") % {"time": timesince(head.instant, timezone.now())},
                reverse("admin:registry_position_change", args=[head.pk]),
            )
        )
    if lag.unplaced:
        entries.append(
            Entry(
                _("%(count)s without a position") % {"count": number_format(lag.unplaced)},
                _("the oldest for %(seconds)s s") % {"seconds": number_format(int(waited))},
            )
        )
    return Panel(
        title=gettext_lazy("Order of postings"),
        entries=entries,
        empty=gettext_lazy("No posting has a position yet."),
        late=waited > LATE_AFTER_S,
        is_state=True,
    )


def head_of_the_log(actor) -> Panel:
    """The last checkpoint, and what was committed and is in none yet."""
    last, lag = log.latest(), log.lag()
    waited = lag.oldest.total_seconds() if lag.oldest else 0
    entries = []
    if last is not None:
        entries.append(
            Entry(
                _("Checkpoint of %(count)s leaves") % {"count": number_format(last.size)},
                _("%(time)s ago") % {"time": timesince(last.at, timezone.now())},
                reverse("admin:registry_checkpoint_change", args=[last.pk]),
            )
        )
    if lag.uncovered:
        entries.append(
            Entry(
                _("%(count)s in no checkpoint yet") % {"count": number_format(lag.uncovered)},
                _("the oldest for %(seconds)s s") % {"seconds": number_format(int(waited))},
            )
        )
    return Panel(
        title=gettext_lazy("Log"),
        entries=entries,
        empty=gettext_lazy("There is no checkpoint yet."),
        late=waited > LATE_AFTER_S,
        is_state=True,
    )


def unsigned_issuances(actor) -> Panel:
    """Issuances that no key of their registry has signed yet."""
    waiting = unsigned.waiting()
    waited = waiting.oldest.total_seconds() if waiting.oldest else 0
    entries = []
    if waiting.count:
        entries.append(
            Entry(
                _("%(count)s without a signature") % {"count": number_format(waiting.count)},
                _("the oldest for %(seconds)s s") % {"seconds": number_format(int(waited))},
                reverse("admin:registry_issuance_changelist"),
            )
        )
    return Panel(
        title=gettext_lazy("Signatures of issuances"),
        entries=entries,
        empty=gettext_lazy("All issuances are signed."),
        late=waited > LATE_AFTER_S,
        is_state=True,
    )
