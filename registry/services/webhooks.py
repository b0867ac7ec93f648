"""Webhooks: addresses that are told of postings, and telling them.

The outbox is filled by workers from the change feed, behind the sequencer: a posting costs nothing
for it. A delivery that is not taken is tried again, later and later; an address that takes nothing
for three days is disabled, and nothing is lost: it can be told again from any position.
"""

import json
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from registry import permissions, sending, turns
from registry.actors import actor_for
from registry.errors import Failure, InvalidInput, NotFound
from registry.models import Role, WebhookDelivery, WebhookEndpoint
from registry.selectors import feed, positions
from registry.webhooks import signatures

BATCH = 1000
SENT_AT_ONCE = 100
LEASE = timedelta(minutes=20)
PATIENCE = timedelta(days=3)
KEPT = timedelta(days=30)
# Seconds to the next attempt; the last one is repeated.
BACK_OFF_S = (5, 30, 120, 600, 3_600, 10_800, 21_600)
MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM})
BEGINNING = 0


def add_webhook(*, actor, url, at, after=None) -> WebhookEndpoint:
    """Adds an address of the actor's own; told is what comes after the position, or from now on.

    Raises: NotPermitted, InvalidInput (WEBHOOK_ADDRESS_REFUSED).
    """
    permissions.require_actor(actor)
    _require_address(url)
    head = positions.head()
    return WebhookEndpoint.objects.create(
        person_id=actor.person_id,
        url=url,
        reached=(head.pk if head else BEGINNING) if after is None else after,
        created_at=at,
        leased_until=at,
    )


def find_webhook(actor, number) -> WebhookEndpoint:
    """One of the actor's own, or any for those who manage the node.

    Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_WEBHOOK).
    """
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_WEBHOOK", _("There is no such webhook."), _("See the list of webhooks.")
            )
        )
    return found


def visible(actor):
    """Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    rows = WebhookEndpoint.objects.select_related("person")
    return rows if actor.roles_in(None) & MANAGERS else rows.filter(person_id=actor.person_id)


def rotate_secret(*, actor, number) -> WebhookEndpoint:
    """Deliveries are signed with a new secret from now on.   Raises: NotPermitted, NotFound."""
    found = find_webhook(actor, number)
    WebhookEndpoint.objects.filter(pk=found.pk).update(generation=F("generation") + 1)
    found.refresh_from_db()
    return found


def disable(*, actor, number, at) -> WebhookEndpoint:
    """Nothing is sent there any more.   Raises: NotPermitted, NotFound."""
    found = find_webhook(actor, number)
    WebhookEndpoint.objects.filter(pk=found.pk, disabled_at=None).update(disabled_at=at)
    found.refresh_from_db()
    return found


@transaction.atomic
def replay(*, actor, number, after: int, at) -> WebhookEndpoint:
    """Tells everything after a position again, and enables what was disabled.

    Raises: NotPermitted, NotFound.
    """
    found = find_webhook(actor, number)
    WebhookDelivery.objects.filter(endpoint=found, position__gt=after).delete()
    WebhookEndpoint.objects.filter(pk=found.pk).update(
        reached=after, disabled_at=None, failing_since=None, leased_until=at
    )
    found.refresh_from_db()
    return found


def secret_of(endpoint) -> bytes:
    """What the endpoint's deliveries are signed with: 32 bytes."""
    name = f"{endpoint.uuid} {endpoint.generation}"
    return signatures.secret(settings.SECRET_KEY.encode(), name)


@transaction.atomic
def fill_outbox(*, at) -> int:
    """Writes down what each endpoint is to be told, up to the head; returns how many postings."""
    if not turns.take_if_free("webhooks"):
        return 0
    head = positions.head()
    count = 0
    waiting = WebhookEndpoint.objects.filter(disabled_at=None, reached__lt=head.pk if head else 0)
    for endpoint in waiting.select_related("person"):
        found = feed.postings(actor_for(endpoint.person), after=endpoint.reached, limit=BATCH)
        WebhookDelivery.objects.bulk_create(
            [
                WebhookDelivery(endpoint=endpoint, position=place.pk, next_attempt_at=at)
                for place in found
            ],
            ignore_conflicts=True,
        )
        reached = found[-1].pk if len(found) == BATCH else head.pk
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(reached=reached)
        count += len(found)
    return count


def due(*, at) -> list[int]:
    """The endpoints to which something is to be sent now."""
    rows = WebhookEndpoint.objects.filter(
        disabled_at=None,
        leased_until__lte=at,
        deliveries__delivered_at=None,
        deliveries__next_attempt_at__lte=at,
    )
    return list(rows.values_list("pk", flat=True).distinct())


def deliver(endpoint_id, *, clock) -> int:
    """Sends what is due to one endpoint, in order, until one is not taken; returns how many.

    Another worker at the same endpoint sends nothing. No transaction is open while it is sent.
    """
    at = clock()
    leased = WebhookEndpoint.objects.filter(
        pk=endpoint_id, disabled_at=None, leased_until__lte=at
    ).update(leased_until=at + LEASE)
    if not leased:
        return 0
    endpoint = WebhookEndpoint.objects.select_related("person").get(pk=endpoint_id)
    taken = 0
    try:
        waiting = endpoint.deliveries.filter(delivered_at=None, next_attempt_at__lte=at)
        for delivery in waiting.order_by("position")[:SENT_AT_ONCE]:
            problem = _send(endpoint, delivery, clock())
            _note(endpoint, delivery, problem, clock())
            if problem:
                break
            taken += 1
    finally:
        WebhookEndpoint.objects.filter(pk=endpoint_id).update(leased_until=clock())
    return taken


def forget(*, at) -> int:
    """Removes deliveries that were taken long ago; returns how many."""
    return WebhookDelivery.objects.filter(delivered_at__lt=at - KEPT).delete()[0]


def _send(endpoint, delivery, at):
    """What went wrong, in a few words, or nothing."""
    announced = feed.postings(actor_for(endpoint.person), after=delivery.position - 1, limit=1)
    if not announced or announced[0].pk != delivery.position:
        # The person may not read it any more: it is told to nobody.
        return ""
    body = json.dumps(_message(announced[0])).encode()
    headers = signatures.signed_headers(
        secret_of(endpoint),
        message_id=f"msg_{endpoint.uuid.hex}_{delivery.position}",
        at_s=int(at.timestamp()),
        body=body,
    )
    try:
        to = sending.target(endpoint.url, allowed=settings.CONCORD["WEBHOOK_NETWORKS"])
        status = sending.post(to, body=body, headers=headers)
    except (sending.AddressRefused, sending.NotSent) as error:
        return str(error)[:200]
    return "" if 200 <= status < 300 else f"HTTP {status}"


def _message(place):
    """Thin: what it is about, and where to read the rest with one's own rights."""
    return {
        "type": "posting.recorded",
        "timestamp": place.instant.isoformat(),
        "data": {
            "position": str(place.pk),
            "posting": str(place.posting_id),
            "kind": place.posting.kind,
            "registry": place.posting.transaction.registry.code,
            "transaction": str(place.posting.transaction_id),
            "transaction_type": place.posting.transaction.type.code,
        },
    }


def _note(endpoint, delivery, problem, at):
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    if not problem:
        rows.update(delivered_at=at, attempts=F("attempts") + 1, problem="")
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
        return
    wait = BACK_OFF_S[min(delivery.attempts, len(BACK_OFF_S) - 1)]
    rows.update(
        attempts=F("attempts") + 1, problem=problem, next_attempt_at=at + timedelta(seconds=wait)
    )
    failing = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    failing.filter(failing_since=None).update(failing_since=at)
    failing.filter(failing_since__lt=at - PATIENCE).update(disabled_at=at)


def _require_address(url):
    """Raises: InvalidInput. The name is resolved each time before something is sent."""
    try:
        sending.require_form(url, allowed=settings.CONCORD["WEBHOOK_NETWORKS"])
    except sending.AddressRefused as error:
        raise InvalidInput(
            Failure(
                "WEBHOOK_ADDRESS_REFUSED",
                _("The node does not send to this address."),
                _("Give an https:// address of the public network."),
                data={"pointer": "/url", "reason": str(error)},
            )
        ) from error
