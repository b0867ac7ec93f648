"""Raw SQL against what the database holds of credits that were retired elsewhere."""

from django.db import connection
from django.utils import timezone

from linking.models import ExternalRetirement, RetirementFor, StoredDecision
from registry.lines import Line
from registry.models import Person
from registry.services.retire import retire
from tests.world import issue_units

ATTACKS = {}
TABLE = "linking_externalretirement"


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def stated(table, **changes):
    """A statement about the credits 1 to 10 of a series."""
    world = table.world
    decision = StoredDecision.objects.create(at=world.at, kind="import", request={}, outcome={})
    row = {
        "decision": decision,
        "unit_type": world.cea,
        "serial": "CEA 1-10",
        "series": "CEA",
        "serials": (1, 11),
        "vintage_from": world.at.date(),
        "account_id": world.at_home.operator_a,
        "period": "2026",
        "retired_on": world.at.date(),
        "evidence": "https://mechanism.example/retired/1",
        "document_hash": bytes(32),
        "stated_by": Person.objects.get(username="korea"),
        "stated_at": world.at,
        **changes,
    }
    return ExternalRetirement.objects.create(**row)


def decide(state, by, transaction="NULL"):
    execute(
        f"UPDATE {TABLE} SET state = '{state}', decided_at = now(), transaction_id = {transaction},"
        f" decided_by_id = (SELECT id FROM registry_person WHERE username = '{by}')"
    )


@attack("external_credit_is_used_once")
def stated_twice(table):
    stated(table)
    stated(table, serials=(10, 12))


@attack("external_retirement_is_decided_by_another")
def decided_alone(table):
    stated(table)
    decide("refused", "korea")


@attack("external_retirement_is_confirmed_by_its_issuance")
def refused_with_an_issuance(table):
    issue_units(table.world, table.world.cea, [(table.world.at_neighbour.operator, 10)], year=2026)
    stated(table)
    decide("refused", "china", "(SELECT min(id) FROM registry_transaction)")


@attack("external_retirement_begins_as_a_statement")
def born_confirmed(table):
    stated(table, state="refused", decided_by_id=1, decided_at=timezone.now())


@attack("external_retirement_keeps_what_was_stated")
def other_serials(table):
    stated(table)
    execute(f"UPDATE {TABLE} SET serials = '[20, 30)'")


@attack("external_retirement_is_confirmed_once_issued")
def confirmed_without_units(table):
    stated(table)
    decide("confirmed", "china")


FOR = "linking_retirementfor"


def ordered(table, **changes):
    """Ten units of China's that are to be retired for Korea; their issuance stands for it."""
    world = table.world
    made = issue_units(world, world.cea, [(world.at_neighbour.operator, 10)], year=2026)
    row = {
        "transaction_id": made.transaction_id,
        "unit_type": world.cea,
        "first": 1,
        "last": 10,
        "acceptor": world.home,
        "account": "KR-1",
        **changes,
    }
    return RetirementFor.objects.create(**row)


@attack("retirement_for_is_of_serials")
def retired_backwards(table):
    ordered(table, first=11)


@attack("retirement_for_ends_at_an_instant")
def ended_never(table):
    ordered(table)
    execute(f"UPDATE {FOR} SET state = 'refused'")


@attack("retirement_for_begins_as_a_proposal")
def born_told(table):
    ordered(table, state="told")


@attack("retirement_for_keeps_what_was_ordered")
def for_another_account(table):
    ordered(table)
    execute(f"UPDATE {FOR} SET account = 'KR-2'")


@attack("retirement_for_states_follow_the_table")
def credited_untold(table):
    ordered(table)
    execute(f"UPDATE {FOR} SET state = 'credited', ended_at = now()")


@attack("retirement_for_is_told_once_retired")
def told_early(table):
    line = Line(table.world.at_neighbour.operator, None, table.world.cea.pk, 10)
    row = ordered(table)
    by = {"actor": table.china, "key": table.world.key(), "at": table.world.at}
    waiting = retire(lines=[line], **by)
    made = RetirementFor.objects.create(
        transaction_id=waiting.transaction_id,
        unit_type=row.unit_type,
        first=1,
        last=10,
        acceptor=row.acceptor,
        account="KR-1",
    )
    execute(f"UPDATE {FOR} SET state = 'told' WHERE id = {made.pk}")
