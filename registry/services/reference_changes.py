"""Changes of reference data: a system administrator proposes one, another one approves it.

Nothing is written but the proposal until it is approved; then the gate applies it, in the same
database transaction, if the row is still what it was when it was proposed.
"""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import canonical, errors, permissions, posting, reference_tables
from registry.lines import text_failure
from registry.models import Operation, ReferenceChange, ReferenceTable, RegistryRules, Role
from registry.selectors import reference_rows

MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
LONGEST_TEXT = 10_000
ADD, DELETE = Operation.ADD, Operation.DELETE
STATUS = ReferenceChange.Status


@dataclass(frozen=True)
class Change:
    """What is proposed: `values` in the names of fields, with codes for rows referred to.

    A row that is there is named by its `identity` (names of fields to values) or its `row_id`.
    What `values` leaves out stays as it is; of a new row it is empty.
    """

    table: str
    operation: str
    reason: str
    source: str
    values: dict = field(default_factory=dict)
    identity: dict = field(default_factory=dict)
    row_id: int | None = None


@transaction.atomic
def propose_change(*, actor, change: Change, at) -> ReferenceChange:
    """Proposes a change of one row. What would forbid it now is told now.

    Raises: NotPermitted, NotFound, InvalidInput, RuleViolated, Conflict.
    """
    permissions.require_role(actor, MANAGERS, None)
    table = reference_tables.TABLES[ReferenceTable(change.table)]
    operation = Operation(change.operation)
    _require(_form_failures(table, operation, change))
    before = _row(table, operation, change)
    old = None if before is None else reference_rows.record(table, before.pk)
    new = None if operation == DELETE else _new(table, before, change, at)
    said = {"old": reference_tables.said(table, old), "new": reference_tables.said(table, new)}
    _require_allowed(table, said)
    identity = table.identity_of(said["old"] or said["new"])
    payload = {
        **said,
        "table": table.name,
        "operation": operation.value,
        "identity": identity,
        "reason": change.reason,
        "source": change.source,
    }
    with posting.explained(), transaction.atomic():
        return ReferenceChange.objects.create(
            table=table.name,
            operation=operation.value,
            row_id=before and before.pk,
            identity=identity,
            old=old,
            new=new,
            reason=change.reason,
            source=change.source,
            payload_hash=canonical.digest(payload),
            proposer_id=actor.person_id,
            api_key_id=actor.api_key_id,
            proposed_at=at,
        )


def approve_change(*, actor, change_id, payload_hash, reason="") -> int:
    """Approves exactly the change with this hash, which is applied at once; the row's id.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (REFERENCE_CHANGE_STALE), RuleViolated.
    """
    return _decide(actor, change_id, payload_hash, STATUS.APPROVED, reason)


def reject_change(*, actor, change_id, payload_hash, reason="") -> None:
    """The row stays as it is.   Raises: NotPermitted, NotFound, InvalidInput, Conflict."""
    _decide(actor, change_id, payload_hash, STATUS.REJECTED, reason)


def withdraw_change(*, actor, change_id, reason="") -> None:
    """The proposer takes the change back.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict.
    """
    permissions.require_role(actor, MANAGERS, None)
    found = ReferenceChange.objects.filter(pk=change_id, proposer_id=actor.person_id).first()
    if found is None:
        raise errors.from_gate([{"code": "UNKNOWN_REFERENCE_CHANGE", "change": str(change_id)}])
    _decide(actor, change_id, bytes(found.payload_hash), STATUS.WITHDRAWN, reason)


def _decide(actor, change_id, payload_hash, status, reason):
    permissions.require_role(actor, MANAGERS, None)
    failure = text_failure(reason, "reason", LONGEST_TEXT)
    if failure:
        raise errors.InvalidInput(failure)
    words = (actor, change_id, payload_hash, status.value, reason)
    try:
        with transaction.atomic():
            return posting.decide_reference(*words)
    except IntegrityError as error:
        # A rule of the table that became true after the proposal: its name says which.
        diagnostics = getattr(error.__cause__, "diag", None)
        raise errors.RuleViolated(
            errors.Failure(
                "REFERENCE_CHANGE_REFUSED",
                _("The database refuses the row: another row or rule stands against it by now."),
                _("Reject the change, and propose one that fits what is there."),
                data={"rule": getattr(diagnostics, "constraint_name", None) or ""},
            )
        ) from error


def _form_failures(table, operation, change):
    for name, value in (("reason", change.reason), ("source", change.source)):
        failure = text_failure(value, name, LONGEST_TEXT)
        if failure:
            yield failure
        elif not value.strip():
            yield errors.Failure(
                "REASON_MISSING" if name == "reason" else "CHANGE_SOURCE_MISSING",
                _("A reason is mandatory here.")
                if name == "reason"
                else _("A source is mandatory here."),
                _("Say why; whoever decides and whoever audits reads it.")
                if name == "reason"
                else _("Say where what is proposed can be read."),
            )
    if operation not in table.operations:
        yield errors.Failure(
            "REFERENCE_OPERATION_NOT_POSSIBLE",
            _("Rows of this table can not be treated so: others hang on them."),
            _("See the documentation for what becomes of rows of each table."),
            data={"table": table.name, "operation": operation.value},
        )


def _row(table, operation, change):
    if operation == ADD:
        return None
    if change.row_id is not None:
        found = table.model.objects.filter(pk=change.row_id).first()
    else:
        found = reference_tables.find(table, change.identity)
    if found is None:
        raise errors.NotFound(
            errors.Failure(
                "UNKNOWN_REFERENCE_ROW",
                _("There is no such row."),
                _("Name all fields of the row's identity, and no others."),
                data={"table": table.name, "identity": list(table.identity)},
            )
        )
    return found


def _new(table, before, change, at):
    """The record that is proposed.   Raises: InvalidInput, RuleViolated."""
    row = before or table.model()
    wrong = reference_tables.build(table, row, change.values)
    if wrong:
        raise errors.InvalidInput(*(_invalid(name, texts) for name, texts in wrong))
    if isinstance(row, RegistryRules) and row.valid_from < at:
        raise errors.RuleViolated(
            errors.Failure(
                "REGISTRY_RULES_TOO_EARLY",
                _("Rules of a registry do not begin in the past."),
                _("Choose a later beginning."),
                data={"earliest": at.isoformat()},
            )
        )
    reference_tables.compute(table, row)
    return reference_rows.record_of(table, row)


def _invalid(name, texts):
    return errors.Failure(
        "REFERENCE_VALUE_INVALID",
        " ".join(str(text) for text in texts),
        _("Mend the field that data names."),
        data={"field": name},
    )


def _require_allowed(table, said):
    old, new = said["old"], said["new"]
    if old is None or new is None:
        return
    if old == new:
        raise errors.RuleViolated(
            errors.Failure(
                "REFERENCE_UNCHANGED",
                _("The row says this already."),
                _("Change at least one field."),
            )
        )
    _require(
        (
            errors.Failure(
                "REFERENCE_FIELD_FIXED",
                _("This gives the row its meaning for others and never changes."),
                _("Propose another row instead."),
                data={"field": name, "value": old[name]},
            )
            for name in table.fixed
            if old[name] != new[name]
        ),
        errors.RuleViolated,
    )


def _require(failures, error=errors.InvalidInput):
    failures = list(failures)
    if failures:
        raise error(*failures)
