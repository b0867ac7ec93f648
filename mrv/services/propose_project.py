"""Propose a project, and decide whether it is registered."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from mrv.errors import failure
from mrv.models import Methodology, OffsetProject, ProjectType
from mrv.projects import periods, values
from mrv.selectors import methodologies, project_records, projects
from registry import permissions, turns
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.models import Account, Jurisdiction, Role, UnitType
from registry.services.log_document import log_document

from . import written
from .refusing import refuse_findings

STATE = OffsetProject.State


@dataclass(frozen=True)
class NewProject:
    """What is proposed: where, what kind, by which methodology, for whose account.

    `values` are what the methodology asks of a project once, as exact text.
    """

    code: str
    name: str
    account: Account
    unit_type: UnitType
    jurisdiction: Jurisdiction
    project_type: ProjectType
    methodology: Methodology
    crediting_from: date
    values: dict = field(default_factory=dict)
    description: str = ""


@transaction.atomic
def propose_project(*, actor, new: NewProject, at) -> OffsetProject:
    """Proposes a project by the version of its methodology that is in force today.

    Raises: NotPermitted, InvalidInput, RuleViolated, Conflict (CODE_TAKEN).
    """
    require_proponent(actor, new.account)
    written.refuse(written.code_failures(new.code), written.name_failures(new.name))
    version = methodologies.in_force(new.methodology, at.date())
    failures = list(_failures(new, version))
    if failures:
        raise RuleViolated(*failures)
    text = methodologies.text_of(version)
    refuse_findings(values.read(text.given_by("project"), new.values)[1], "/values")
    turns.take(f"mrv_new_project_{new.code}")
    if OffsetProject.objects.filter(code=new.code).exists():
        raise Conflict(failure("CODE_TAKEN", code=new.code))
    return OffsetProject.objects.create(
        code=new.code,
        name=new.name,
        account=new.account,
        unit_type=new.unit_type,
        jurisdiction=new.jurisdiction,
        project_type=new.project_type,
        version=version,
        values=new.values,
        description=new.description,
        crediting_from=new.crediting_from,
        crediting_to=periods.years_later(new.crediting_from, text.crediting_years),
        proposed_by_id=actor.person_id,
        proposed_at=at,
    )


def require_proponent(actor, account) -> None:
    """Who may initiate transactions of the account, or administers its registry, acts for it.

    Raises: NotPermitted.
    """
    permissions.require_actor(actor)
    if Role.ADMINISTRATOR not in actor.roles_in(account.registry_id):
        permissions.require_right(actor, permissions.INITIATE, {account.pk})


def _failures(new, version):
    if new.methodology.scheme_id != new.account.registry.scheme_id:
        yield failure("METHODOLOGY_OF_ANOTHER_SCHEME", methodology=new.methodology.code)
    if version is None:
        yield failure("METHODOLOGY_NOT_IN_FORCE", methodology=new.methodology.code)
    elif new.project_type.code not in version.document["project_types"]:
        yield failure("PROJECT_TYPE_NOT_COVERED", project_type=new.project_type.code)
    issued_there = new.unit_type.registry_id == new.account.registry_id
    if not issued_there or new.unit_type.kind != UnitType.Kind.CREDIT:
        yield failure("UNIT_TYPE_NOT_CREDITED", unit_type=new.unit_type.code)


@transaction.atomic
def register_project(*, actor, code, at) -> OffsetProject:
    """Lets a validated project report; the log of the node is told.

    Raises: NotPermitted (OWN_PROJECT), NotFound, Conflict (PROJECT_IN_ANOTHER_STATE).
    """
    found = _decide(actor, code, (STATE.VALIDATED,), STATE.REGISTERED, reason="", at=at)
    log_document(kind="project", subject=found.code, document=project_records.registration(found))
    return found


@transaction.atomic
def refuse_project(*, actor, code, reason, at) -> OffsetProject:
    """Ends a project before it is registered.

    Raises: NotPermitted (OWN_PROJECT), NotFound, InvalidInput (REASON_NEEDED), Conflict.
    """
    written.refuse(written.reason_failures(reason))
    before = (STATE.PROPOSED, STATE.VALIDATED)
    return _decide(actor, code, before, STATE.REFUSED, reason=reason, at=at)


@transaction.atomic
def close_project(*, actor, code, reason, at) -> OffsetProject:
    """Ends a registered project: it reports no further periods. What it owes, it goes on to owe.

    Raises: NotPermitted (OWN_PROJECT), NotFound, InvalidInput (REASON_NEEDED), Conflict.
    """
    written.refuse(written.reason_failures(reason))
    return _decide(actor, code, (STATE.REGISTERED,), STATE.CLOSED, reason=reason, at=at)


def _decide(actor, code, before, state, *, reason, at):
    found = projects.find(actor, code)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, found.account.registry_id)
    if found.proposed_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_PROJECT"))
    changed = OffsetProject.objects.filter(pk=found.pk, state__in=before).update(
        state=state, reason=reason, decided_by_id=actor.person_id, decided_at=at
    )
    found.refresh_from_db(fields=["state", "reason", "decided_by", "decided_at"])
    if not changed:
        raise Conflict(failure("PROJECT_IN_ANOTHER_STATE", state=found.state))
    return found
