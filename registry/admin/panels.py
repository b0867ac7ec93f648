"""Panels of the work queue that the registry fills itself (see the PANELS port)."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Transaction
from registry.selectors import log, positions, unsigned
from registry.selectors.scope import in_scope

SHOWN = 10
# An unplaced posting is normal for a second or two; later ones mean that no sequencer runs.
LATE_AFTER_S = 60
FAILED_DAYS = 7


@dataclass(frozen=True)
class Entry:
    """One thing in a panel: what it is, what there is to know of it, where it is."""

    name: str
    about: str = ""
    url: str = ""


@dataclass(frozen=True)
class Panel:
    """A part of the work queue. `late` asks for attention; `empty` is said where nothing is."""

    title: str
    entries: list = field(default_factory=list)
    empty: str = ""
    more_url: str = ""
    late: bool = False


def waiting_approvals(actor) -> Panel:
    """Transactions that wait for approval, the oldest first: those that the actor may decide, and
    after them the actor's own."""
    rows = _transactions(actor, [Transaction.Status.AWAITING_APPROVAL]).order_by("pk")
    others = rows.exclude(proposer=actor.person_id)[: SHOWN + 1]
    own = rows.filter(proposer=actor.person_id)[: SHOWN + 1]
    waiting = [*others, *own]
    return Panel(
        title=gettext_lazy("Waiting for approval"),
        entries=[_proposed(found, actor) for found in waiting[:SHOWN]],
        empty=gettext_lazy("Nothing waits."),
        more_url=_list_of(0) if len(waiting) > SHOWN else "",
    )


def delayed(actor) -> Panel:
    """Approved transactions that wait for the end of their delay."""
    rows = _transactions(actor, [Transaction.Status.DELAYED]).order_by("pk")[: SHOWN + 1]
    return Panel(
        title=gettext_lazy("Due and delayed"),
        entries=[_proposed(found, actor) for found in rows[:SHOWN]],
        empty=gettext_lazy("No transaction waits for the end of a delay."),
        more_url=_list_of(30) if len(rows) > SHOWN else "",
    )


def failed(actor) -> Panel:
    """What ended in the last days without doing what was proposed, the latest first."""
    status = Transaction.Status
    since = timezone.now() - timedelta(days=FAILED_DAYS)
    ended = [status.FAILED, status.CHECKED_DISCREPANCY, status.TERMINATED]
    rows = _transactions(actor, ended).filter(proposed_at__gte=since).order_by("-pk")[: SHOWN + 1]
    return Panel(
        title=gettext_lazy("Failed checks"),
        entries=[_proposed(found, actor) for found in rows[:SHOWN]],
        empty=gettext_lazy("Nothing has failed in the last seven days."),
        more_url=_list_of(5) if len(rows) > SHOWN else "",
        late=bool(rows),
    )


def requests(actor) -> Panel:
    """Requests to open or change accounts, and to name representatives."""
    return Panel(
        title=gettext_lazy("Requests"),
        empty=gettext_lazy("Nobody asks for an account or a representative."),
    )


def unreconciled(actor) -> Panel:
    """Differences from what partner registries say."""
    return Panel(
        title=gettext_lazy("Unreconciled"),
        empty=gettext_lazy("No link to another registry, so nothing to compare with."),
    )


def obligations(actor) -> Panel:
    """What entities still owe."""
    return Panel(
        title=gettext_lazy("Open obligations"),
        empty=gettext_lazy("No obligation is recorded on this node."),
    )


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
    )


def _transactions(actor, statuses):
    rows = Transaction.objects.select_related("type", "registry", "proposer")
    return in_scope(rows.filter(status__in=statuses), actor)


def _proposed(found, actor):
    return Entry(
        f"#{found.pk} {found.type.name}",
        _("%(registry)s · by %(person)s · %(time)s ago")
        % {
            "registry": found.registry.code,
            "person": _("you") if found.proposer_id == actor.person_id else found.proposer,
            "time": timesince(found.proposed_at),
        },
        reverse("admin:registry_transaction_change", args=[found.pk]),
    )


def _list_of(status):
    return reverse("admin:registry_transaction_changelist") + f"?status__exact={status}"
