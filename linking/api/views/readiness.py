"""How ready two jurisdictions are to link, in the eyes of assessors."""

from rest_framework.response import Response

from linking.api import documents, forms, queries
from linking.selectors.readiness import pair
from linking.services.record_score import NewScore, record_scores
from registry.api import schema as described
from registry.api.asked import named
from registry.api.queries import Nothing
from registry.api.reading import read_form
from registry.api.schema import written
from registry.api.views.base import Resource
from registry.selectors import reference


@described.extend_schema_view(
    get=described.operation(
        "getReadiness",
        "How ready two jurisdictions are to link",
        answers={200: documents.ReadinessDocument},
        query=queries.Pair,
    ),
    post=written(
        "recordReadiness",
        "Record what an assessor gives a pair of jurisdictions",
        documents.ReadinessDocument,
        forms.AssessmentForm,
    ),
)
class Readiness(Resource):
    # What assessors say of jurisdictions: neither of a ledger nor of a person.
    reading_is_kept = False
    scope = "manage"

    @property
    def query(self):
        return queries.Pair if self.request.method == "GET" else Nothing

    def get(self, request):
        one, other = (_place(self.asked[end]) for end in ("one", "other"))
        return Response(_document(one, other))

    def post(self, request):
        form = read_form(forms.AssessmentForm, request)
        one, other = (named(_place, form[end], f"/{end}") for end in ("one", "other"))
        record_scores(
            actor=request.actor,
            scores=[
                NewScore(
                    one.pk,
                    other.pk,
                    each["criterion"],
                    int(each["score"]),
                    form["assessor"],
                    form["on"],
                    each.get("evidence", ""),
                )
                for each in form["scores"]
            ],
        )
        headers = {"Location": f"/api/v1/readiness?one={one.code}&other={other.code}"}
        return Response(_document(one, other), status=201, headers=headers)


def _place(code):
    """Raises: NotFound."""
    return reference.find(reference.jurisdictions(), code, "UNKNOWN_JURISDICTION")


def _document(one, other):
    found = pair(one.pk, other.pk)
    made = found.assessment
    return documents.ReadinessDocument(
        {
            "one": one.code,
            "other": other.code,
            "index": str(made.index),
            "form": made.form,
            "blockers": made.blockers,
            "obstacles": made.obstacles,
            "unknown": made.unknown,
            "assessors": sorted(found.scores),
            "scores": [
                {"criterion": code, "low": low, "high": high}
                for code, (low, high) in found.ranges.items()
            ],
        }
    ).data
