"""Verifiers: their accreditations, their members, and their conflicts of interest."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import Accreditation, ConflictOfInterest, Verifier, VerifierMember
from registry.errors import Conflict
from registry.models import Registry

from . import written


@dataclass(frozen=True)
class NewAccreditation:
    """What an accrediting body has certified; days are the first and the last one."""

    scheme_id: int
    sectors: tuple[str, ...]
    certificate: str
    valid_from: date
    valid_to: date


@transaction.atomic
def add_verifier(*, actor, code, name, jurisdiction_id) -> Verifier:
    """Records a body that verifies.

    Raises: NotPermitted, InvalidInput (CODE_NOT_PRINTABLE, NAME_NEEDED), Conflict (CODE_TAKEN).
    """
    permissions.require_keeper(actor)
    written.refuse(written.code_failures(code), written.name_failures(name))
    made, new = Verifier.objects.get_or_create(
        code=code, defaults={"name": name, "jurisdiction_id": jurisdiction_id}
    )
    if not new:
        raise Conflict(failure("CODE_TAKEN", code=code))
    return made


@transaction.atomic
def accredit(*, actor, verifier, new: NewAccreditation) -> Accreditation:
    """Records an accreditation for a scheme.

    Raises: NotPermitted, InvalidInput (SECTOR_NEEDED, NAME_NEEDED, LAST_DAY_BEFORE_FIRST).
    """
    _require_keeper_of_scheme(actor, new.scheme_id)
    written.refuse(
        [] if new.sectors and all(new.sectors) else [failure("SECTOR_NEEDED")],
        written.name_failures(new.certificate),
        written.days_failures(new.valid_from, new.valid_to),
    )
    return Accreditation.objects.create(
        verifier=verifier,
        scheme_id=new.scheme_id,
        sectors=sorted(set(new.sectors)),
        certificate=new.certificate,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        recorded_by_id=actor.person_id,
    )


@transaction.atomic
def suspend_accreditation(*, actor, accreditation, suspended_on, reason) -> Accreditation:
    """The accreditation does not hold from a day on; a new one follows where it is restored.

    Raises: NotPermitted, InvalidInput (REASON_NEEDED), Conflict (ENDED_ALREADY).
    """
    _require_keeper_of_scheme(actor, accreditation.scheme_id)
    written.refuse(written.reason_failures(reason))
    standing = Accreditation.objects.filter(pk=accreditation.pk, suspended_on=None)
    if not standing.update(suspended_on=suspended_on, suspension_reason=reason):
        raise Conflict(failure("ENDED_ALREADY", accreditation=str(accreditation.pk)))
    accreditation.suspended_on, accreditation.suspension_reason = suspended_on, reason
    return accreditation


@transaction.atomic
def add_member(*, actor, verifier, person, valid_from) -> VerifierMember:
    """A person acts for the verifier from a day on.   Raises: NotPermitted,
    Conflict (MEMBER_EXISTS)."""
    permissions.require_keeper(actor)
    made, new = VerifierMember.objects.get_or_create(
        verifier=verifier, person=person, valid_to=None, defaults={"valid_from": valid_from}
    )
    if not new:
        raise Conflict(failure("MEMBER_EXISTS", verifier=verifier.code))
    return made


@transaction.atomic
def end_member(*, actor, member, valid_to) -> VerifierMember:
    """A person acts for the verifier for the last time on a day.

    Raises: NotPermitted, InvalidInput (LAST_DAY_BEFORE_FIRST), Conflict (ENDED_ALREADY).
    """
    permissions.require_keeper(actor)
    written.refuse(written.days_failures(member.valid_from, valid_to))
    if not VerifierMember.objects.filter(pk=member.pk, valid_to=None).update(valid_to=valid_to):
        raise Conflict(failure("ENDED_ALREADY", member=str(member.pk)))
    member.valid_to = valid_to
    return member


@transaction.atomic
def declare_conflict(*, actor, verifier, holder, kind, valid_from, note="") -> ConflictOfInterest:
    """A verifier's member, or an administrator, says what forbids it to verify for a holder.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED).
    """
    _require_declarer(actor, verifier, valid_from)
    return ConflictOfInterest.objects.create(
        verifier=verifier,
        holder=holder,
        kind=ConflictOfInterest.Kind(kind),
        note=note,
        valid_from=valid_from,
        declared_by_id=actor.person_id,
    )


@transaction.atomic
def end_conflict(*, actor, conflict, valid_to) -> ConflictOfInterest:
    """A conflict of interest stands for the last time on a day; who declares does not end it.

    Raises: NotPermitted, InvalidInput (LAST_DAY_BEFORE_FIRST), Conflict (ENDED_ALREADY).
    """
    permissions.require_keeper(actor)
    written.refuse(written.days_failures(conflict.valid_from, valid_to))
    standing = ConflictOfInterest.objects.filter(pk=conflict.pk, valid_to=None)
    if not standing.update(valid_to=valid_to):
        raise Conflict(failure("ENDED_ALREADY", conflict=str(conflict.pk)))
    conflict.valid_to = valid_to
    return conflict


def _require_keeper_of_scheme(actor, scheme_id):
    """An administrator of any registry of the scheme.   Raises: NotPermitted."""
    registries = Registry.objects.filter(scheme_id=scheme_id).values_list("pk", flat=True)
    own = [pk for pk in registries if actor and actor.roles_in(pk) & permissions.KEEPERS]
    permissions.require_keeper(actor, own[0] if own else None)


def _require_declarer(actor, verifier, on):
    if actor is None or not permissions.is_member(actor, verifier, on):
        permissions.require_keeper(actor)
