"""Raw SQL against what the database holds of units that were promised to be taken in."""

from django.db import connection

from linking.models import Peer, PromisedBlock, Transfer
from tests.linking.crossing.partner import far

ATTACKS = {}
BLOCK = "linking_promisedblock"


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def promised(table, *, first=1, last=100, **changes):
    """A half that another node has been promised, and a block of it."""
    world = table.world
    peer = Peer.objects.first() or far(world).peer
    half = {
        "role": "destination",
        "peer": peer,
        "method": "recognition",
        "sender": world.overseas,
        "receiver": world.home,
        "destination_id": world.at_home.operator_a,
        "account_abroad": "JP-GX-0000001-88",
        "unit_type": world.gxa,
        "quantity": 100,
        "accepted_at": world.at,
        **changes,
    }
    made = Transfer.objects.create(**half)
    return PromisedBlock.objects.create(transfer=made, unit_type=world.gxa, first=first, last=last)


@attack("promised_block_is_of_serials")
def backwards(table):
    promised(table, first=2, last=1)


@attack("unit_is_promised_once")
def to_two(table):
    promised(table)
    promised(table, first=100, last=200)


@attack("promised_block_is_of_what_comes_in")
def of_another_unit_type(table):
    promised(table, unit_type=table.world.kau)


@attack("promised_block_keeps_what_was_promised")
def other_serials(table):
    promised(table)
    execute(f"UPDATE {BLOCK} SET last = 50")


@attack("promised_block_stands_while_it_may_come")
def released_while_accepted(table):
    promised(table)
    execute(f"UPDATE {BLOCK} SET released_at = now()")
