"""The parameters of addresses about links."""

from rest_framework import serializers

from linking.models import ExternalRetirement, Transfer
from linking.presets import FORMS
from registry.api import fields
from registry.api.queries import Page


class Agreements(Page):
    """A page of agreements, versions or comments."""


class Links(Page):
    source = fields.Code(required=False)
    acceptor = fields.Code(required=False)


class Transfers(Page):
    state = fields.Choice(Transfer.State.values, required=False)


class Retirements(Page):
    state = fields.Choice(ExternalRetirement.State.values, required=False)


class Meters(serializers.Serializer):
    period = fields.Text(
        required=False, max_length=32, help_text="The acceptor's period; else the calendar year."
    )
    entity = fields.Code(required=False, help_text="An account holder, for quotas of entities.")


class Preset(serializers.Serializer):
    form = fields.Choice(list(FORMS))
    source = fields.Code()
    acceptor = fields.Code()
    unit_type = fields.Code()


class Pair(serializers.Serializer):
    one = fields.Code()
    other = fields.Code()
