"""Credits of mechanisms of this node that are retired for a use in another registry."""

from django.utils import timezone
from rest_framework.response import Response

from linking.api import forms, queries
from linking.api.use_documents import RetirementForDocument
from linking.selectors import retirements, transfers
from linking.services.retire_for import Order, retire_for
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.schema import listed
from registry.api.views.base import Collection, Thing, newest_first
from registry.selectors import accounts, reference


@described.extend_schema_view(
    get=listed(
        "listRetirementsForOthers",
        "Retirements for a use elsewhere, the newest first",
        RetirementForDocument,
        queries.RetirementsFor,
    ),
    post=described.operation(
        "retireForAnother",
        "Retire credits for a use in another registry",
        answers={202: RetirementForDocument},
        description="The acceptor is told when the retirement is completed, and takes the credits"
        " or says why not.",
        body=forms.RetirementForForm,
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
    ),
)
class RetirementsFor(Collection):
    document = RetirementForDocument
    scope = "propose"
    listed_by = queries.RetirementsFor

    def rows(self, actor, *, after, limit):
        rows = retirements.for_others(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form, actor = read_form(forms.RetirementForForm, request), request.actor
        order = Order(
            source=named(lambda n: accounts.find(actor, n), form["source"], "/source").pk,
            unit_type=named(reference.unit_type, form["unit_type"], "/unit_type").pk,
            first=form["first"],
            quantity=form["quantity"],
            to=named(transfers.destination, form["destination"], "/destination"),
            period=form.get("period", ""),
        )
        made = retire_for(
            actor=actor,
            order=order,
            key=request.headers["Idempotency-Key"],
            at=timezone.now(),
            reason=form.get("reason", ""),
        ).retirement
        document = RetirementForDocument(retirements.find_for(actor, made.pk))
        headers = {"Location": f"/api/v1/retirements-for-others/{made.pk}"}
        return Response(document.data, status=202, headers=headers)


@described.reads(
    "getRetirementForAnother", "One retirement for a use elsewhere", RetirementForDocument
)
class RetirementForThing(Thing):
    document = RetirementForDocument

    def find(self, actor, number):
        return retirements.find_for(actor, number_of(number))
