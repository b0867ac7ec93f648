"""Units that projects ask for, losses of them, and replacements."""

from django.utils import timezone

from mrv.api import project_documents as documents
from mrv.api import project_forms as forms
from mrv.selectors import bodies, credits, projects
from mrv.services.replace_credits import replace_credits
from mrv.services.request_issuance import request_issuance
from mrv.services.state_loss import (
    Reversal,
    refuse_loss,
    settle_loss,
    state_invalidation,
    state_reversal,
)
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.requests import idempotency_key
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Thing, newest_first
from registry.selectors import accounts

from .projects import answer

DECISIONS = {"settle": settle_loss, "refuse": refuse_loss}


def loss_answer(actor, number):
    """The loss as it is now."""
    found = credits.find_loss(actor, number)
    return answer(documents.CreditLossDocument, found, f"credit-losses/{found.pk}")


@described.extend_schema_view(
    get=listed(
        "listIssuanceRequests",
        "Units that projects have asked for, the newest first",
        documents.IssuanceRequestDocument,
        forms.Listed,
    )
)
class IssuanceRequests(Collection):
    document = documents.IssuanceRequestDocument
    listed_by = forms.Listed

    def rows(self, actor, *, after, limit):
        return newest_first(credits.requests(actor), after=after, limit=limit)


@described.reads("getIssuanceRequest", "One request", documents.IssuanceRequestDocument)
class IssuanceRequestThing(Thing):
    document = documents.IssuanceRequestDocument

    def find(self, actor, number):
        return credits.find_request(actor, number_of(number))


@described.extend_schema_view(
    post=described.operation(
        "requestIssuance",
        "Ask for the units that a verified report has earned",
        answers={201: documents.IssuanceRequestDocument},
        problems=described.WRITTEN,
        parameters=[described.KEY_PARAMETER, described.LOCATION],
        description="The registry's proposal to issue them waits for an administrator.",
    )
)
class Requesting(Resource):
    scope = "propose"

    def post(self, request, number):
        made = request_issuance(actor=request.actor, number=number_of(number), at=timezone.now())
        found = credits.find_request(request.actor, made.pk)
        return answer(documents.IssuanceRequestDocument, found, f"issuance-requests/{found.pk}")


@described.extend_schema_view(
    post=written(
        "stateInvalidation",
        "State that an issuance is invalid",
        documents.CreditLossDocument,
        forms.InvalidationForm,
    )
)
class Invalidation(Resource):
    scope = "propose"

    def post(self, request, number):
        form = read_form(forms.InvalidationForm, request)
        made = state_invalidation(
            actor=request.actor,
            number=number_of(number),
            evidence=form["evidence"],
            at=timezone.now(),
        )
        return loss_answer(request.actor, made.pk)


@described.extend_schema_view(
    post=written(
        "stateReversal",
        "State for a verifier that tonnes were released again",
        documents.CreditLossDocument,
        forms.ReversalForm,
    )
)
class Reversals(Resource):
    scope = "approve"

    def post(self, request, code):
        form = read_form(forms.ReversalForm, request)
        verifier = named(
            lambda code: bodies.verifier(request.actor, code), form["verifier"], "/verifier"
        )
        said = Reversal(verifier, form["units"], form["evidence"])
        made = state_reversal(actor=request.actor, code=code, said=said, at=timezone.now())
        return loss_answer(request.actor, made.pk)


@described.extend_schema_view(
    get=listed(
        "listCreditLosses",
        "Losses of credits, the newest first",
        documents.CreditLossDocument,
        forms.Losses,
    )
)
class Losses(Collection):
    document = documents.CreditLossDocument
    listed_by = forms.Losses

    def rows(self, actor, *, after, limit):
        rows = credits.losses(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        if "project" in self.asked:
            rows = rows.filter(project=projects.find(actor, self.asked["project"]))
        return newest_first(rows, after=after, limit=limit)


@described.reads("getCreditLoss", "One loss of credits", documents.CreditLossDocument)
class LossThing(Thing):
    document = documents.CreditLossDocument

    def find(self, actor, number):
        return credits.find_loss(actor, number_of(number))


@described.extend_schema_view(
    post=written(
        "decideCreditLoss",
        "Settle or refuse a loss that another person has stated",
        documents.CreditLossDocument,
        forms.LossDecisionForm,
        description="Settling it proposes to cancel what covers it; the rest is owed.",
    )
)
class LossDecision(Resource):
    scope = "approve"

    def post(self, request, number):
        decide = DECISIONS[read_form(forms.LossDecisionForm, request)["decision"]]
        done = decide(actor=request.actor, number=number_of(number), at=timezone.now())
        return loss_answer(request.actor, done.pk)


@described.extend_schema_view(
    post=written(
        "replaceCredits",
        "Cancel other units for what is owed",
        documents.CreditLossDocument,
        forms.ReplacementForm,
    )
)
class Replacements(Resource):
    scope = "propose"

    def post(self, request, number):
        form, actor = read_form(forms.ReplacementForm, request), request.actor
        made = replace_credits(
            actor=actor,
            number=number_of(number),
            account=named(lambda n: accounts.find(actor, n), form["account"], "/account"),
            units=form["quantity"],
            key=f"replace-{idempotency_key(request)}",
            at=timezone.now(),
        )
        return loss_answer(actor, made.loss_id)
