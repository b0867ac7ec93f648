"""What answers say of methodologies, projects and their credits."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mrv.models import CreditLoss, IssuanceRequest, MonitoringReport, OffsetProject
from mrv.selectors import credits
from registry.api.documents import Hash, Named, Number, StatusWord, Units, Word


@extend_schema_field({"type": "object", "additionalProperties": True})
class Plain(serializers.Field):
    """An object as it is kept."""

    def to_representation(self, value):
        return value


class ProjectTypeDocument(Named):
    """A kind of project, by whose code links accept or deny units."""


class MethodologyVersionDocument(serializers.Serializer):
    """What a methodology says from a day on; `digest` is of its canonical text (RFC 8785)."""

    number = serializers.IntegerField()
    valid_from = serializers.DateField()
    digest = Hash()
    document = Plain()


class MethodologyDocument(Named):
    """A way to earn credits in a scheme."""

    scheme = serializers.CharField(source="scheme.code")
    versions = MethodologyVersionDocument(many=True, source="versions.all")


class ProjectOpinionDocument(serializers.Serializer):
    """What a verifier has said."""

    verifier = serializers.CharField(source="verifier.code")
    positive = serializers.BooleanField()
    findings = serializers.CharField()
    at = serializers.DateTimeField()


class ProjectDocument(serializers.Serializer):
    """A project, by which version of a methodology it earns, and until when."""

    code = serializers.CharField()
    name = serializers.CharField()
    state = Word(OffsetProject.State.values)
    registry = serializers.CharField(source="account.registry.code")
    account = serializers.CharField(source="account.number")
    unit_type = serializers.CharField(source="unit_type.code")
    jurisdiction = serializers.CharField(source="jurisdiction.code")
    project_type = serializers.CharField(source="project_type.code")
    methodology = serializers.CharField(source="version.methodology.code")
    version = serializers.IntegerField(source="version.number")
    values = Plain()
    description = serializers.CharField()
    crediting_from = serializers.DateField()
    crediting_to = serializers.DateField(help_text="The day after the last one.")
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ProjectBooksDocument(ProjectDocument):
    """A project and its units: issued, lost, and left in the buffer."""

    issued = serializers.SerializerMethodField()
    lost = serializers.SerializerMethodField()
    in_buffer = serializers.SerializerMethodField()

    def get_issued(self, row) -> str:
        return str(credits.issued(row))

    def get_lost(self, row) -> str:
        return str(credits.lost(project=row))

    def get_in_buffer(self, row) -> str:
        return str(sum(each.last - each.first + 1 for each in credits.buffered(row)))


class MonitoringReportDocument(serializers.Serializer):
    """What a project reports of a period, and why that earns so much."""

    id = Number(source="pk")
    project = serializers.CharField(source="project.code")
    registry = serializers.CharField(source="project.account.registry.code")
    period_from = serializers.DateField()
    period_to = serializers.DateField(help_text="The day after the last one.")
    state = Word(MonitoringReport.State.values)
    values = Plain()
    evidence = serializers.CharField()
    tonnes = Units()
    derivation = Plain(help_text="Formula, inputs with their sources, and rounding, to the last.")
    digest = Hash()
    submitted_at = serializers.DateTimeField()
    opinion = ProjectOpinionDocument(allow_null=True, default=None)


class IssuanceRequestDocument(serializers.Serializer):
    """Units that were asked for, and the transaction that issues them."""

    id = Number(source="pk")
    report = Number(source="report_id")
    project = serializers.CharField(source="report.project.code")
    registry = serializers.CharField(source="report.project.account.registry.code")
    quantity = Units(source="units")
    to_buffer = Units()
    state = Word(IssuanceRequest.State.values)
    transaction = Number(source="transaction_id")
    transaction_status = StatusWord(source="transaction.status")
    requested_at = serializers.DateTimeField()


class ReplacementDocument(serializers.Serializer):
    """Units that were offered for a loss."""

    quantity = Units(source="units")
    transaction = Number(source="transaction_id")
    transaction_status = StatusWord(source="transaction.status")
    offered_at = serializers.DateTimeField()


class CreditLossDocument(serializers.Serializer):
    """A reversal or an invalidation: what was cancelled for it, what is owed, and replaced."""

    id = Number(source="pk")
    project = serializers.CharField(source="project.code")
    registry = serializers.CharField(source="project.account.registry.code")
    kind = Word(CreditLoss.Kind.values)
    state = Word(CreditLoss.State.values)
    verifier = serializers.CharField(source="verifier.code", default=None, allow_null=True)
    request = Number(source="request_id", allow_null=True)
    quantity = Units(source="units")
    evidence = serializers.CharField()
    cancelled = Units()
    owed = Units()
    replaced = serializers.SerializerMethodField()
    transaction = Number(source="transaction_id", allow_null=True)
    stated_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    replacements = ReplacementDocument(many=True, source="replacements.all")

    def get_replaced(self, row) -> str:
        return str(credits.replaced(row))
