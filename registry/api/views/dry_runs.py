"""What proposals would do, told without doing any of it: one, a batch, a whole file."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response

from registry.api import many, many_forms, proposals, queries, tables, trial_documents
from registry.api import schema as described
from registry.api.requests import body_of
from registry.errors import Failure, InvalidInput, RuleViolated
from registry.models import Scope
from registry.services.dry_run import dry_run, dry_run_batch
from registry.services.propose import Request

from .base import Resource

EXPLAINED = (
    " It runs through the very rules that would carry it out, and is taken back: which blocks "
    "would move, how many persons approve and how many could, when the delay would end, what is "
    "left of limits, and all that would refuse it. `at` tries it for a moment ahead."
)


def tries(name, summary, body, answer):
    """Documents the POST of a dry run."""
    return described.extend_schema_view(
        post=described.operation(
            name,
            summary,
            answers={200: answer},
            query=queries.DryRun,
            description=f"{summary}.{EXPLAINED}",
            body=body,
            problems=described.WRITTEN,
            parameters=[described.KEY_IGNORED],
        )
    )


class DryRun(Resource):
    """Writes nothing, so that nothing has to be kept of it: it needs no Idempotency-Key."""

    query = queries.DryRun
    scope = Scope.PROPOSE
    writes = False

    def moment(self):
        """Raises: InvalidInput (MOMENT_HAS_PASSED)."""
        now = timezone.now()
        at = self.asked.get("at", now)
        if at < now:
            raise InvalidInput(
                Failure(
                    "MOMENT_HAS_PASSED",
                    _("A dry run is for now or for a moment ahead."),
                    _("Give a later moment, or leave it out."),
                    data={"parameter": "at"},
                )
            )
        return at


@tries(
    "dryRunTransaction",
    "Try a proposal of any type",
    described.PROPOSAL,
    trial_documents.TrialDocument,
)
class OfTransaction(DryRun):
    def post(self, request):
        at = self.moment()
        try:
            proposal = proposals.read(request)
        except RuleViolated as error:
            document = trial_documents.refused(error)
        else:
            (trial,) = dry_run(actor=request.actor, acts=[proposal], at=at)
            (document,) = trial_documents.described([trial], [proposal.line_pointers])
        return Response(trial_documents.TrialDocument(document).data)


@tries(
    "dryRunBatch",
    "Try a batch",
    many_forms.BatchProposal,
    trial_documents.BatchTrialDocument,
)
class OfBatch(DryRun):
    def post(self, request):
        at = self.moment()
        said, rows = many.read_batch(request, key_of=lambda row: str(row.number))
        if said["mode"] == many_forms.MODES[0]:
            groups = list(many.by_type(rows).items())
        else:
            groups = [(row.item.type_code, [row]) for row in rows if row.item]
        return Response(_answered(request, rows, groups, at=at, said=said))


@tries(
    "dryRunSettlement",
    "Try the trades of a file",
    {"text/csv": described.FILE, "application/x-ndjson": described.FILE},
    trial_documents.BatchTrialDocument,
)
class OfSettlement(DryRun):
    parser_classes = [tables.NdjsonParser, tables.CsvParser]

    def post(self, request):
        at = self.moment()
        given = request.data if body_of(request) else []
        many.require_count(given, "")
        rows = many.read_rows(
            request.actor, given, many.trade, key_of=lambda row: row.said["trade"]
        )
        tables.refuse_repeated(rows)
        groups = [(row.item.type_code, [row]) for row in rows if row.refusal is None]
        return Response(_answered(request, rows, groups, at=at, said={"mode": many_forms.MODES[1]}))


def _answered(request, rows, groups, *, at, said):
    """What a batch of these groups of rows would meet: a transaction each."""
    mode = said["mode"]
    terms = {"reason": said.get("reason", ""), "execute_at": said.get("execute_at")}
    requests = [
        Request(code, [row.item.line for row in same], "", at, **terms) for code, same in groups
    ]
    trials = dry_run_batch(actor=request.actor, requests=requests, at=at)
    pointers = [[_pointer(row, mode) for row in same] for _code, same in groups]
    told = trial_documents.described(trials, pointers)
    items = [
        {**each, "lines": [row.number for row in same]}
        for each, (_code, same) in zip(told, groups, strict=True)
    ]
    items += [
        {**trial_documents.refused(row.refusal), "lines": [row.number]}
        for row in rows
        if row.refusal is not None
    ]
    items.sort(key=lambda item: item["lines"])
    delays = [each["delay"] for each in told if each["delay"]]
    lost = sum(len(item["lines"]) for item in items if item["code"])
    document = {
        "mode": mode,
        "approvals_needed": max((trial.approvals_needed for trial in trials), default=0),
        "delay": max(delays, key=lambda delay: delay["ends_at"], default=None),
        "carried_out": len(rows) - lost,
        "refused": lost,
        "items": items,
    }
    return trial_documents.BatchTrialDocument(document).data


def _pointer(row, mode):
    """Where a line stands: in the body, or in the line itself where each is on its own."""
    return f"/lines/{row.number - 1}" if mode == many_forms.MODES[0] else ""
