"""What surrender, retirement and cancellation have in common: units end in a terminal account,
and each range keeps what it was used for."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import facts, permissions, ports
from registry.errors import DomainError, Failure, InvalidInput, RuleViolated
from registry.lines import require_form
from registry.models import TERMINAL_KINDS, Account

from .propose import Outcome, Request, propose, replay


def use(actor, kind, request: Request) -> Outcome:
    """Proposes to end units in their registry's account of `kind`.

    Lines need no destination. The entity is the source account's holder unless a line names
    another; what the units count for is asked from the value port.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    permissions.require_actor(actor)
    require_form(request.lines)
    request = replace(request, said=request.lines)
    if facts.outdated(facts.reference().version):
        facts.forget()
    try:
        # What the value port takes from limits is kept with the proposal, or not at all.
        with transaction.atomic():
            outcome = propose(actor, replace(request, lines=_complete(kind, request)))
            if outcome.replayed:
                transaction.set_rollback(True)
            return outcome
    except InvalidInput:
        # What has no right form was never answered, and may be no text to look for.
        raise
    except DomainError:
        # Repeated after the accounts or the links have changed, it still has its first answer.
        earlier = replay(actor, request)
        if earlier is None:
            raise
        return earlier


def _complete(kind, request):
    known = facts.reference()
    sources = known.accounts_of({line.source for line in request.lines} - {None})
    ends = {
        number: _end(sources[line.source].registry_id, kind, number)
        for number, line in enumerate(request.lines, 1)
        if line.source in sources
    }
    values = _values(request, sources, ends)
    completed = []
    for number, line in enumerate(request.lines, 1):
        if number not in ends:
            completed.append(line)
            continue
        source, end, value = sources[line.source], ends[number], values[number]
        counted = replace(
            line,
            destination=end,
            entity=line.entity or source.holder_id,
            credited_tonnes=value.credited_tonnes,
            factor_version=value.factor_version,
        )
        completed.extend(_divided(counted, number, value.remainder, source.registry_id))
    return completed


def _values(request, sources, numbers):
    """What each of the lines with these numbers counts for: those of a registry are asked about
    together, so that what they take from limits is taken in one order."""
    asked = {}
    for number in numbers:
        registry_id = sources[request.lines[number - 1].source].registry_id
        asked.setdefault(registry_id, []).append(number)
    found = {}
    for registry_id in sorted(asked):
        own = asked[registry_id]
        lines = [request.lines[number - 1] for number in own]
        found.update(zip(own, ports.values(lines, registry_id, request.at), strict=True))
    return found


def _divided(line, number, remainder, registry_id):
    """The line, and one more for each place to which some of its units go that count for nothing.

    The units that count come first.
    """
    others = [
        (end, units)
        for end, units in ((_end(registry_id, kind, number), units) for kind, units in remainder)
        if end != line.destination
    ]
    counting = line.quantity - sum(units for _end, units in others)
    pieces = [(line.destination, counting, line.credited_tonnes)]
    pieces += [(end, units, 0) for end, units in others]
    first = line.first
    for end, units, credited in pieces:
        if units:
            yield replace(
                line,
                destination=end,
                quantity=units,
                first=first,
                minimum=line.minimum and min(line.minimum, units),
                credited_tonnes=credited,
            )
        first = first and first + units


def _end(registry_id, kind, number):
    """The registry's account of a kind in which units end, or are kept.

    Raises: RuleViolated (NO_TERMINAL_ACCOUNT).
    """
    end = facts.reference().ends.get((registry_id, kind))
    if end is None and kind not in TERMINAL_KINDS:
        kept = Account.objects.filter(registry_id=registry_id, kind=kind, status="open")
        end = kept.order_by("id").values_list("id", flat=True).first()
    if end is None:
        raise RuleViolated(
            Failure(
                "NO_TERMINAL_ACCOUNT",
                _("The registry has no account for this purpose."),
                _("The registry administrator opens one."),
                number,
                {"kind": kind},
            )
        )
    return end
