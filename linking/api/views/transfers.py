"""Transfers over links between the registries of this node."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.selectors import transfers
from linking.services.plan import Order
from linking.services.transfer import transfer
from linking.services.try_transfer import try_transfer
from registry.api import schema as described
from registry.api import trial_documents
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.views.base import Collection, Thing, newest_first
from registry.api.views.dry_runs import DryRun, tries
from registry.selectors import accounts, reference

from .agreements import listed


def ordered(actor, form) -> Order:
    """What a form orders, by ids.   Raises: NotFound, each with its place in the body."""
    source = named(lambda n: accounts.find(actor, n), form["source"], "/source")
    to = named(transfers.destination, form["destination"], "/destination")
    unit_type = named(reference.unit_type, form["unit_type"], "/unit_type")
    return Order(
        source.pk,
        to.pk,
        unit_type.pk,
        form["quantity"],
        form.get("first"),
        form.get("vintage_from"),
        form.get("period", ""),
    )


@described.extend_schema_view(
    get=listed(
        "listTransfers",
        "Transfers over links, the newest first",
        documents.TransferDocument,
        queries.Transfers,
    ),
    post=described.operation(
        "sendOverLink",
        "Send units to an account of another registry",
        answers={202: documents.TransferDocument},
        description="The acceptor decides at once, and its quotas are taken; the units leave when"
        " the sender's transaction is approved.",
        body=forms.TransferForm,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class Transfers(Collection):
    document = documents.TransferDocument
    scope = "propose"
    listed_by = queries.Transfers

    def rows(self, actor, *, after, limit):
        rows = transfers.visible(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form, actor = read_form(forms.TransferForm, request), request.actor
        sent = transfer(
            actor=actor,
            order=ordered(actor, form),
            key=request.headers["Idempotency-Key"],
            at=timezone.now(),
            reason=form.get("reason", ""),
        )
        document = documents.TransferDocument(transfers.find(actor, sent.transfer.pk))
        headers = {"Location": f"/api/v1/transfers/{sent.transfer.pk}"}
        return Response(document.data, status=202, headers=headers)


@tries(
    "dryRunTransfer",
    "Try a transfer over a link",
    forms.TransferForm,
    documents.TransferTrialDocument,
)
class DryRunOfTransfer(DryRun):
    def post(self, request):
        at = self.moment()
        form, actor = read_form(forms.TransferForm, request), request.actor
        tried = try_transfer(
            actor=actor, order=ordered(actor, form), at=at, reason=form.get("reason", "")
        )
        (said,) = trial_documents.described([tried.trial], [("",)])
        said |= {"method": tried.method, "edge": tried.edge, "parts": tried.parts}
        return Response(documents.TransferTrialDocument(said).data)


@described.reads("getTransfer", "One transfer over a link", documents.TransferDocument)
class TransferThing(Thing):
    document = documents.TransferDocument

    def find(self, actor, number):
        return transfers.find(actor, number_of(number))
