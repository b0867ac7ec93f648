"""What answers say of what proposals would do."""

from zoneinfo import ZoneInfo

from rest_framework import serializers

from registry.models import Account, Registry, Transaction, UnitType

from . import errors
from .documents import BlockDocument, Units, Word, printed
from .schema import ProblemErrorDocument

LIMITS = ("daily", "holding", "group", "pool", "cap")
WAITS = (Transaction.Status.AWAITING_APPROVAL, Transaction.Status.DELAYED)


class ApprovalsNeededDocument(serializers.Serializer):
    """How many persons approve, and who could."""

    needed = serializers.IntegerField()
    roles = serializers.ListField(
        child=serializers.CharField(), help_text="Those that the type lets approve."
    )
    persons = serializers.IntegerField(
        help_text="How many others than the proposer could approve now."
    )


class DelayDocument(serializers.Serializer):
    """When the delay would end, if it began at the moment of the dry run."""

    ends_at = serializers.DateTimeField()
    local = serializers.CharField(help_text="The same instant in the zone of the registry.")
    zone = serializers.CharField()
    provisional_years = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Years whose calendar is not published: the instant can change for them.",
    )


class MoveDocument(serializers.Serializer):
    """A block that would move, or come into being where there is no source."""

    source = serializers.CharField(allow_null=True)
    destination = serializers.CharField(allow_null=True)
    block = BlockDocument()
    serial = serializers.CharField(help_text="The block as it is printed.")
    quantity = Units()


class LimitLeftDocument(serializers.Serializer):
    """A limit that is touched: of an account, by its number; of a corporate group, by its code; a
    pool, by the entity's code; a cap of a unit type."""

    what = Word(LIMITS)
    of = serializers.CharField()
    period = serializers.CharField(help_text="Of a pool; of a cap, the day its vintage begins.")
    unit_type = serializers.CharField(
        help_text="Of a group's limit; empty where it counts all together."
    )
    limit = Units()
    left = serializers.CharField(help_text="What would be left; negative beyond the limit.")


class TrialDocument(serializers.Serializer):
    """What one proposal would meet; `status` is the HTTP status that it would be answered with."""

    status = serializers.IntegerField()
    code = serializers.CharField(allow_null=True)
    state = serializers.CharField(
        allow_null=True, help_text="The status of a transaction, as a word."
    )
    approvals = ApprovalsNeededDocument(allow_null=True)
    delay = DelayDocument(allow_null=True)
    moves = MoveDocument(many=True, help_text="The first hundred.")
    limits = LimitLeftDocument(many=True)
    errors = ProblemErrorDocument(many=True, help_text="All that would refuse it.")


class TrialOfLinesDocument(TrialDocument):
    """What one transaction of a batch would meet, and of which lines it is, counted from 1."""

    lines = serializers.ListField(child=serializers.IntegerField())


class BatchTrialDocument(serializers.Serializer):
    """What a batch would meet: the approvals that all of it asks for, and the latest delay."""

    mode = serializers.CharField()
    approvals_needed = serializers.IntegerField()
    delay = DelayDocument(allow_null=True)
    carried_out = serializers.IntegerField(help_text="Lines.")
    refused = serializers.IntegerField(help_text="Lines.")
    items = TrialOfLinesDocument(many=True)


def described(trials, pointers) -> list[dict]:
    """What is said of each trial, by public names; all names are found by three queries. `pointers`
    has, for each trial, where its lines stand in the body."""
    accounts, unit_types, registries = set(), set(), set()
    for trial in trials:
        registries.add(trial.registry_id)
        for source, destination, unit_type, _first, _last in trial.moves:
            accounts.update((source, destination))
            unit_types.add(unit_type)
    numbers = dict(Account.objects.filter(pk__in=accounts - {None}).values_list("pk", "number"))
    rows = UnitType.objects.filter(pk__in=unit_types).values_list("pk", "registry__code", "code")
    homes = {pk: names for pk, *names in rows}
    zones = dict(
        Registry.objects.filter(pk__in=registries - {None}).values_list(
            "pk", "jurisdiction__time_zone"
        )
    )
    return [
        refused(trial.refusal, places)
        if trial.refusal is not None
        else _described(trial, numbers, homes, zones)
        for trial, places in zip(trials, pointers, strict=True)
    ]


def refused(error, pointers=("",)) -> dict:
    """What is said of a proposal that names what does not exist, or can not be read."""
    return {
        "status": errors.status_of(error)[0],
        "code": error.code,
        "state": None,
        "approvals": None,
        "delay": None,
        "moves": [],
        "limits": [],
        "errors": errors.failures_of(error, pointers),
    }


def _described(trial, numbers, homes, zones):
    return {
        "status": 202 if trial.status in WAITS else 201,
        "code": None,
        "state": Transaction.Status(trial.status).name.lower(),
        "approvals": trial.approvers
        and {
            "needed": trial.approvals_needed,
            "roles": list(trial.approvers.roles),
            "persons": trial.approvers.persons,
        },
        "delay": trial.delay and _delay(trial, zones[trial.registry_id]),
        "moves": [
            {
                "source": numbers.get(source),
                "destination": numbers.get(destination),
                "block": {"unit_type": homes[unit_type][1], "first": first, "last": last},
                "serial": printed(*homes[unit_type], first, last),
                "quantity": last - first + 1,
            }
            for source, destination, unit_type, first, last in trial.moves
        ],
        "limits": trial.limits,
        "errors": [],
    }


def _delay(trial, zone):
    return {
        "ends_at": trial.delay.at,
        "local": trial.delay.at.astimezone(ZoneInfo(zone)).isoformat(),
        "zone": zone,
        "provisional_years": list(trial.delay.provisional),
    }
