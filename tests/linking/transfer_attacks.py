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
    names = ["uuid", "role", "peer_id", "method", "edge_id", "sender_id", "receiver_id"]
    names += ["destination_id", "account_abroad", "unit_type_id", "quantity", "period"]
    names += ["source_transaction_id", "destination_transaction_id", "state", "accepted_at"]
    names += ["ended_at", "asks_people"]
    values = {"uuid": "gen_random_uuid()", **values}
    chosen = ", ".join(str(values.get(name, name)) for name in names)
    execute(
        f"INSERT INTO {TRANSFER} ({', '.join(names)}) SELECT {chosen} FROM {TRANSFER}"
        " WHERE id = %s",
        made.pk,
    )


def ended_at_no_instant(table):
    again(under_way(table), ended_at="now()")


def completed_by_nobody(table):
    again(under_way(table), destination_transaction_id="source_transaction_id")


def of_no_known_method(table):
    again(under_way(table), method="'gift'")


def of_no_units(table):
    again(under_way(table), quantity=0)


def begun_completed(table):
    again(under_way(table), state="'completed'")


def of_another_registry(table):
    again(under_way(table), sender_id=table.world.home.pk)


def to_another_registry(table):
    again(under_way(table), receiver_id=table.world.offsets.pk)


def the_same_half(table):
    again(under_way(table), uuid="uuid", source_transaction_id=another_transaction())


def another_transaction():
    """A second transaction of the same registry: that of the issuance."""
    return "(SELECT min(id) FROM registry_transaction WHERE registry_id = sender_id)"


def a_half_without_a_peer(table):
    again(
        under_way(table),
        role="'source'",
        state="'proposed'",
        accepted_at="NULL",
        destination_id="NULL",
        receiver_id=table.world.overseas.pk,
        source_transaction_id=another_transaction(),
    )


def a_half_of_one_node(table):
    again(
        under_way(table),
        role="'source'",
        state="'proposed'",
        accepted_at="NULL",
        destination_id="NULL",
        source_transaction_id=another_transaction(),
    )


def committed_between_registries_of_one_node(table):
    made = under_way(table)
    execute(f"UPDATE {TRANSFER} SET state = 'committed' WHERE id = %s", made.pk)


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


def asking(table):
    """A transfer that people of the receiver are asked about."""
    made = under_way(table)
    again(made, asks_people="true", source_transaction_id=another_transaction())
    return made


def taken_in_before_people_accept(table):
    asking(table)
    execute(
        f"UPDATE {TRANSFER} SET state = 'completed', ended_at = now(),"
        " destination_transaction_id = source_transaction_id WHERE asks_people"
    )


def accepted_by_its_proposer(table):
    made = under_way(table)
    execute(
        f"UPDATE {TRANSFER} SET accepted_by_id = (SELECT proposer_id FROM registry_transaction"
        " WHERE id = source_transaction_id) WHERE id = %s",
        made.pk,
    )


def asked_nobody_any_more(table):
    asking(table)
    execute(f"UPDATE {TRANSFER} SET asks_people = false WHERE asks_people")


ATTACKS = {
    "transfer_waits_for_its_people": taken_in_before_people_accept,
    "transfer_is_accepted_by_another": accepted_by_its_proposer,
    "transfer_keeps_who_accepted": asked_nobody_any_more,
    "transfer_ends_at_an_instant": ended_at_no_instant,
    "transfer_is_completed_by_its_destination": completed_by_nobody,
    "transfer_method_is_known": of_no_known_method,
    "transfer_moves_units": of_no_units,
    "transfer_begins_as_its_half_does": begun_completed,
    "transfer_goes_to_an_account_of_its_receiver": to_another_registry,
    "transfer_half_is_one": the_same_half,
    "transfer_half_has_its_own_ends": a_half_without_a_peer,
    "transfer_half_is_of_two_nodes": a_half_of_one_node,
    "transfer_states_follow_the_table": committed_between_registries_of_one_node,
    "transfer_begins_with_a_transaction_of_its_sender": of_another_registry,
    "transfer_keeps_what_was_accepted": more_than_was_accepted,
    "transfer_is_completed_on_both_sides": completed_before_it_is_sent,
    "transfer_is_aborted_only_unsent": aborted_while_it_can_be_sent,
    "transfer_part_withholds_of_what_it_moves": withheld_more_than_moved,
}
