"""Raw SQL against what the database holds of orders that take units through their home."""

import uuid

from django.db import connection

from linking.models import OnwardTransfer
from linking.services.carry import carry
from registry.services.approve import approve
from tests.linking.crossing.partner import far
from tests.linking.transfer_attacks import again, another_transaction, under_way

ATTACKS = {}
ONWARD = "linking_onwardtransfer"


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def planned(table, made=None, **changes):
    """Where the units of a transfer on this node go on to."""
    made = made or under_way(table)
    row = {
        "uuid": made.uuid,
        "role": "both",
        "registry": table.world.overseas,
        "account": "JP-GX-0000001-88",
        "ordered_at": table.world.at,
        **changes,
    }
    OnwardTransfer.objects.create(**row)
    return made


def changed(assignments):
    execute(f"UPDATE {ONWARD} SET {assignments}")


@attack("onward_transfer_is_one")
def planned_twice(table):
    planned(table, planned(table))


@attack("onward_transfer_is_of_a_half")
def of_no_peer(table):
    planned(table, role="source")


@attack("onward_transfer_begins_planned")
def born_at_home(table):
    planned(table, state="at_home")


@attack("onward_transfer_keeps_what_was_ordered")
def to_another_account(table):
    planned(table)
    changed("account = 'JP-GX-0000002-85'")


@attack("onward_transfer_states_follow_the_table")
def arrived_at_once(table):
    planned(table)
    changed("state = 'arrived', ended_at = now()")


@attack("onward_transfer_follows_the_first")
def at_home_before_it_has_left(table):
    planned(table)
    changed("state = 'at_home'")


@attack("onward_transfer_ends_at_an_instant")
def dropped_at_no_instant(table):
    peer = far(table.world).peer
    planned(table, role="destination", peer=peer, uuid=uuid.uuid4())
    changed("state = 'dropped'")


def at_home(table):
    """A transfer that is completed, whose units go on."""
    made = under_way(table)
    row = made.source_transaction
    said = {"actor": table.world.administrator_2, "transaction_id": row.pk, "at": table.world.at}
    approve(payload_hash=bytes(row.payload_hash), **said)
    carry(made.pk, at=table.world.at)
    planned(table, made)
    changed("state = 'at_home'")
    return made


@attack("onward_transfer_is_sent_by_another")
def sent_by_nothing(table):
    at_home(table)
    changed("state = 'sent'")


@attack("onward_transfer_arrives_by_the_second")
def arrived_before_the_second(table):
    made = at_home(table)
    unsent = {"state": "'accepted'", "ended_at": "NULL", "destination_transaction_id": "NULL"}
    again(made, source_transaction_id=another_transaction(), **unsent)
    changed("state = 'sent', second_id = (SELECT max(id) FROM linking_transfer)")
    changed("state = 'arrived', ended_at = now()")
