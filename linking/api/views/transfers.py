"""Transfers over links between the registries of this node."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.selectors import transfers
from linking.selectors.timeline import timeline
from linking.selectors.transfers import onward_of
from linking.services.accept_incoming import accept_incoming, refuse_incoming
from linking.services.plan import Order, towards
from linking.services.send_onward import send_onward
from linking.services.transfer import transfer
from linking.services.try_transfer import try_transfer
from registry.api import schema as described
from registry.api import trial_documents
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first
from registry.api.views.dry_runs import DryRun, tries
from registry.selectors import accounts, reference


def ordered(actor, form) -> Order:
    """What a form orders, by ids.   Raises: NotFound, each with its place in the body."""
    source = named(lambda n: accounts.find(actor, n), form["source"], "/source")
    to = named(transfers.destination, form["destination"], "/destination")
    unit_type = named(reference.unit_type, form["unit_type"], "/unit_type")
    return Order(
        source.pk,
        unit_type=unit_type.pk,
        quantity=form["quantity"],
        first=form.get("first"),
        vintage_from=form.get("vintage_from"),
        period=form.get("period", ""),
        **towards(to),
    )


def through(form):
    """The account at home that the units go through, if one is named.   Raises: NotFound."""
    number = form.get("through")
    return named(transfers.destination, number, "/through") if number else None


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
        description="On this node the acceptor decides at once, and its quotas are taken; the units"
        " leave when the sender's transaction is approved. Another node is asked when it is.",
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
        said = {
            "actor": actor,
            "order": ordered(actor, form),
            "key": request.headers["Idempotency-Key"],
            "at": timezone.now(),
            "reason": form.get("reason", ""),
        }
        home = through(form)
        sent = send_onward(through=home, **said) if home else transfer(**said)
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
            actor=actor,
            order=ordered(actor, form),
            at=at,
            reason=form.get("reason", ""),
            through=through(form),
        )
        (said,) = trial_documents.described([tried.trial], [("",)])
        said |= {"method": tried.method, "edge": tried.edge, "parts": tried.parts}
        return Response(documents.TransferTrialDocument(said).data)


@described.reads("getTransfer", "One transfer over a link", documents.WholeTransferDocument)
class TransferThing(Thing):
    document = documents.WholeTransferDocument

    def find(self, actor, number):
        found = transfers.find(actor, number_of(number))
        found.messages = timeline(found)
        found.onward = onward_of(found)
        return found


@described.extend_schema_view(
    post=written(
        "acceptTransfer",
        "Accept or refuse what another registry sends",
        documents.TransferDocument,
        forms.AcceptanceForm,
        description="Where the edge asks people of the receiver. The units leave when the sender's"
        " approvals are given too; another node hears at once.",
    )
)
class Acceptance(Resource):
    scope = "approve"

    def post(self, request, number):
        form = read_form(forms.AcceptanceForm, request)
        by = {"actor": request.actor, "number": number_of(number), "at": timezone.now()}
        if form["decision"] == "accept":
            accept_incoming(**by)
        else:
            refuse_incoming(reason=form.get("reason", ""), **by)
        document = documents.TransferDocument(transfers.find(request.actor, by["number"]))
        headers = {"Location": f"/api/v1/transfers/{by['number']}"}
        return Response(document.data, status=201, headers=headers)
