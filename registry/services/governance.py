"""Requests: one person asks, others decide, and the last approval carries out what was asked."""

from dataclasses import dataclass, field, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import canonical, errors, permissions, posting
from registry.errors import Failure, InvalidInput, NotPermitted, RuleViolated
from registry.lines import text_failure
from registry.models import Account, GovernanceDecision, GovernanceRequest
from registry.selectors import governance, rules
from registry.services.accounts import hosted_registry

from .requested.kind import Asked
from .requested.kinds import KINDS
from .requested.parts import part_for

LONGEST_REASON = 10_000
Status = GovernanceRequest.Status


@dataclass(frozen=True)
class Request:
    """What is asked for. `payload` has codes and numbers as text, by the form of the kind."""

    kind: str
    registry_id: int | None
    account_id: int | None = None
    payload: dict = field(default_factory=dict)
    reason: str = ""


@transaction.atomic
def ask(*, actor, request: Request, at) -> GovernanceRequest:
    """Asks for something that others decide. What would forbid it now is told now.

    What is for who asks alone, as a part of a one-time password, is `shown` of what is returned.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated.
    """
    permissions.require_actor(actor)
    kind = KINDS[GovernanceRequest.Kind(request.kind)]
    registry = None if kind.of_node else hosted_registry(request.registry_id)
    account = _account(request)
    kind.require_asker(actor, registry, account)
    failure = text_failure(request.reason, "reason", LONGEST_REASON)
    if failure:
        raise InvalidInput(failure)
    asked = Asked(actor, registry, account, request.payload, at, request.reason)
    _require_none(kind.failures(asked))
    payload = {**request.payload}
    if kind.pending:
        _require_none(_pending_failures(account))
        payload["status_before"] = account.status
        Account.objects.filter(pk=account.pk).update(status=kind.pending)
    made = GovernanceRequest.objects.create(
        kind=request.kind,
        registry=registry,
        account=account,
        payload=payload,
        payload_hash=_hash(request, registry, account, payload),
        reason=request.reason,
        approvals_needed=kind.quorum(registry and rules.rules_in_force(registry.pk, at)),
        requested_by_id=actor.person_id,
        api_key_id=actor.api_key_id,
        requested_at=at,
    )
    made.shown = part_for(actor, made, at=at)
    return made


@transaction.atomic
def decide(*, actor, request_id, approved, payload_hash, at, reason="") -> GovernanceRequest:
    """Approves or rejects exactly one payload; the last approval that is needed carries it out.

    What can be shown only now, as a part of a one-time password, is `shown` of what is returned.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict, RuleViolated.
    """
    found, shown = governance.find(actor, request_id), None
    kind = KINDS[found.kind]
    kind.require_decider(actor, found.registry, found.account)
    failure = text_failure(reason, "reason", LONGEST_REASON)
    if failure:
        raise InvalidInput(failure)
    with posting.explained():
        # The database locks the request here: those who decide at the same time come in turn.
        GovernanceDecision.objects.create(
            request=found,
            person_id=actor.person_id,
            api_key_id=actor.api_key_id,
            approved=approved,
            payload_hash=payload_hash,
            reason=reason,
            at=at,
        )
    given = GovernanceDecision.objects.filter(request=found, approved=True).count()
    if not approved:
        _close(found, Status.REJECTED, at)
        _drop(found, kind, actor, at)
    elif given >= found.approvals_needed:
        _close(found, Status.APPROVED, at)
        shown = _carry_out(found, kind, actor, at)
    decided = governance.find(actor, found.pk)
    decided.shown = shown
    return decided


@transaction.atomic
def withdraw(*, actor, request_id, at) -> GovernanceRequest:
    """Who asked takes it back.

    Raises: NotPermitted (NOT_THE_REQUESTER), NotFound, Conflict (REQUEST_IS_CLOSED).
    """
    found = governance.find(actor, request_id)
    if found.requested_by_id != actor.person_id:
        raise NotPermitted(
            Failure(
                "NOT_THE_REQUESTER",
                _("Only who asked for something takes it back."),
                _("Whoever decides rejects it instead."),
            )
        )
    _close(found, Status.WITHDRAWN, at)
    _drop(found, KINDS[found.kind], actor, at)
    return governance.find(actor, found.pk)


def _account(request):
    kind = KINDS[GovernanceRequest.Kind(request.kind)]
    if not kind.about_account:
        return None
    account = (
        Account.objects.select_related("holder", "registry")
        .filter(pk=request.account_id, registry_id=request.registry_id)
        .first()
    )
    if account is None:
        raise errors.unknown_account(request.account_id)
    return account


def _require_none(failures):
    failures = list(failures)
    if failures:
        raise RuleViolated(*failures)


def _pending_failures(account):
    waiting = GovernanceRequest.objects.filter(account=account, status=Status.WAITING)
    pending = [kind for kind, each in KINDS.items() if each.pending]
    if waiting.filter(kind__in=pending).exists():
        yield Failure(
            "REQUEST_PENDING",
            _("The account is being closed or handed over already."),
            _("Wait for the decision, or have the request taken back."),
            data={"account": account.number},
        )


def _hash(request, registry, account, payload):
    """SHA-256 of the canonical payload: what those who decide approve."""
    return canonical.digest(
        {
            "kind": request.kind,
            "registry": registry and registry.code,
            "account": account and account.number,
            "payload": payload,
            "reason": request.reason,
        }
    )


def _close(found, status, at):
    with posting.explained():
        GovernanceRequest.objects.filter(pk=found.pk).update(status=status, closed_at=at)


def _carry_out(found, kind, actor, at):
    asked = _asked(found, actor, at)
    if kind.pending:
        # Judged as it was when it was asked: the request itself has set the status.
        Account.objects.filter(pk=found.account_id, status=kind.pending).update(
            status=found.payload["status_before"]
        )
    if found.account_id is not None:
        account = Account.objects.select_related("holder", "registry").get(pk=found.account_id)
        asked = replace(asked, account=account)
    _require_none(kind.failures(asked))
    return kind.carry_out(asked)


def _asked(found, actor, at):
    return Asked(
        actor, found.registry, found.account, found.payload, at, found.reason, request=found
    )


def _drop(found, kind, actor, at):
    """The account is again what it was before this was asked."""
    kind.drop(_asked(found, actor, at))
    if kind.pending:
        Account.objects.filter(pk=found.account_id, status=kind.pending).update(
            status=found.payload["status_before"]
        )
