"""What is asked of comparisons and their cases."""

from rest_framework import serializers

from linking.models import ReconciliationCase, ReconciliationRun
from registry.api import fields
from registry.api.queries import Page


class Runs(Page):
    result = fields.Choice(ReconciliationRun.Result.values, required=False)


class Cases(Page):
    state = fields.Choice(ReconciliationCase.State.values, required=False)


class RunForm(serializers.Serializer):
    """One unit type of this node that is compared with one partner, now."""

    unit_type = fields.Code()
    partner = fields.Code(help_text="A registry.")


class RepairForm(serializers.Serializer):
    """How a difference is to be ended, and why so."""

    repair = fields.Choice(ReconciliationCase.Repair.values)
    reason = fields.Text(max_length=2000)


class RepairDecisionForm(serializers.Serializer):
    """What a second person says of a proposed repair."""

    decision = fields.Choice(["approve", "refuse"])
