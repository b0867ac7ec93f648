"""What the database itself holds of transfers over links, attacked in raw SQL."""

from django.db import connection

from linking.services.plan import Order
from linking.services.transfer import transfer
from tests.world import issue_units

TRANSFER = "linking_transfer"


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def under_way(table):
    """A transfer that waits for the sender's second person."""
    world = table.world
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    ends = world.at_neighbour.operator, world.at_home.operator_a
    order = Order(*ends, world.cea.pk, 100)
    return transfer(actor=table.china, order=order, key="attacked", at=world.at).transfer


def again(made, **values):
    """Another row like this one, with changes."""
    names = ["method", "edge_id", "sender_id", "destination_id", "unit_type_id", "quantity"]
    names += ["source_transaction_id", "destination_transaction_id", "state", "accepted_at"]
    names += ["ended_at"]
    chosen = ", ".join(str(values.get(name, name)) for name in names)
    execute(
        f"INSERT INTO {TRANSFER} ({', '.join(names)}) SELECT {chosen} FROM {TRANSFER}"
        " WHERE id = %s",
        made.pk,
    )


def ended_at_no_instant(table):
    made = under_way(table)
    execute(f"UPDATE {TRANSFER} SET ended_at = now() WHERE id = %s", made.pk)


def completed_by_nobody(table):
    under_way(table)
    execute(f"UPDATE {TRANSFER} SET destination_transaction_id = source_transaction_id")


def of_no_known_method(table):
    again(under_way(table), method="'gift'")


def of_no_units(table):
    again(under_way(table), quantity=0)


def begun_completed(table):
    again(under_way(table), state="'completed'")


def of_another_registry(table):
    again(under_way(table), sender_id=table.world.home.pk)


def more_than_was_accepted(table):
    made = under_way(table)
    execute(f"UPDATE {TRANSFER} SET quantity = quantity + 1 WHERE id = %s", made.pk)


def completed_before_it_is_sent(table):
    made = under_way(table)
    execute(
        f"UPDATE {TRANSFER} SET state = 'completed', ended_at = now(),"
        " destination_transaction_id = source_transaction_id WHERE id = %s",
        made.pk,
    )


def aborted_while_it_can_be_sent(table):
    made = under_way(table)
    execute(
        f"UPDATE {TRANSFER} SET state = 'aborted', ended_at = now() WHERE id = %s",
        made.pk,
    )


def withheld_more_than_moved(table):
    made = under_way(table)
    execute(
        "INSERT INTO linking_storeddecision (edge_id, at, kind, request, outcome)"
        " SELECT edge_id, at, kind, request, outcome FROM linking_storeddecision LIMIT 1"
    )
    execute(
        "INSERT INTO linking_transferpart (transfer_id, decision_id, vintage_from, quantity,"
        " withheld, credited) SELECT %s, max(id), '2026-01-01', 1, 2, 0"
        " FROM linking_storeddecision",
        made.pk,
    )


ATTACKS = {
    "transfer_ends_at_an_instant": ended_at_no_instant,
    "transfer_is_completed_by_its_destination": completed_by_nobody,
    "transfer_method_is_known": of_no_known_method,
    "transfer_moves_units": of_no_units,
    "transfer_begins_accepted": begun_completed,
    "transfer_begins_with_a_transaction_of_its_sender": of_another_registry,
    "transfer_keeps_what_was_accepted": more_than_was_accepted,
    "transfer_is_completed_on_both_sides": completed_before_it_is_sent,
    "transfer_is_aborted_only_unsent": aborted_while_it_can_be_sent,
    "transfer_part_withholds_of_what_it_moves": withheld_more_than_moved,
}
