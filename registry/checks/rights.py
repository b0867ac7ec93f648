"""Why something is proposed, and what a reversal may undo."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from .base import Check


class Reversible(Check):
    code = "NOT_REVERSIBLE"
    number = 3030
    message = _("The transaction can not be reversed.")
    hint = _("Only a completed transaction of a reversible type is reversed, and only once.")

    def failures(self, proposal):
        original = proposal.reverses
        if original is not None and not (original.type.reversible and original.status == 4):
            yield None, {"transaction": str(original.pk), "status": original.status}


class ReversalInTime(Check):
    code = "REVERSAL_WINDOW_CLOSED"
    number = 3031
    message = _("The time in which the transaction could be reversed is over.")
    hint = _("Correct it by a new transaction in the other direction.")

    def failures(self, proposal):
        original = proposal.reverses
        if original is None or original.posting is None or original.type.reversal_days is None:
            return
        ends = original.posting.recorded_at + timedelta(days=original.type.reversal_days)
        if proposal.at >= ends:
            yield None, {"transaction": str(original.pk), "until": ends.isoformat()}


class ReasonGiven(Check):
    code = "REASON_REQUIRED"
    number = 3032
    message = _("This type of transaction asks for a reason.")
    hint = _("Say why; whoever decides and whoever audits reads it.")
    of_rules = True

    def failures(self, proposal):
        if proposal.facts.type["reason_required"] and not proposal.reason.strip():
            yield None, {}


class ExecutionAhead(Check):
    code = "EXECUTION_IN_THE_PAST"
    number = 3033
    message = _("The moment before which it is not to be completed has passed.")
    hint = _("Choose a later moment, or leave it out.")

    def failures(self, proposal):
        if proposal.execute_at is not None and proposal.execute_at <= proposal.at:
            yield None, {"execute_at": proposal.execute_at.isoformat()}


class IssuancesCoverLines(Check):
    code = "ISSUANCES_DO_NOT_MATCH_LINES"
    number = 4020
    message = _("Each issuing line belongs to exactly one issuance, and an issuance to one type.")
    hint = _("List for each issuance the first and the last of its lines.")

    def failures(self, proposal):
        if proposal.facts.type["effect"] not in ("issue", "convert"):
            return
        covered = []
        for issuance in proposal.attributes.get("issuances", []):
            first, last = issuance["first_line"], issuance["last_line"]
            named = proposal.lines[max(first, 1) - 1 : max(last, 0)]
            if len({line.unit_type for line in named}) != 1:
                yield first, {}
            covered.extend(range(first, last + 1))
        issuing = [n for n, line in enumerate(proposal.lines, 1) if line.source is None]
        if sorted(covered) != issuing:
            yield None, {}
