"""Emergency stops: placed by one administrator at once. A quorum lifts them, by request."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.errors import Failure, InvalidInput, RuleViolated
from registry.lines import text_failure
from registry.models import Account, AccountEvent, Stop, UnitType
from registry.services.accounts import hosted_registry

from .account_events import record
from .representatives import closed

LONGEST_SUBJECT = 200
LONGEST_REASON = 10_000


@dataclass(frozen=True)
class Stopped:
    """What shall stop: an account or a unit type by its id, a subject that others know, or,
    without any of these, the registry."""

    registry_id: int
    account_id: int | None = None
    unit_type_id: int | None = None
    subject: str = ""


@transaction.atomic
def place_stop(*, actor, what: Stopped, reason, at) -> Stop:
    """Stops something from this moment on: nothing new is proposed, nothing that waits completes.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated (STOP_STANDS, ACCOUNT_CLOSED).
    """
    permissions.require_role(actor, permissions.KEEPERS, what.registry_id)
    hosted_registry(what.registry_id)
    _require_form(what, reason)
    account = what.account_id and Account.objects.get(pk=what.account_id)
    if account and account.status == Account.Status.CLOSED:
        raise RuleViolated(closed())
    with posting.explained():
        placed = Stop.objects.create(
            registry_id=what.registry_id,
            account=account or None,
            unit_type_id=what.unit_type_id,
            subject=what.subject,
            status_before=account.status if account else "",
            reason=reason,
            placed_by_id=actor.person_id,
            placed_at=at,
        )
    if account:
        # The gate reads the status under lock, whatever has been checked before.
        Account.objects.filter(pk=account.pk).update(status=Account.Status.SUSPENDED)
        record(
            actor=actor,
            account_id=account.pk,
            kind=AccountEvent.Kind.STOPPED,
            at=at,
            reason=reason,
            stop=str(placed.pk),
            before=account.status,
        )
    return placed


def _require_form(what, reason):
    failures = [
        failure
        for failure in (
            text_failure(what.subject, "subject", LONGEST_SUBJECT),
            text_failure(reason, "reason", LONGEST_REASON),
        )
        if failure
    ]
    named = [what.account_id is not None, what.unit_type_id is not None, what.subject != ""]
    if sum(named) > 1:
        failures.append(
            Failure(
                "STOP_NAMES_SEVERAL",
                _("A stop is of one thing."),
                _("Name an account, a unit type or a subject; or none, to stop the registry."),
            )
        )
    if not reason:
        failures.append(
            Failure(
                "REASON_MISSING",
                _("A reason must be given."),
                _("Say why in a sentence: it is shown to those who decide."),
                data={"field": "reason"},
            )
        )
    in_registry = {"registry_id": what.registry_id}
    accounts = Account.objects.filter(pk=what.account_id, **in_registry)
    unit_types = UnitType.objects.filter(pk=what.unit_type_id, **in_registry)
    for named_id, rows in ((what.account_id, accounts), (what.unit_type_id, unit_types)):
        if named_id is not None and not rows.exists():
            failures.append(
                Failure(
                    "STOP_IS_ELSEWHERE",
                    _("What shall be stopped is not in this registry."),
                    _("Name the registry of the account or of the unit type."),
                )
            )
    if failures:
        raise InvalidInput(*failures)
