"""Raw SQL against what the database holds of digests, comparisons and cases."""

from django.db import connection

from linking.models import DigestNode, ReconciliationCase, UsedAbroad
from registry.models import Person

ATTACKS = {}
CASE = "linking_reconciliationcase"


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def opened(table, **changes):
    """A case about ten serials."""
    row = {
        "kind": "not_abroad",
        "registry": table.world.neighbour,
        "partner": table.world.home,
        "unit_type": table.world.cea,
        "ranges": [["1", "10"]],
        "units": 10,
        "opened_at": table.world.at,
        **changes,
    }
    return ReconciliationCase.objects.create(**row)


@attack("digest_node_has_its_own_place")
def node_twice(table):
    for _time in range(2):
        DigestNode.objects.create(
            keeper=table.world.home,
            partner=table.world.neighbour,
            unit_type=table.world.cea,
            level=16,
            number=0,
            digest=bytes(256),
            ends=0,
        )


@attack("digest_pass_is_one_row")
def second_pass(table):
    execute("INSERT INTO linking_digestpass (id, position) VALUES (2, 0)")


@attack("reconciliation_case_begins_open")
def born_proposed(table):
    opened(table, state="proposed")


@attack("reconciliation_case_keeps_what_was_found")
def other_serials(table):
    opened(table)
    execute(f"UPDATE {CASE} SET ranges = '[]'")


@attack("reconciliation_case_is_decided_by_another")
def decided_alone(table):
    person = Person.objects.get(username="korea")
    opened(table, proposed_by=person)
    execute(f"UPDATE {CASE} SET decided_by_id = proposed_by_id")


@attack("reconciliation_case_ends_by_two_persons")
def ended_by_nobody(table):
    opened(table)
    execute(f"UPDATE {CASE} SET state = 'proposed'")
    execute(f"UPDATE {CASE} SET state = 'dismissed'")


def used(table, **changes):
    """Ten units of China's that were surrendered in Korea."""
    row = {
        "unit_type": table.world.cea,
        "registry": table.world.home,
        "first": 1,
        "last": 10,
        "use": "surrender",
        "posting": "7",
        "used_at": table.world.at,
        "kept_at": table.world.at,
        **changes,
    }
    return UsedAbroad.objects.create(**row)


@attack("unit_is_used_abroad_once")
def used_twice(table):
    used(table)
    used(table, first=10, last=12, posting="8")


@attack("use_abroad_is_of_serials")
def used_backwards(table):
    used(table, first=0)


@attack("use_abroad_begins_standing")
def born_undone(table):
    used(table, undone_by="8", undone_at=table.world.at)


@attack("use_abroad_is_in_another_registry")
def used_at_home(table):
    used(table, registry=table.world.neighbour)


@attack("use_abroad_is_undone_by_a_posting")
def undone_by_nothing(table):
    used(table)
    execute("UPDATE linking_usedabroad SET undone_at = now()")


@attack("use_abroad_keeps_what_was_told")
def other_use(table):
    used(table)
    execute("UPDATE linking_usedabroad SET use = 'cancellation'")
