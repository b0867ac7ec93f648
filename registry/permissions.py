"""Who may do what. Closed by default: no actor means refusal, for system tasks as well."""

from django.utils.translation import gettext_lazy as _

from .errors import Failure, NotPermitted
from .models import Representative, Right, Role, TransactionLine

READERS = frozenset(Role.values) - {Role.SYSTEM_ADMINISTRATOR, Role.REPRESENTATIVE}
# Who looks at what others have read. Who keeps the registry is looked at, and does not.
AUDITORS = frozenset({Role.AUDITOR, Role.REGULATOR})
DECIDERS = frozenset({Role.ADMINISTRATOR, Role.SYSTEM})
# Who keeps accounts: protects them at once, and asks for what others decide.
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.JUNIOR_ADMINISTRATOR, Role.SYSTEM})
INITIATE = frozenset({Right.INITIATE, Right.INITIATE_AND_APPROVE})
# Who may only surrender gives units up alone: initiating it is all there is to their right.
SURRENDER = INITIATE | {Right.SURRENDER}
APPROVE = frozenset({Right.APPROVE, Right.INITIATE_AND_APPROVE})
REPRESENTATION = ("account_id", "right", "suspended_at")


def require_actor(actor):
    """Raises: NotPermitted (NO_ACTOR)."""
    if actor is None:
        raise NotPermitted(
            Failure("NO_ACTOR", _("Nobody is signed in."), _("Sign in, or send an API key."))
        )


def require_role(actor, roles, registry_id):
    """Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED)."""
    require_actor(actor)
    if not actor.roles_in(registry_id) & frozenset(roles):
        raise _not_permitted()


def require_initiator(actor, proposal):
    """Who proposes has a role that the type names in each registry, or represents each account
    that gives units (that receives them, where units come into being).

    Representations are read only where no role suffices, and anew each time: a suspension
    counts at once.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED, REPRESENTATIVE_SUSPENDED,
    REPRESENTATIVE_RIGHT_MISSING).
    """
    require_actor(actor)
    known = proposal.facts
    roles = frozenset(known.type["roles"])
    lacking = {
        registry_id for registry_id in known.registries if not actor.roles_in(registry_id) & roles
    }
    if not lacking:
        return
    if Role.REPRESENTATIVE not in roles:
        raise _not_permitted()
    # What does not exist is told by the checks.
    named = {line.source or line.destination for line in proposal.lines} & known.accounts.keys()
    accounts = {pk for pk in named if known.accounts[pk].registry_id in lacking}
    rights = SURRENDER if known.type["records_use"] == "surrender" else INITIATE
    # A registry in which no account gives units is not one to act in.
    if lacking - {known.accounts[pk].registry_id for pk in accounts}:
        raise _not_permitted()
    require_right(actor, rights, accounts)


def require_approver(actor, transaction):
    """Who decides has a deciding role in the registry, or may approve for each account that
    gives units.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED, REPRESENTATIVE_SUSPENDED,
    REPRESENTATIVE_RIGHT_MISSING).
    """
    require_actor(actor)
    if actor.roles_in(transaction.registry_id) & DECIDERS:
        return
    ends = TransactionLine.objects.filter(transaction_id=transaction.pk)
    named = ends.values_list("source_id", "destination_id").distinct()
    require_right(actor, APPROVE, {source or destination for source, destination in named})


def require_right(actor, rights, accounts):
    """The actor represents each of the accounts, by their ids, with one of the rights.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED, REPRESENTATIVE_SUSPENDED,
    REPRESENTATIVE_RIGHT_MISSING).
    """
    require_actor(actor)
    found = Representative.objects.current().filter(
        person_id=actor.person_id, account_id__in=accounts
    )
    rows = {account: (right, at) for account, right, at in found.values_list(*REPRESENTATION)}
    if not accounts or accounts - rows.keys():
        raise _not_permitted()
    if any(suspended_at is not None for _right, suspended_at in rows.values()):
        raise NotPermitted(
            Failure(
                "REPRESENTATIVE_SUSPENDED",
                _("You are suspended as a representative of this account."),
                _("Ask the registry administrator."),
            )
        )
    if any(right not in rights for right, _suspended_at in rows.values()):
        raise NotPermitted(
            Failure(
                "REPRESENTATIVE_RIGHT_MISSING",
                _("Your right as a representative of this account does not cover this."),
                _("Ask a representative who has the right."),
            )
        )


def represented(actor, *, suspended=False) -> set[int]:
    """Ids of the accounts that the actor represents and therefore may read; with `suspended`,
    also of those that they would represent, were they not suspended.

    Raises: NotPermitted (NO_ACTOR).
    """
    require_actor(actor)
    rows = Representative.objects.current().filter(person_id=actor.person_id)
    if not suspended:
        rows = rows.filter(suspended_at__isnull=True)
    return set(rows.values_list("account_id", flat=True))


def readable_registries(actor):
    """Ids of the registries whose ledger the actor may read; None for all.

    Raises: NotPermitted (NO_ACTOR).
    """
    require_actor(actor)
    if actor.roles.get(None, frozenset()) & READERS:
        return None
    return {registry for registry, roles in actor.roles.items() if roles & READERS}


def audited_registries(actor):
    """Ids of the registries whose readers the actor may know; None for all.

    Raises: NotPermitted (NO_ACTOR).
    """
    require_actor(actor)
    if actor.roles.get(None, frozenset()) & AUDITORS:
        return None
    return {registry for registry, roles in actor.roles.items() if roles & AUDITORS}


def require_audited(actor):
    """As audited_registries, for who audits at least one.

    Raises: NotPermitted (NO_ACTOR, NOT_PERMITTED).
    """
    registries = audited_registries(actor)
    if registries is not None and not registries:
        raise _not_permitted()
    return registries


def _not_permitted():
    return NotPermitted(
        Failure(
            "NOT_PERMITTED",
            _("Your roles in this registry do not allow this."),
            _("Ask for a role in the registry, or act in a registry where you have one."),
        )
    )
