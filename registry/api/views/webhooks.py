"""Webhooks (Standard Webhooks): addresses that are told of postings. Everyone has their own."""

from django.utils import timezone
from rest_framework.response import Response

from registry.api import queries, webhook_forms
from registry.api import schema as described
from registry.api.reading import number_of, read_form
from registry.services import webhooks
from registry.webhooks.signatures import secret_text

from .base import Collection, Resource, Thing

WRITES = {
    "problems": described.WRITTEN,
    "parameters": [described.KEY_PARAMETER, described.REPLAYED],
}


class WithSecret(Resource):
    """Answers with the secret, once: what is kept to be answered again is without it."""

    def kept(self, data):
        return {**data, "secret": None} if "secret" in data else data

    def answer(self, endpoint):
        endpoint.secret = secret_text(webhooks.secret_of(endpoint))
        return Response(webhook_forms.NewWebhookDocument(endpoint).data, status=201)


@described.extend_schema_view(
    get=described.operation(
        "listWebhooks",
        "Your webhooks",
        answers={200: described.page_of(webhook_forms.WebhookDocument)},
        query=queries.Page,
    ),
    post=described.operation(
        "addWebhook",
        "Have an address told of postings",
        answers={201: webhook_forms.NewWebhookDocument},
        description=(
            "The address is told of each posting that your person may read, with the signature "
            "of Standard Webhooks. The secret is in this answer and nowhere else."
        ),
        body=webhook_forms.WebhookRequest,
        **WRITES,
    ),
)
class Webhooks(WithSecret, Collection):
    is_of_registries = False
    document = webhook_forms.WebhookDocument
    listed_by = queries.Page

    def rows(self, actor, *, after, limit):
        return list(webhooks.visible(actor).filter(pk__gt=after or 0).order_by("pk")[: limit + 1])

    def post(self, request):
        said = read_form(webhook_forms.WebhookRequest, request)
        return self.answer(
            webhooks.add_webhook(
                actor=request.actor, url=said["url"], at=timezone.now(), after=said.get("after")
            )
        )


@described.reads("getWebhook", "One webhook", webhook_forms.WebhookDocument)
class Webhook(Thing):
    document = webhook_forms.WebhookDocument

    def find(self, actor, number):
        return webhooks.find_webhook(actor, number_of(number))


@described.reads(
    "listDeliveries",
    "What was sent to a webhook, and what waits",
    described.page_of(webhook_forms.DeliveryDocument),
    queries.Page,
)
class Deliveries(Collection):
    is_of_registries = False
    query = queries.Page
    document = webhook_forms.DeliveryDocument

    def rows(self, actor, *, after, limit, number):
        found = webhooks.find_webhook(actor, number_of(number))
        rows = found.deliveries.filter(position__gt=after or 0)
        return list(rows.order_by("position")[: limit + 1])

    def key(self, row):
        return row.position


@described.extend_schema_view(
    post=described.operation(
        "rotateWebhookSecret",
        "Sign what is sent with a new secret from now on",
        answers={201: webhook_forms.NewWebhookDocument},
        body=queries.Nothing,
        **WRITES,
    )
)
class Rotation(WithSecret):
    def post(self, request, number):
        read_form(queries.Nothing, request)
        return self.answer(webhooks.rotate_secret(actor=request.actor, number=number_of(number)))


class Changed(Resource):
    form = queries.Nothing

    def post(self, request, number):
        said = read_form(self.form, request)
        found = self.change(request.actor, number_of(number), said)
        return Response(webhook_forms.WebhookDocument(found).data, status=201)

    def change(self, actor, number, said):
        raise NotImplementedError


@described.extend_schema_view(
    post=described.operation(
        "replayWebhook",
        "Tell everything after a position again, and enable what was disabled",
        answers={201: webhook_forms.WebhookDocument},
        body=webhook_forms.ReplayRequest,
        **WRITES,
    )
)
class Replay(Changed):
    form = webhook_forms.ReplayRequest

    def change(self, actor, number, said):
        return webhooks.replay(actor=actor, number=number, after=said["after"], at=timezone.now())


@described.extend_schema_view(
    post=described.operation(
        "disableWebhook",
        "Send nothing there any more",
        answers={201: webhook_forms.WebhookDocument},
        body=queries.Nothing,
        **WRITES,
    )
)
class Deactivation(Changed):
    def change(self, actor, number, said):
        return webhooks.disable(actor=actor, number=number, at=timezone.now())
