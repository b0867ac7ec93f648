"""What is sent about methodologies, projects and their credits, as forms."""

from rest_framework import serializers

from mrv.models import CreditLoss, MonitoringReport, OffsetProject
from registry.api import fields
from registry.api.queries import Page


class Projects(Page):
    state = fields.Choice(OffsetProject.State.values, required=False)


class Reports(Page):
    state = fields.Choice(MonitoringReport.State.values, required=False)
    project = fields.Code(required=False)


class Losses(Page):
    state = fields.Choice(CreditLoss.State.values, required=False)
    project = fields.Code(required=False)


class Listed(Page):
    """A page of all there are."""


class NamesForm(serializers.Serializer):
    """Names in the languages of the node; English is needed."""

    en = fields.Text(max_length=200)
    zh_hans = fields.Text(max_length=200, required=False)
    ja = fields.Text(max_length=200, required=False)
    ko = fields.Text(max_length=200, required=False)


class MethodologyForm(serializers.Serializer):
    """A version of a methodology; the page on projects lists what a document says."""

    code = fields.Code()
    scheme = fields.Code()
    names = NamesForm()
    valid_from = fields.Day()
    document = fields.Rules()


class ProjectForm(serializers.Serializer):
    """A project that is proposed."""

    code = fields.Code()
    name = fields.Text(max_length=200)
    account = fields.AccountNumber(help_text="That is given what the project earns.")
    unit_type = fields.Code()
    jurisdiction = fields.Code()
    project_type = fields.Code()
    methodology = fields.Code()
    crediting_from = fields.Day()
    values = fields.Rules(help_text="What the methodology asks of a project once, as exact text.")
    description = fields.Text(max_length=10_000, required=False)


class OpinionForm(serializers.Serializer):
    """What a verifier says."""

    verifier = fields.Code()
    opinion = fields.Choice(["positive", "negative"])
    findings = fields.Text(max_length=10_000)


class ProjectDecisionForm(serializers.Serializer):
    """Whether a project is registered; refusing it and closing it need a reason."""

    decision = fields.Choice(["register", "refuse", "close"])
    reason = fields.Text(max_length=300, required=False)


class ReportForm(serializers.Serializer):
    """What was monitored from the first day until the one after the last."""

    period_from = fields.Day()
    period_to = fields.Day(help_text="The day after the last one.")
    values = fields.Rules(help_text="What the methodology asks of each period, as exact text.")
    evidence = fields.Text(max_length=10_000)


class ReversalForm(serializers.Serializer):
    """How many tonnes a verifier has found to be released again."""

    verifier = fields.Code()
    units = fields.Units()
    evidence = fields.Text(max_length=10_000)


class InvalidationForm(serializers.Serializer):
    """Why an issuance is invalid."""

    evidence = fields.Text(max_length=10_000)


class LossDecisionForm(serializers.Serializer):
    """Whether a loss is taken to be so."""

    decision = fields.Choice(["settle", "refuse"])


class ReplacementForm(serializers.Serializer):
    """Units that are cancelled for what is owed."""

    account = fields.AccountNumber()
    quantity = fields.Units()
