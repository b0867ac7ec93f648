"""Representatives of accounts: suspended and ended at once, appointed and restored by request."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import errors, permissions, posting
from registry.errors import Conflict, Failure, RuleViolated
from registry.models import Account, AccountEvent, Person, Representative, Right
from registry.selectors import representatives, rules

from .account_events import record

READERS_ONLY = (Right.READ,)


@dataclass(frozen=True)
class Appointment:
    """Who shall act for an account, and with which right."""

    account: Account
    username: str
    right: str


def appointment_failures(new: Appointment, at):
    """What forbids an appointment, all of it. Its form has been read already."""
    laid_down = rules.rules_in_force(new.account.registry_id, at)
    person = _person(new.username)
    if person is None or not person.is_active or person.is_system:
        yield Failure(
            "UNKNOWN_PERSON",
            _("There is no such person."),
            _("Have the person added first."),
            data={"person": new.username},
        )
    if new.account.status == Account.Status.CLOSED:
        yield closed()
    if new.right not in laid_down.rights:
        yield Failure(
            "RIGHT_NOT_GIVEN_HERE",
            _("Representatives have no such right in this registry."),
            _("See the rules of the registry for the rights that it gives."),
            data={"right": new.right, "rights": list(laid_down.rights)},
        )
    current = Representative.objects.current().filter(account=new.account)
    if person is not None and current.filter(person=person).exists():
        yield Failure(
            "REPRESENTATIVE_EXISTS",
            _("This person represents the account already."),
            _("End the present right first: a person has one at a time."),
            data={"person": new.username},
        )
    acting = current.exclude(right__in=READERS_ONLY).count()
    if new.right not in READERS_ONLY and acting >= laid_down.most_representatives:
        yield Failure(
            "TOO_MANY_REPRESENTATIVES",
            _("The account has as many representatives as the registry allows."),
            _("End another one first; those who only read do not count."),
            data={"most": str(laid_down.most_representatives)},
        )


def appoint(*, actor, new: Appointment, at, reason="") -> Representative:
    """Appoints; for what decides requests.   Raises: RuleViolated."""
    failures = list(appointment_failures(new, at))
    if failures:
        raise RuleViolated(*failures)
    with posting.explained():
        appointed = Representative.objects.create(
            account=new.account, person=_person(new.username), right=new.right, valid_from=at
        )
    kind = AccountEvent.Kind.REPRESENTATIVE_APPOINTED
    _record(actor, appointed, kind, at, reason)
    return appointed


@transaction.atomic
def suspend(*, actor, representative_id, at, reason) -> Representative:
    """An administrator takes all rights from a representative, at once.

    Raises: NotPermitted, NotFound, Conflict (REPRESENTATIVE_NOT_IN_FORCE).
    """
    found = _administered(actor, representative_id)
    rows = Representative.objects.current().filter(pk=found.pk, suspended_at__isnull=True)
    _require_one(rows.update(suspended_at=at))
    _record(actor, found, AccountEvent.Kind.REPRESENTATIVE_SUSPENDED, at, reason)
    return representatives.find(actor, found.pk)


@transaction.atomic
def end(*, actor, representative_id, at, reason="") -> Representative:
    """An administrator, or the person themselves, ends a representation at once.

    Raises: NotPermitted, NotFound, Conflict (REPRESENTATIVE_NOT_IN_FORCE).
    """
    found = representatives.find(actor, representative_id)
    if found.person_id != actor.person_id:
        found = _administered(actor, representative_id)
    with posting.explained():
        rows = Representative.objects.current().filter(pk=found.pk)
        _require_one(rows.update(valid_to=max(at, found.valid_from)))
    _record(actor, found, AccountEvent.Kind.REPRESENTATIVE_ENDED, at, reason)
    found.refresh_from_db()
    return found


def restore(*, actor, representative_id, at, reason="") -> Representative:
    """Gives a suspended representative their right again; for what decides requests.

    Raises: NotFound, Conflict (REPRESENTATIVE_NOT_IN_FORCE).
    """
    found = representatives.find(actor, representative_id)
    rows = Representative.objects.current().filter(pk=found.pk, suspended_at__isnull=False)
    _require_one(rows.update(suspended_at=None))
    _record(actor, found, AccountEvent.Kind.REPRESENTATIVE_RESTORED, at, reason)
    found.refresh_from_db()
    return found


def suspended_failures(account, number):
    """What forbids the restoration of a representative: that no suspended one has this number."""
    current = Representative.objects.current().filter(account=account, pk=number)
    if not current.filter(suspended_at__isnull=False).exists():
        yield Failure(
            "REPRESENTATIVE_NOT_SUSPENDED",
            _("The account has no suspended representative of this number."),
            _("See the list of the account's representatives."),
            data={"representative": str(number)},
        )


def closed() -> Failure:
    """The failure of what is asked for a closed account."""
    return errors.from_constraint("account_stays_closed").failures[0]


def _administered(actor, representative_id):
    found = representatives.find(actor, representative_id)
    permissions.require_role(actor, permissions.KEEPERS, found.account.registry_id)
    return found


def _person(username):
    return Person.objects.filter(username=username).first()


def _require_one(changed):
    if not changed:
        raise Conflict(
            Failure(
                "REPRESENTATIVE_NOT_IN_FORCE",
                _("The representative has ended, or is in this state already."),
                _("Read the list of the account's representatives again."),
            )
        )


def _record(actor, representative, kind, at, reason):
    record(
        actor=actor,
        account_id=representative.account_id,
        kind=kind,
        at=at,
        reason=reason,
        person=representative.person.username,
        right=representative.right,
    )
