"""The parameters of addresses about links."""

from rest_framework import serializers

from linking.messages.bodies import NOTICES
from linking.models import ExternalRetirement, RetirementFor, Transfer
from linking.presets import FORMS
from registry.api import fields
from registry.api.queries import Page


class Agreements(Page):
    """A page of agreements, versions or comments."""


class Peers(Page):
    """A page of other nodes."""


class PeerNotices(Page):
    peer = fields.Text(required=False, max_length=200, help_text="The name of a node.")
    kind = fields.Choice(NOTICES, required=False)
    current = fields.Choice(
        ["true"], required=False, help_text="Those that are not over; without an end, for a week."
    )


class Links(Page):
    source = fields.Code(required=False)
    acceptor = fields.Code(required=False)


class Transfers(Page):
    state = fields.Choice(Transfer.State.values, required=False)


class Retirements(Page):
    state = fields.Choice(ExternalRetirement.State.values, required=False)


class RetirementsFor(Page):
    state = fields.Choice(RetirementFor.State.values, required=False)


class Uses(Page):
    unit_type = fields.Code(required=False)
    registry = fields.Code(required=False, help_text="Where the units were used.")
    standing = fields.Choice(
        ["true", "false"], required=False, help_text="Whether the use was not undone since."
    )


class StatementFile(serializers.Serializer):
    """What is said of a file that is the body."""

    unit_type = fields.Code(help_text="Of a registry of this node.")
    partner = fields.Code(help_text="The registry whose file it is.")
    as_of = fields.Moment(help_text="When it was so.")
    name = fields.Text(max_length=200, required=False, help_text="The name of the file.")


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
    into = fields.Code(
        required=False, help_text="What the acceptor issues, where the form converts units."
    )


class Pair(serializers.Serializer):
    one = fields.Code()
    other = fields.Code()
