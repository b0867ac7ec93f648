"""Units that projects were given, and what became of them."""

from django.db.models import Sum

from mrv.errors import failure
from mrv.models import CreditLoss, IssuanceRequest, Replacement
from registry.errors import NotFound
from registry.models import TERMINAL_KINDS, Account, Holding, Issuance, Transaction

from . import projects

# The states in which a transaction has ended without a posting, or with one that was reversed.
DEAD = (
    *(Transaction.Status.FAILED, Transaction.Status.TERMINATED, Transaction.Status.REJECTED),
    *(Transaction.Status.CANCELLED, Transaction.Status.MANUALLY_CANCELLED),
    Transaction.Status.REVERSED,
)
# Where units no longer are the registry's to cancel: they were used, or are abroad.
GONE = (*TERMINAL_KINDS, Account.Kind.PARTNER)


def requests(actor):
    """The requests of visible projects, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    seen = projects.visible(actor).order_by().values("pk")
    rows = IssuanceRequest.objects.filter(report__project__in=seen)
    return rows.select_related(
        "report__project__account__registry", "transaction", "requested_by"
    ).order_by("-pk")


def find_request(actor, number) -> IssuanceRequest:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_ISSUANCE_REQUEST)."""
    found = requests(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_ISSUANCE_REQUEST", request=str(number)[:40]))
    return found


def losses(actor):
    """The losses of visible projects, the newest first.   Raises: NotPermitted (NO_ACTOR)."""
    seen = projects.visible(actor).order_by().values("pk")
    rows = CreditLoss.objects.filter(project__in=seen).order_by("-pk")
    return rows.select_related(
        "project__account__registry",
        "verifier",
        "request",
        "transaction",
        "stated_by",
        "decided_by",
    ).prefetch_related("replacements__transaction")


def find_loss(actor, number) -> CreditLoss:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_CREDIT_LOSS)."""
    found = losses(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_CREDIT_LOSS", loss=str(number)[:40]))
    return found


def issued(project) -> int:
    """Units that were issued for a project."""
    done = IssuanceRequest.objects.filter(
        report__project=project, transaction__status=Transaction.Status.COMPLETED
    )
    return done.aggregate(units=Sum("units"))["units"] or 0


def lost(**which) -> int:
    """Units that losses are about, but for refused ones."""
    rows = CreditLoss.objects.filter(**which).exclude(state=CreditLoss.State.REFUSED)
    return rows.aggregate(units=Sum("units"))["units"] or 0


def replaced(loss) -> int:
    """Units that were offered for a loss, and not refused."""
    rows = Replacement.objects.filter(loss=loss).exclude(transaction__status__in=DEAD)
    return rows.aggregate(units=Sum("units"))["units"] or 0


def issuances(**which):
    """The issuances that requests have led to."""
    rows = IssuanceRequest.objects.filter(transaction__posting__isnull=False, **which)
    return Issuance.objects.filter(posting__in=rows.values("transaction__posting"))


def buffered(project):
    """The blocks that the project has left in buffer accounts, by serial."""
    rows = _held(project, issuances(report__project=project))
    return rows.filter(account__kind=Account.Kind.BUFFER)


def still_held(request):
    """The blocks of one issuance that are neither used nor abroad, by serial."""
    rows = _held(request.report.project, issuances(pk=request.pk))
    return rows.exclude(account__kind__in=GONE)


def _held(project, of):
    return Holding.objects.filter(
        registry=project.account.registry_id, closed_by=None, issuance__in=of
    ).order_by("first")
