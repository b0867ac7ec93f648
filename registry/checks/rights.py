"""Who may propose, and what a reversal may undo."""

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
