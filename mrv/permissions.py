"""Who does what: administrators keep the bodies, operators report, verifiers verify, regulators
decide. Nobody does two of these for the same report; the database holds that."""

from django.db.models import Q

from registry import permissions
from registry.errors import NotPermitted
from registry.models import Account, Representative, Role

from .errors import failure
from .models import VerifierMember

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})
REGULATORS = frozenset({Role.REGULATOR})


def require_keeper(actor, registry_id=...):
    """Who keeps operators and verifiers: of one registry, or of any where none is named.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED).
    """
    permissions.require_actor(actor)
    if registry_id is ... and any(roles & KEEPERS for roles in actor.roles.values()):
        return
    permissions.require_role(actor, KEEPERS, None if registry_id is ... else registry_id)


def require_regulator(actor, registry_id):
    """Who decides on plans and reports.   Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED)."""
    permissions.require_role(actor, REGULATORS, registry_id)


def require_operator(actor, operator):
    """Who may act for an account of the holder in the operator's registry reports for it.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED, REPRESENTATIVE_SUSPENDED,
    REPRESENTATIVE_RIGHT_MISSING).
    """
    permissions.require_actor(actor)
    if Role.SYSTEM in actor.roles_in(operator.registry_id):
        return
    accounts = Account.objects.filter(
        holder_id=operator.holder_id, registry_id=operator.registry_id
    )
    own = Representative.objects.current().filter(person_id=actor.person_id, account__in=accounts)
    rights = permissions.INITIATE | permissions.APPROVE
    # Any one account of the holder suffices; where none does, the first one says why.
    able = own.filter(suspended_at=None, right__in=rights).values_list("account_id", flat=True)
    chosen = able.first() or own.values_list("account_id", flat=True).first()
    permissions.require_right(actor, rights, {chosen} - {None})


def require_member(actor, verifier, on):
    """Who acts for a verifier on a day.   Raises: NotPermitted (NO_ACTOR, NOT_A_MEMBER)."""
    permissions.require_actor(actor)
    if not is_member(actor, verifier, on):
        raise NotPermitted(failure("NOT_A_MEMBER", verifier=verifier.code))


def is_member(actor, verifier, on) -> bool:
    """Whether the actor is a member of the verifier on a day."""
    return (
        VerifierMember.objects.filter(
            verifier=verifier, person_id=actor.person_id, valid_from__lte=on
        )
        .filter(Q(valid_to=None) | Q(valid_to__gte=on))
        .exists()
    )
