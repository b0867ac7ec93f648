"""Raw SQL against what the database holds of other nodes and of messages."""

import hashlib
import uuid

from django.db import connection
from django.utils import timezone

from linking.models import InboxMessage, OutboxMessage, Peer, PeerKey, PeerRegistry
from registry.keys import jwk
from registry.keys.algorithms import ED25519
from registry.models import Person

ATTACKS = {}
KEY = bytes(range(32))


def attack(name):
    def keep(function):
        ATTACKS[name] = function
        return function

    return keep


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def introduced(name="other.example"):
    """A peer that nobody has confirmed yet."""
    at = timezone.now()
    return Peer.objects.create(
        name=name,
        url="https://other.example",
        card="{}",
        introduced_by=Person.objects.get(username="korea"),
        introduced_at=at,
        not_before=at,
        leased_until=at,
    )


def peer(name="other.example"):
    """A peer that an agreement has pinned."""
    made = introduced(name)
    Peer.objects.filter(pk=made.pk).update(
        state="pinned", confirmation="agreement", pinned_at=made.introduced_at
    )
    return made


def key(**changes):
    return PeerKey.objects.create(
        **{
            "peer": peer(),
            "purpose": "message",
            "key_id": jwk.thumbprint(ED25519, KEY),
            "algorithm": ED25519,
            "public_key": KEY,
            "valid_from": timezone.now(),
            **changes,
        }
    )


def message(model=OutboxMessage, **changes):
    at = timezone.now()
    times = (
        {"created_at": at, "next_attempt_at": at} if model is OutboxMessage else {"received_at": at}
    )
    return model.objects.create(
        **{
            "id": uuid.uuid4(),
            "peer": peer(),
            "kind": "test",
            "text": "{}",
            "digest": hashlib.sha256(b"{}").digest(),
            "key_id": "k",
            "signature": bytes(64),
            **times,
            **changes,
        }
    )


@attack("peer_begins_introduced")
def born_pinned(table):
    peer()
    execute(
        "INSERT INTO linking_peer (name, url, state, card, protocol, introduced_by_id,"
        " introduced_at, confirmation, pinned_at, not_before, leased_until, failures)"
        " SELECT 'x', url, state, card, protocol, introduced_by_id, introduced_at, confirmation,"
        " pinned_at, not_before, leased_until, failures FROM linking_peer"
    )


@attack("peer_keeps_its_name_and_who_pinned_it")
def renamed(table):
    peer()
    execute("UPDATE linking_peer SET name = 'third.example'")


@attack("peer_states_follow_the_table")
def introduced_again(table):
    peer()
    execute("UPDATE linking_peer SET state = 'introduced'")


@attack("peer_is_pinned_by_another")
def pinned_by_who_introduced(table):
    introduced()
    execute(
        "UPDATE linking_peer SET state = 'pinned', confirmation = 'person', pinned_at = now(),"
        " pinned_by_id = introduced_by_id"
    )


@attack("peer_is_confirmed_before_it_is_used")
def pinned_by_nobody(table):
    introduced()
    execute("UPDATE linking_peer SET state = 'pinned'")


@attack("peer_key_is_of_an_owner_that_suits_its_purpose")
def issuance_key_of_the_node(table):
    key(purpose="issuance")


@attack("peer_key_algorithm_is_known")
def unknown_algorithm(table):
    key(algorithm="none")


@attack("peer_key_has_the_length_of_its_algorithm")
def short_key(table):
    key(public_key=b"short")


@attack("peer_key_id_is_the_thumbprint")
def key_of_another_name(table):
    key(key_id="k")


@attack("peer_key_ends_once")
def unrevoked(table):
    key(revoked_at=timezone.now())
    execute("UPDATE linking_peerkey SET revoked_at = NULL")


@attack("peer_registry_is_kept_elsewhere")
def registry_of_this_node(table):
    PeerRegistry.objects.create(peer=peer(), registry=table.world.home)


@attack("peer_registry_moves_when_its_peer_has_ended")
def registry_taken_over(table):
    PeerRegistry.objects.create(peer=peer(), registry=table.world.overseas)
    second = peer("second.example")
    execute(f"UPDATE linking_peerregistry SET peer_id = {second.pk}")


@attack("outbox_message_digest_is_of_its_text")
def sent_digest(table):
    message(digest=bytes(32))


@attack("outbox_message_signature_has_its_length")
def sent_signature(table):
    message(signature=b"short")


@attack("outbox_message_begins_waiting")
def born_delivered(table):
    message(state="delivered", delivered_at=timezone.now())


@attack("outbox_message_keeps_what_it_says")
def sent_otherwise(table):
    message()
    execute("UPDATE linking_outboxmessage SET kind = 'notice'")


@attack("outbox_message_states_follow_the_table")
def refused_after_delivery(table):
    message()
    execute("UPDATE linking_outboxmessage SET state = 'delivered', delivered_at = now()")
    execute(
        "UPDATE linking_outboxmessage SET state = 'refused', delivered_at = NULL, refusal = '{}'"
    )


@attack("outbox_message_state_says_what_became_of_it")
def delivered_without_a_time(table):
    message()
    execute("UPDATE linking_outboxmessage SET state = 'delivered'")


@attack("inbox_message_digest_is_of_its_text")
def received_digest(table):
    message(InboxMessage, digest=bytes(32))


@attack("inbox_message_signature_has_its_length")
def received_signature(table):
    message(InboxMessage, signature=b"short")
