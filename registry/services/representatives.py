"""Representatives of accounts: suspended and ended at once, appointed and restored by request."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import errors, permissions, posting
from registry.errors import Conflict, Failure, RuleViolated
from registry.models import (
    Account,
    AccountEvent,
    Person,
    RegistryRules,
    Representative,
    Right,
)
from registry.selectors import representatives, rules

from .account_events import event, record

READERS_ONLY = (Right.READ,)


@dataclass(frozen=True)
class Appointment:
    """Who shall act for an account, and with which right."""

    account: Account
    username: str
    right: str


@dataclass(frozen=True)
class Standing:
    """What appointments in one registry are judged by, read once however many there are.

    `persons` are by username; `current` has (account, person) by their ids, and `acting` counts
    those of each account who do more than read.
    """

    rules: RegistryRules
    persons: dict
    current: set
    acting: Counter


def standing(registry_id, appointments, at) -> Standing:
    """What the appointments of one registry are judged by now."""
    accounts = {new.account.pk for new in appointments}
    current = Representative.objects.current().filter(account__in=accounts)
    rows = list(current.values_list("account_id", "person_id", "right"))
    persons = Person.objects.filter(username__in={new.username for new in appointments})
    return Standing(
        rules.rules_in_force(registry_id, at),
        {person.username: person for person in persons},
        {(account, person) for account, person, _right in rows},
        Counter(account for account, _person, right in rows if right not in READERS_ONLY),
    )


def appointment_failures(new: Appointment, at):
    """What forbids an appointment, all of it. Its form has been read already."""
    yield from judged(new, standing(new.account.registry_id, [new], at))


def judged(new: Appointment, found: Standing):
    """What forbids an appointment, by what was read for it."""
    person = found.persons.get(new.username)
    if person is None or not person.is_active or person.is_system:
        yield Failure(
            "UNKNOWN_PERSON",
            _("There is no such person."),
            _("Have the person added first."),
            data={"person": new.username},
        )
    if new.account.status == Account.Status.CLOSED:
        yield closed()
    if new.right not in found.rules.rights:
        yield Failure(
            "RIGHT_NOT_GIVEN_HERE",
            _("Representatives have no such right in this registry."),
            _("See the rules of the registry for the rights that it gives."),
            data={"right": new.right, "rights": list(found.rules.rights)},
        )
    if person is not None and (new.account.pk, person.pk) in found.current:
        yield Failure(
            "REPRESENTATIVE_EXISTS",
            _("This person represents the account already."),
            _("End the present right first: a person has one at a time."),
            data={"person": new.username},
        )
    most = found.rules.most_representatives
    if new.right not in READERS_ONLY and found.acting[new.account.pk] >= most:
        yield Failure(
            "TOO_MANY_REPRESENTATIVES",
            _("The account has as many representatives as the registry allows."),
            _("End another one first; those who only read do not count."),
            data={"most": str(most)},
        )


def appoint(*, actor, new: Appointment, at, reason="") -> Representative:
    """Appoints; for what decides requests.   Raises: RuleViolated."""
    found = standing(new.account.registry_id, [new], at)
    failures = list(judged(new, found))
    if failures:
        raise RuleViolated(*failures)
    (appointed,) = appoint_judged(actor=actor, new=[new], found=found, at=at, reason=reason)
    return appointed


def appoint_judged(*, actor, new: list[Appointment], found: Standing, at, reason=""):
    """Appoints those against whom `judged` had nothing; returns them in their order.

    Raises: RuleViolated.
    """
    with posting.explained():
        appointed = Representative.objects.bulk_create(
            Representative(
                account=each.account,
                person=found.persons[each.username],
                right=each.right,
                valid_from=at,
            )
            for each in new
        )
    kind = AccountEvent.Kind.REPRESENTATIVE_APPOINTED
    AccountEvent.objects.bulk_create(
        event(**_said(actor, each, kind, at, reason)) for each in appointed
    )
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
    record(**_said(actor, representative, kind, at, reason))


def _said(actor, representative, kind, at, reason):
    return {
        "actor": actor,
        "account_id": representative.account_id,
        "kind": kind,
        "at": at,
        "reason": reason,
        "person": representative.person.username,
        "right": representative.right,
    }
