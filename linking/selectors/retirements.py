"""Credits of mechanisms outside that were used here, and what their serials say."""

from django.db.models import Q

from linking.errors import failure
from linking.models import ExternalRetirement, RetirementFor
from registry import permissions
from registry.errors import InvalidInput, NotFound
from registry.models import TransactionLine
from registry.selectors import serials


def visible(actor):
    """What was stated to registries that the actor may read, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = ExternalRetirement.objects.select_related(
        "decision__edge__version__agreement",
        "unit_type__registry",
        "account__registry",
        "stated_by",
        "decided_by",
    ).order_by("-pk")
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    represented = permissions.represented(actor)
    return rows.filter(Q(account__registry__in=registries) | Q(account__in=represented))


def find(actor, number) -> ExternalRetirement:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_RETIREMENT)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_RETIREMENT", retirement=str(number)))
    return found


def for_others(actor):
    """Retirements for a use elsewhere that the actor may read, the newest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = RetirementFor.objects.select_related(
        "unit_type__registry", "acceptor", "transaction", "message", "statement"
    ).order_by("-pk")
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    sent = TransactionLine.objects.filter(source__in=permissions.represented(actor))
    return rows.filter(
        Q(unit_type__registry__in=registries) | Q(transaction__in=sent.values("transaction_id"))
    )


def find_for(actor, number) -> RetirementFor:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_RETIREMENT_FOR)."""
    found = for_others(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_RETIREMENT_FOR", retirement=str(number)))
    return found


def taken(series, first, last) -> bool:
    """Whether any of the credits was stated or used already, by whomever."""
    rows = ExternalRetirement.objects.filter(series=series, serials__overlap=(first, last + 1))
    return rows.exclude(state=ExternalRetirement.State.REFUSED).exists()


def serials_of(text, unit_type) -> tuple[str, int, int]:
    """The series of a serial, and its first and last number.

    Where numbers are the unit type's own, its code is the series; else all that the form has
    besides the numbers, in whichever layout it was written.

    Raises: InvalidInput (SERIAL_NOT_UNDERSTOOD, SERIAL_OF_ANOTHER_TYPE), NotFound
    (UNKNOWN_UNIT_TYPE).
    """
    for meaning in serials.meanings(text):
        if meaning.unit_type == unit_type:
            reading = meaning.reading
            return _series(reading, unit_type), reading.first, reading.last
    raise InvalidInput(failure("SERIAL_OF_ANOTHER_TYPE", unit_type=unit_type.code))


def _series(reading, unit_type):
    if reading.form.counts_in_unit_type:
        return unit_type.code
    elements = " ".join(f"{name}={value}" for name, value in sorted(reading.elements.items()))
    return f"{reading.form.name} {elements}"
