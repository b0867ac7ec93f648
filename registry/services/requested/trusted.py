"""Additions to the trusted account list; they count after the delay that the registry lays down."""

from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.calendars.working_time import end_of_delay
from registry.errors import Failure
from registry.models import Account, AccountEvent, TrustedAccount
from registry.selectors import rules
from registry.selectors.calendars import calendar_of
from registry.services.account_events import record
from registry.services.representatives import closed

from .kind import Asked, Kind


def _failures(asked: Asked):
    if asked.account.status == Account.Status.CLOSED:
        yield closed()
    trusted = _trusted(asked)
    if trusted is None or trusted.status == Account.Status.CLOSED:
        yield Failure(
            "UNKNOWN_TRUSTED_ACCOUNT",
            _("There is no such open account in the registry."),
            _("Check the account number and its check digits."),
            data={"account": asked.payload["account"]},
        )
        return
    if trusted.pk == asked.account.pk or _same_holder(trusted, asked.account):
        yield Failure(
            "ACCOUNT_IS_TRUSTED_ANYWAY",
            _("The account is of the same holder, and therefore trusted."),
            _("Nothing needs to be added."),
            data={"account": trusted.number},
        )
    listed = TrustedAccount.objects.filter(account=asked.account, trusted=trusted)
    if listed.filter(removed_at__isnull=True).exists():
        yield Failure(
            "TRUSTED_ACCOUNT_LISTED",
            _("The account is on the list already."),
            _("See the list for the moment from which it counts."),
            data={"account": trusted.number},
        )


def _add(asked: Asked):
    laid_down = rules.rules_in_force(asked.registry.pk, asked.at)
    counted = end_of_delay(
        calendar_of(asked.registry.pk), asked.at, days=laid_down.trusted_delay_days
    )
    with posting.explained():
        entry = TrustedAccount.objects.create(
            account=asked.account,
            trusted=_trusted(asked),
            note=asked.payload.get("note", ""),
            added_at=asked.at,
            trusted_from=max(counted.at, asked.at),
            provisional=bool(counted.provisional),
        )
    record(
        actor=asked.actor,
        account_id=asked.account.pk,
        kind=AccountEvent.Kind.TRUSTED_ADDED,
        at=asked.at,
        reason=asked.reason,
        account=asked.payload["account"],
        trusted_from=entry.trusted_from.isoformat(),
        request=str(asked.request.pk),
    )


def _trusted(asked):
    return Account.objects.filter(number=asked.payload["account"], registry=asked.registry).first()


def _same_holder(one, other):
    return one.holder_id is not None and one.holder_id == other.holder_id


ADDITION = Kind(_failures, _add, rights=permissions.INITIATE, deciding=permissions.APPROVE)
